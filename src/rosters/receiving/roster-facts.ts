import type { Viewer } from '../../access/viewer.ts'
import { idValue } from '../../contract/id.ts'
import { checkSpan } from '../../contract/months.ts'
import type { Query } from '../../db/database.ts'
import { badInput } from '../../kernel/errors.ts'
import { addMonths, isMonth, type Month } from '../../kernel/month.ts'
import { fromDaterange, type Period } from '../../kernel/period.ts'
import { checkActsFor } from '../../payers/acting.ts'
import { seesAreas } from '../reach.ts'
import type { RosterState } from '../roster.entity.ts'

/** What is said of a file that is sent in; the file itself says the rest. */
export interface RosterFacts {
  /** Code of the program. */
  readonly program: string
  /** The first month `YYYY-MM`. */
  readonly from: string
  /** The last month `YYYY-MM`. */
  readonly to: string
  /** Id of the roster that this one corrects. */
  readonly replaces?: string | null
  readonly format: 'csv' | 'xlsx'
}

/** A roster to be, as its facts have been found right. */
export interface CheckedFacts {
  readonly program: string
  /** Id of who runs the program. */
  readonly payer: string
  /** `36.03`; null for a payer of the whole country. */
  readonly payerArea: string | null
  readonly period: Period
  /** Id of the roster that it corrects. */
  readonly replaces: string | null
}

/**
 * The facts of a roster, after everything that can be known before its file is read.
 *
 * @throws Fault BAD_USER_INPUT that names the wrong one, FORBIDDEN for a program of another payer.
 */
export async function checkedFacts(query: Query, facts: RosterFacts, viewer: Viewer): Promise<CheckedFacts> {
  const months = monthsOf(facts)
  const [program] = await query<{ payer: string; payerArea: string | null; period: string }>(
    `/* roster.program */ select payer_id as payer, area_code as "payerArea", period::text as period
      from coverage_program join payer on payer.id = payer_id where code = $1`,
    [facts.program],
  )
  if (!program) throw badInput('program', 'There is no program of this code.', 'Look it up with programs.')
  checkActsFor(viewer, program.payer, 'program')
  checkWithin(months, fromDaterange(program.period))
  const { payer, payerArea } = program
  const replaces = facts.replaces ?? null
  if (replaces !== null) {
    const old = await findReplaced(query, replaces, facts.program, viewer)
    // Perhaps by this very file, which is read before that is known.
    if (old.corrected_by === null) checkCorrectable(old)
  }
  return { program: facts.program, payer, payerArea, period: months, replaces }
}

function monthsOf(facts: RosterFacts): Period {
  const [from, to] = [monthIn(facts, 'from'), monthIn(facts, 'to')]
  checkSpan(from, to, 'to')
  return { from, until: addMonths(to, 1) }
}

function monthIn(facts: RosterFacts, field: 'from' | 'to'): Month {
  const text = facts[field]
  // After the last month there has to be one that the period ends at.
  if (isMonth(text) && text !== '2999-12') return text
  throw badInput(field, 'This is not a month.', 'Write it as 2023-06.')
}

function checkWithin(months: Period, program: Period): void {
  if (program.from <= months.from && months.until <= program.until) return
  const field = months.from < program.from || months.from >= program.until ? 'from' : 'to'
  throw badInput(
    field,
    `The program has the months from ${program.from} to ${addMonths(program.until, -1)}.`,
    'Ask for months of the program.',
  )
}

/** What may be corrected: what the hub has told something about, and nobody took back. */
const CORRECTABLE: ReadonlySet<RosterState> = new Set<RosterState>([
  'SCREENED',
  'SUBMITTED',
  'APPROVED',
  'ENROLLING',
  'ENROLLED',
  'DAMAGED',
  'REJECTED',
])

/**
 * What a correction corrects, once it has arrived.
 *
 * @param replaces id of it; it is held until the transaction ends.
 * @throws Fault BAD_USER_INPUT about `replaces` when somebody else has corrected it by now, or taken it back.
 */
export async function holdReplaced(
  query: Query,
  replaces: string,
  program: string,
  viewer: Viewer,
): Promise<ReplacedRow> {
  const old = await findReplaced(query, replaces, program, viewer)
  if (old.corrected_by !== null)
    throw badInput('replaces', 'This roster was corrected before.', `Correct roster ${old.corrected_by}.`)
  checkCorrectable(old)
  return old
}

/** A roster that is corrected. */
export interface ReplacedRow {
  readonly id: string
  readonly state: RosterState
  readonly version: number
  readonly areas: readonly string[]
  /** Id of the roster that replaces it already. */
  readonly corrected_by: string | null
}

async function findReplaced(
  query: Query,
  replaces: string,
  program: string,
  viewer: Viewer,
): Promise<ReplacedRow> {
  const [old] = await query<ReplacedRow>(REPLACED, [idValue(replaces), program])
  if (old && seesAreas(viewer, old.areas)) return old
  throw badInput('replaces', 'This program has no roster of this id.', 'Look it up with rosters.')
}

function checkCorrectable({ state }: ReplacedRow): void {
  if (CORRECTABLE.has(state)) return
  const message = `A roster in the state ${state} cannot be replaced.`
  throw badInput('replaces', message, 'Wait until it is screened, or leave replaces out.')
}

const REPLACED = `/* roster.replaced */ select id, state, version, areas, (
    select newer.id from roster as newer
    where newer.replaces_id = roster.id and newer.digest is not null and newer.state <> 'WITHDRAWN'
  ) as corrected_by
from roster where id = $1 and program_code = $2 for no key update`
