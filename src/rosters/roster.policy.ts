import { type Answer, grant, type Policy, takenBy, unruled } from '../access/policy.ts'
import { seesEverywhere, type Viewer } from '../access/viewer.ts'
import { type Column, type Ref, type RowOf, sql } from '../planner/sql.ts'
import { RosterEntity, RosterStepEntity } from './roster.entity.ts'
import { RosterRowEntity } from './roster-row.entity.ts'

const WHOSE = 'of the viewer’s payer and within the viewer’s areas; all for a viewer of the whole country'

/**
 * A roster is seen by those who work for its payer and see all of its areas (`reach.ts`), and by nobody else: it says whom
 * the payer wants to cover, and who lives where. Who its people are is nobody's to read (`RosterIdentityEntity` has no grant).
 */
export const rosterPolicy: Policy = {
  tables: [
    grant(RosterEntity, {
      needs: 'registry:read',
      words: WHOSE,
      rows: isOwn,
    }),
    grant(RosterStepEntity, {
      needs: 'registry:read',
      words: `of rosters ${WHOSE}`,
      rows: (step, viewer) => isOwnRoster(step.roster, viewer),
    }),
    grant(RosterRowEntity, {
      needs: 'registry:read',
      words: `of rosters ${WHOSE}`,
      rows: (row, viewer) => isOwnRoster(row.roster, viewer),
    }),
  ],
  fields: {
    Query: { 'registry:read': ['roster', 'rosters'] },
    Subscription: { 'registry:read': ['rosterProgress'] },
    Mutation: {
      'roster:write': ['submitRoster', 'withdrawRoster', 'decideRow'],
      'roster:approve': ['approveRoster', 'rejectRoster'],
    },
    CoverageProgram: { 'registry:read': ['rosters'] },
    Roster: {
      'registry:read': [
        'id',
        'program',
        'payer',
        'from',
        'to',
        'state',
        'version',
        'replaces',
        'rowCount',
        'done',
        'steps',
        'rows',
        'row',
        'summary',
      ],
    },
    RosterStep: { 'registry:read': ['state', 'at', 'actor', 'reason'] },
    RosterRow: {
      'registry:read': [
        'row',
        'outcome',
        'screenedAs',
        'category',
        'sex',
        'birthMonth',
        'villageCode',
        'welfareDecile',
        'match',
        'sameAsRow',
        'reasons',
        'covered',
        'worker',
        'enrollment',
        'identityDecision',
        'identityReason',
        'identityDecidedBy',
        'decision',
        'decisionReason',
        'decidedBy',
        'acceptance',
        'acceptanceReason',
      ],
    },
    RowReason: { 'registry:read': ['code', 'level', 'message', 'field', 'fact'] },
    RowCoveredMonths: { 'registry:read': ['benefit', 'payerKind', 'from', 'to'] },
    RosterSummary: {
      'registry:read': [
        'rows',
        'outcomes',
        'cost',
        'months',
        'budgets',
        'fits',
        'overBudget',
        'firstLeftOut',
        'changed',
      ],
    },
    OutcomeCount: { 'registry:read': ['outcome', 'rows'] },
    RosterMonth: { 'registry:read': ['month', 'people', 'cost'] },
    RosterBudget: { 'registry:read': ['fiscalYear', 'budget', 'needed', 'remaining'] },
    RosterRefusal: { anyone: ['code', 'message', 'state'] },
  },
  inputs: {
    RosterFilter: { program: 'Roster.program', payer: 'Roster.payer', states: 'Roster.state' },
    SubmitRosterInput: takenBy('submitRoster', 'idempotencyKey', 'roster', 'reason'),
    ApproveRosterInput: takenBy('approveRoster', 'idempotencyKey', 'roster'),
    RejectRosterInput: takenBy('rejectRoster', 'idempotencyKey', 'roster', 'reason'),
    WithdrawRosterInput: takenBy('withdrawRoster', 'idempotencyKey', 'roster', 'reason'),
    DecideRowInput: takenBy('decideRow', 'idempotencyKey', 'roster', 'row', 'decision', 'reason'),
  },
}

/** `mayUse` of `reach.ts`, as SQL. */
function isOwn(roster: Ref<RowOf<typeof RosterEntity>>, viewer: Viewer): Answer {
  if (seesEverywhere(viewer)) return true
  if (viewer.payer === undefined) return false
  return sql`${roster.payer} = ${viewer.payer}::bigint and not exists (select from unnest(${roster.areas}) as area where not exists (select from unnest(${viewer.areas}::text[]) as own where area = own or starts_with(area, own || '.')))`
}

/** What belongs to a roster goes where the roster goes; the viewer's rosters are looked up once for a statement. */
function isOwnRoster(roster: Column, viewer: Viewer): Answer {
  if (seesEverywhere(viewer)) return true
  if (viewer.payer === undefined) return false
  const own = unruled(RosterEntity)
  return sql`${roster} = any(array(select ${own.id} from ${own} where ${isOwn(own, viewer)}))`
}
