/**
 * What a token may allow, as OAuth scopes. `registry:read` is about people without identity; identity, money,
 * exact statistics and the audit trail each have a permission of their own.
 */
export const PERMISSIONS = {
  'registry:read': 'Workers, enrollments, coverage lines and budgets within the viewer’s reach.',
  'registry:write': 'Register workers, correct and merge them, and record what happens to them.',
  'identity:read': 'Name, birth date and NIK of workers within reach; every look is recorded.',
  'roster:write': 'Submit lists of people for a program.',
  'roster:approve': 'Approve lists that somebody else submitted.',
  'enrollment:write': 'Enroll workers in programs of the viewer’s payer one by one, and end or change that.',
  'budget:write': 'Create and revise budgets and programs, record payments and refunds.',
  'overlap:settle': 'Decide who keeps a month that two payers cover.',
  'coverage:check': 'Ask by NIK or partner token whether people are covered; every check is recorded.',
  'coverage:report': 'Report coverage that another system pays for.',
  'statistics:exact': 'Exact statistics of the viewer’s areas, with every filter and breakdown.',
  'audit:read': 'The audit trail.',
  admin: 'Payers, agreements and settings of the hub.',
} as const

export type Permission = keyof typeof PERMISSIONS

export function isPermission(text: string): text is Permission {
  return Object.hasOwn(PERMISSIONS, text)
}

/** Sets of permissions that go together, for tokens signed by `payung token`. */
export const ROLES = {
  clerk: [
    'registry:read',
    'registry:write',
    'identity:read',
    'enrollment:write',
    'roster:write',
    'coverage:check',
    'statistics:exact',
  ],
  approver: ['registry:read', 'roster:approve', 'budget:write', 'overlap:settle', 'statistics:exact'],
  analyst: ['registry:read', 'statistics:exact'],
  partner: ['coverage:check', 'coverage:report'],
  auditor: ['registry:read', 'audit:read', 'statistics:exact'],
  admin: Object.keys(PERMISSIONS) as Permission[],
} as const satisfies Record<string, readonly Permission[]>

export type Role = keyof typeof ROLES
