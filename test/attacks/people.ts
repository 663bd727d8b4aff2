import { type Attack, failed, harmless, refused } from './attack.ts'
import { asking } from './operations.ts'

const UNSEEN = 'people elsewhere are nobody to this clerk'

/** People whom a viewer may not see, asked for in every way. */
export const PEOPLE: readonly Attack[] = [
  {
    name: 'people, without a token',
    request: asking('{ workers { totalCount } }'),
    expected: refused('UNAUTHENTICATED'),
  },
  {
    name: 'people elsewhere, one by one',
    request: (target) =>
      asking(
        `{ ${target.people.map((id, n) => `a${n}: worker(id: "${id}") { id birthMonth village { name } }`).join(' ')} }`,
        { as: 'stranger' },
      )(target),
    expected: { because: UNSEEN, body: { data: { a0: null, a1: null } } },
  },
  {
    name: 'people elsewhere, their enrollments',
    request: asking('{ enrollments(filter: { area: "36.03" }) { totalCount nodes { id } } }', {
      as: 'stranger',
    }),
    expected: harmless(UNSEEN, { enrollments: { totalCount: 0, nodes: [] } }),
  },
  {
    name: 'people elsewhere, through their program',
    request: asking('{ program(code: "TNG-2022") { enrollments { totalCount nodes { worker { id } } } } }', {
      as: 'stranger',
    }),
    expected: harmless(UNSEEN, { program: { enrollments: { totalCount: 0, nodes: [] } } }),
  },
  {
    name: 'people elsewhere, through a budget',
    request: asking('{ budgets(filter: { area: "36.03" }) { nodes { enrollments { totalCount } } } }', {
      as: 'stranger',
    }),
    expected: harmless('budgets of a regency are not for the clerk of a district', {
      budgets: { nodes: [] },
    }),
  },
  {
    name: 'the NIK of somebody elsewhere',
    request: (target) =>
      asking(`mutation { revealIdentity(worker: "${target.people[0]}", purpose: AUDIT) { nik } }`, {
        as: 'stranger',
      })(target),
    expected: harmless(UNSEEN, { revealIdentity: null }),
  },
  {
    name: 'the names of the own people, by somebody who may not know them',
    request: asking('{ workers { nodes { identity(purpose: AUDIT) { fullName } } } }', { as: 'analyst' }),
    expected: refused('FORBIDDEN'),
  },
  {
    name: 'names behind a fragment that is left out or not',
    request: asking(
      'query ($v: Boolean!) { workers { nodes { ...F @include(if: $v) } } } fragment F on Worker { identity(purpose: AUDIT) { birthDate } }',
      {
        as: 'analyst',
        variables: { v: true },
      },
    ),
    expected: refused('FORBIDDEN'),
  },
  {
    name: 'the audit trail, as a clerk',
    request: asking('{ auditTrail { totalCount } }', { as: 'clerk' }),
    expected: refused('FORBIDDEN'),
  },
  {
    name: 'an agreement, as a clerk',
    request: asking(
      'mutation { createAgreement(input: { first: "1", second: "2", from: "2023-01-01", reference: "x" }) { id } }',
      { as: 'clerk' },
    ),
    expected: refused('FORBIDDEN'),
  },
  {
    name: 'a check of NIKs, by somebody who may not',
    request: asking(
      '{ checkCoverage(input: { people: [{ nik: "1" }] from: "2023-01" purpose: AUDIT }) { known } }',
      { as: 'analyst' },
    ),
    expected: refused('FORBIDDEN'),
  },
  {
    name: 'a check by tokens of a partner who has none',
    request: asking(
      `{ checkCoverage(input: { people: [{ token: "${'0'.repeat(64)}" }] from: "2023-01" purpose: AUDIT }) { known } }`,
      { as: 'clerk' },
    ),
    expected: failed('FORBIDDEN'),
  },
  {
    name: 'the people of a decile, counted without a token',
    request: asking('{ workers(filter: { maxDecile: 1 }) { totalCount } }'),
    expected: refused('UNAUTHENTICATED'),
  },
  {
    name: 'exact numbers of a payer, without a token',
    request: asking('{ coverageSummary(filter: { payers: ["1"] }) { coveredWorkers } }'),
    expected: refused('UNAUTHENTICATED'),
  },
  {
    name: 'a page of people before the first, by a cursor of one’s own',
    request: (target) =>
      asking('query ($v: String) { workers(first: 200, after: $v) { totalCount nodes { id } } }', {
        as: 'stranger',
        variables: { v: Buffer.from('["-9223372036854775808"]').toString('base64url') },
      })(target),
    expected: harmless(UNSEEN, { workers: { totalCount: 0, nodes: [] } }),
  },
]
