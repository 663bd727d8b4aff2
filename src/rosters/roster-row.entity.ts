import { defineEntity, p } from '@mikro-orm/core'
import { RosterEntity } from './roster.entity.ts'

/**
 * What came of a row. Of those that screening gives, the first that applies, in this order; ENROLLED and OVER_BUDGET are
 * what enrolling makes of an eligible one.
 */
export const RowOutcome = {
  INVALID_NIK: 'INVALID_NIK',
  INCOMPLETE: 'INCOMPLETE',
  DUPLICATE_IN_FILE: 'DUPLICATE_IN_FILE',
  IDENTITY_CONFLICT: 'IDENTITY_CONFLICT',
  SUSPECT_MATCH: 'SUSPECT_MATCH',
  ALREADY_COVERED: 'ALREADY_COVERED',
  INELIGIBLE: 'INELIGIBLE',
  REVIEW: 'REVIEW',
  ELIGIBLE: 'ELIGIBLE',
  ENROLLED: 'ENROLLED',
  OVER_BUDGET: 'OVER_BUDGET',
} as const
export type RowOutcome = keyof typeof RowOutcome

/** How a person settled a row for review or a suspect. */
export const RowDecision = {
  ADMIT: 'ADMIT',
  OTHER_PERSON: 'OTHER_PERSON',
  SAME_PERSON: 'SAME_PERSON',
  REFUSE: 'REFUSE',
} as const
export type RowDecision = keyof typeof RowDecision

/**
 * What another row of the file says of a row. DUPLICATE: an earlier one is the same person. CONFLICT: another one has the
 * NIK, under another name. SUSPECT: an earlier one is very like it.
 */
export type InFile = 'DUPLICATE' | 'CONFLICT' | 'SUSPECT'

/** What BPJS said of an enrolled row. */
export const RowAcceptance = { ACCEPTED: 'ACCEPTED', REFUSED: 'REFUSED' } as const
export type RowAcceptance = keyof typeof RowAcceptance

/**
 * A row of a roster, without identity; `row` counts from 1, without the header. `screenedAs` is what was foreseen when it
 * was approved, where enrolling came to something else. Reasons stand in the order in which they were looked for:
 * `problems` of cells that cannot be read, `nikFindings`, `findings` of the rules of eligibility, `covered` months that
 * somebody pays already. `match` is what the vault knows of the person, `worker` who it is; `inFile` what the row `sameAsRow` says of it. Who somebody is and
 * whether he is admitted are decided apart; `admitted` are the codes of the findings that somebody has settled.
 * `rank` orders those who are eligible: who comes first when the money does not last (`rank.ts`).
 */
export const RosterRowEntity = defineEntity({
  name: 'RosterRow',
  tableName: 'roster_row',
  properties: {
    roster: () => p.manyToOne(RosterEntity).primary(),
    row: p.integer().primary(),
    outcome: p.enum(() => RowOutcome).nullable(),
    screenedAs: p.text().nullable(),
    nikFindings: p.json<object[]>().columnType('jsonb').defaultRaw(`'[]'`),
    problems: p.json<object[]>().columnType('jsonb').defaultRaw(`'[]'`),
    findings: p.json<object[]>().columnType('jsonb').defaultRaw(`'[]'`),
    covered: p.json<object[]>().columnType('jsonb').defaultRaw(`'[]'`),
    category: p.text().nullable(),
    sex: p.text().nullable(),
    birthMonth: p.date().nullable(),
    villageCode: p.text().nullable(),
    welfareDecile: p.smallint().nullable(),
    match: p.text().nullable(),
    workerId: p.bigint('string').nullable(),
    inFile: p.text().nullable(),
    sameAsRow: p.integer().nullable(),
    rank: p.integer().nullable(),
    identityDecision: p.text().nullable(),
    identityReason: p.text().nullable(),
    identityDecidedBy: p.text().nullable(),
    decision: p.text().nullable(),
    decisionReason: p.text().nullable(),
    decidedBy: p.text().nullable(),
    admitted: p.array().columnType('text[]').$type<string[]>().nullable(),
    enrollmentId: p.bigint('string').nullable(),
    acceptance: p.enum(() => RowAcceptance).nullable(),
    acceptanceReason: p.text().nullable(),
  },
  indexes: [
    { name: 'roster_row_outcome_index', properties: ['roster', 'outcome', 'row'] },
    {
      name: 'roster_row_rank_index',
      expression: `create index "roster_row_rank_index" on "roster_row" ("roster_id", "rank", "row") where outcome = 'ELIGIBLE'`,
    },
  ],
  checks: [
    { name: 'roster_row_in_file_check', expression: `in_file in ('DUPLICATE', 'CONFLICT', 'SUSPECT')` },
    {
      name: 'roster_row_identity_decision_check',
      expression: `identity_decision in ('OTHER_PERSON', 'SAME_PERSON', 'REFUSE')`,
    },
    {
      name: 'roster_row_identity_decided_check',
      expression: '(identity_decision is null) = (identity_reason is null)',
    },
    { name: 'roster_row_decision_check', expression: `decision in ('ADMIT', 'REFUSE')` },
    {
      name: 'roster_row_decided_check',
      expression: `(decision is null) = (decision_reason is null) and (decision is not distinct from 'ADMIT') = (admitted is not null)`,
    },
  ],
})

/**
 * Who a row says somebody is: the waiting room of the vault, sealed and guarded like it (`worker-identity.entity.ts`). It has
 * no GraphQL type, on purpose. Without a NIK that could be one, `keyId`, `nikToken` and `nikCipher` are null.
 */
export const RosterIdentityEntity = defineEntity({
  name: 'RosterIdentity',
  tableName: 'roster_identity',
  properties: {
    roster: () => p.manyToOne(RosterEntity).primary().createForeignKeyConstraint(false),
    row: p.integer().primary(),
    keyId: p.text().nullable(),
    nikToken: p.uint8array().nullable(),
    nikCipher: p.uint8array().nullable(),
    fullName: p.text().nullable(),
    normalName: p.text().nullable().generated('(normal_name(full_name)) stored'),
    birthDate: p.date().nullable(),
  },
  indexes: [
    { name: 'roster_identity_nik_token_index', properties: ['roster', 'nikToken'] },
    { name: 'roster_identity_birth_date_index', properties: ['roster', 'birthDate', 'normalName'] },
  ],
})
