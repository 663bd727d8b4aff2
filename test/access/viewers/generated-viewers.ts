import fc from 'fast-check'
import { PERMISSIONS, type Permission } from '../../../src/access/permission.ts'
import { ANONYMOUS, type Viewer } from '../../../src/access/viewer.ts'

/** Areas of the tests' few: of every level, one inside the other, without people, and one that does not exist. */
const AREAS = [
  '36',
  '31',
  '11',
  '36.03',
  '36.01',
  '36.71',
  '11.10',
  '36.03.01',
  '36.03.02',
  '36.01.01',
  '36.03.01.2003',
  '36.03.02.2001',
  '36.03.02.2002',
  '36.71.01.1001',
  '31.71.01.1001',
  '99',
] as const

const OF_A_LEVEL = [...Map.groupBy<number, string>(AREAS, (area) => area.length).values()]

const areas = fc.oneof(
  { weight: 2, arbitrary: fc.constant<string[]>([]) },
  { weight: 6, arbitrary: fc.constantFrom(...AREAS).map((area) => [area as string]) },
  { weight: 4, arbitrary: fc.array(fc.constantFrom<string>(...AREAS), { minLength: 2, maxLength: 4 }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(...OF_A_LEVEL).chain((level) => fc.subarray(level, { minLength: 2 })),
  },
  { weight: 1, arbitrary: fc.constant(['*']) },
  { weight: 1, arbitrary: fc.constantFrom<string>(...AREAS).map((area) => [area, '*']) },
)

const permissions = fc.tuple(
  // Without these a viewer sees hardly anything: most have them.
  fc.integer({ min: 0, max: 5 }).map((n) => (n > 0 ? (['registry:read'] as const) : [])),
  fc.integer({ min: 0, max: 2 }).map((n) => (n > 0 ? (['statistics:exact'] as const) : [])),
  fc.boolean().map((given) => (given ? (['audit:read'] as const) : [])),
  fc.subarray(
    (Object.keys(PERMISSIONS) as Permission[]).filter(
      (permission) => !['registry:read', 'statistics:exact', 'audit:read'].includes(permission),
    ),
  ),
)

/** Viewers of every kind that a token can describe, and the one without a token. */
export function viewers(payers: readonly string[]): fc.Arbitrary<Viewer> {
  const withToken = fc
    .record({
      subject: fc.constantFrom('clerk', 'analyst', 'partner'),
      permissions: permissions.map((lists) => new Set<Permission>(lists.flat())),
      areas,
      payer: fc.option(fc.constantFrom(...payers, '999999'), { nil: undefined, freq: 4 }),
    })
    .map(({ payer, ...viewer }): Viewer => ({ ...viewer, ...(payer !== undefined && { payer }) }))
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant<Viewer>(ANONYMOUS) },
    { weight: 15, arbitrary: withToken },
  )
}

/** A viewer as a line of a report. */
export function described({ subject, permissions, areas, payer }: Viewer): string {
  const has = [...permissions].join(' ') || 'nothing'
  return `${subject ?? 'nobody'} with ${has}, areas [${areas.join(', ')}], payer ${payer ?? 'none'}`
}

/** Viewers who have one thing less. */
export function* simpler(viewer: Viewer): Generator<Viewer> {
  const { payer, ...withoutPayer } = viewer
  if (payer !== undefined) yield withoutPayer
  for (const area of viewer.areas) yield { ...viewer, areas: viewer.areas.filter((other) => other !== area) }
  for (const permission of viewer.permissions) {
    yield { ...viewer, permissions: new Set([...viewer.permissions].filter((other) => other !== permission)) }
  }
}
