import { defineEntity, p } from '@mikro-orm/core'
import { PayerEntity } from '../payers/payer.entity.ts'
import { CoverageProgramEntity, wholeMonths } from '../programs/program.entity.ts'

/** How far a roster has come; DAMAGED, REJECTED and WITHDRAWN end it without anybody enrolled. */
export const RosterState = {
  DRAFT: 'DRAFT',
  SCREENING: 'SCREENING',
  SCREENED: 'SCREENED',
  SUBMITTED: 'SUBMITTED',
  APPROVED: 'APPROVED',
  ENROLLING: 'ENROLLING',
  ENROLLED: 'ENROLLED',
  DAMAGED: 'DAMAGED',
  REJECTED: 'REJECTED',
  WITHDRAWN: 'WITHDRAWN',
} as const
export type RosterState = keyof typeof RosterState

/** Where nothing goes on by itself any more; a damaged roster may still be withdrawn. */
export const END_STATES: readonly RosterState[] = ['ENROLLED', 'DAMAGED', 'REJECTED', 'WITHDRAWN']

/**
 * A file of people submitted for a program and a half-open range of whole months. `digest` is the keyed hash of the file,
 * null until all of it has arrived: the same file for the same program and months is the same roster, unless it is sent
 * as a correction. `done` counts the rows that the step at hand, screening or enrolling, is through with. `areas` is how
 * far saw who sent it, within the payer's area: nobody who lives elsewhere is enrolled. `submittedBy` is who must not
 * approve it. A correction is a new version that `replaces` the old one; there is one of each roster at most.
 */
export const RosterEntity = defineEntity({
  name: 'Roster',
  tableName: 'roster',
  properties: {
    id: p.bigint('string').primary(),
    program: () => p.manyToOne(CoverageProgramEntity),
    payer: () => p.manyToOne(PayerEntity),
    period: p.string().columnType('daterange'),
    state: p.enum(() => RosterState).default('DRAFT'),
    version: p.integer().default(1),
    replaces: (): never => p.manyToOne(RosterEntity).nullable() as never,
    keyId: p.text().nullable(),
    digest: p.uint8array().nullable(),
    rowCount: p.integer().default(0),
    done: p.integer().default(0),
    areas: p.array().columnType('text[]').$type<string[]>(),
    submittedBy: p.text().nullable(),
  },
  indexes: [
    { name: 'roster_payer_id_index', properties: ['payer', 'id'] },
    {
      name: 'roster_file_unique',
      expression: `create unique index "roster_file_unique" on "roster" ("program_code", "period", "digest", coalesce("replaces_id", 0)) where digest is not null and state <> 'WITHDRAWN'`,
    },
    {
      name: 'roster_replaces_unique',
      expression: `create unique index "roster_replaces_unique" on "roster" ("replaces_id") where digest is not null and state <> 'WITHDRAWN'`,
    },
    {
      name: 'roster_working_index',
      expression: `create index "roster_working_index" on "roster" ("id") where state in ('SCREENING', 'APPROVED', 'ENROLLING')`,
    },
  ],
  checks: [
    { name: 'roster_period_check', expression: wholeMonths('period') },
    { name: 'roster_digest_check', expression: '(digest is null) = (key_id is null)' },
    { name: 'roster_done_check', expression: 'done between 0 and row_count' },
  ],
})

/** A step of a roster: the state it came to, when, by whom and why. No actor: the hub itself. */
export const RosterStepEntity = defineEntity({
  name: 'RosterStep',
  tableName: 'roster_step',
  properties: {
    roster: () => p.manyToOne(RosterEntity).primary(),
    id: p.bigint('string').primary().autoincrement(),
    state: p.enum(() => RosterState),
    at: p.datetime().columnType('timestamptz').defaultRaw('clock_timestamp()'),
    actor: p.text().nullable(),
    actorPayer: () => p.manyToOne(PayerEntity).nullable().createForeignKeyConstraint(false),
    reason: p.text().nullable(),
  },
  checks: [{ name: 'roster_step_reason_check', expression: 'length(reason) between 1 and 500' }],
})
