import { idValue } from '../../contract/id.ts'
import { checkSpan } from '../../contract/months.ts'
import type { Query } from '../../db/database.ts'
import { badInput } from '../../kernel/errors.ts'
import { addMonths, firstDay, type Month } from '../../kernel/month.ts'
import { contains, fromDaterange, type Period, toDaterange } from '../../kernel/period.ts'
import type { Benefit } from '../../programs/program.entity.ts'
import { recordEvents } from '../../workers/record-events.ts'
import { afterClaims, isUnchecked, openClaimCheck } from '../life/claims.ts'
import { nothingToDo } from '../state-refusal.ts'
import { type Consequence, claimCheckOf, consequencesOfCut } from './consequence.ts'
import { checkInLife, type Plan, type Telling } from './person.ts'
import { planRelease, type Release, writeReleases } from './release-months.ts'
import { subsidizedOf } from './subsidized.ts'

export interface WageEmployment {
  /** Id of a payer of the kind EMPLOYER. */
  readonly employer: string
  readonly from: string
  /** The last month. */
  readonly to: string
}

/** What every employer has to pay for (DOMAIN.md §4.1); of JP and JKP the hub knows nothing. */
const BENEFITS: readonly Benefit[] = ['JKK', 'JKM', 'JHT']

/**
 * An employer covers a person as a wage earner: the hub reports it so, and months that are subsidized and not paid are
 * released in the same transaction (DOMAIN.md §9.2 O07). Paid months stay with who paid, months that a claim rests on as
 * they are, and months after the employment stay subsidized: no month becomes uncovered (§9.3 (b), (e)).
 *
 * @throws Refused by StateRefusal when all of it is recorded already.
 * @throws Fault BAD_USER_INPUT for somebody who is no employer, and for months that are too many or outside of his life.
 */
export async function planWageEmployment(
  { query, context, person, reason }: Telling,
  input: WageEmployment,
): Promise<Plan> {
  const [from, to] = [input.from as Month, input.to as Month]
  checkSpan(from, to, 'input.wageEmployment.to')
  checkInLife(person, from, 'input.wageEmployment.from')
  checkInLife(person, to, 'input.wageEmployment.to')
  const employer = await employerOf(query, input.employer)
  const months = { from, until: addMonths(to, 1) }
  const lines = await missingLines(query, person.id, employer, months)
  const released = { ...months, from: await afterClaims(query, person.id, from) }
  const releases = (await subsidizedOf(query, person.id))
    .map((held) => planRelease(held, released))
    .filter((release) => release !== undefined)
  if (lines.length === 0 && releases.length === 0) throw nothingToDo('It is recorded so already.')
  const died = person.deathMonth
  // Whoever died while he was employed was covered, also when it comes to light after the death.
  const opensCheck = died !== null && contains(months, died) && (await isUnchecked(query, person.id, died))
  return {
    consequences: [
      ...beginnings(lines, employer),
      ...releases.flatMap(({ cut, lost }: Release) =>
        consequencesOfCut(cut, lost).map((consequence) => ({ ...consequence, tellsPaid: true })),
      ),
      ...(opensCheck ? [claimCheckOf(died)] : []),
    ],
    write: async () => {
      await writeLines(query, person.id, employer, lines, context.today)
      await recordEvents(query, context, [
        { worker: person.id, kind: 'WAGE_EMPLOYED', period: months, reason },
      ])
      await writeReleases(releases, context, reason)
      if (opensCheck) await openClaimCheck(context, { worker: person.id, month: died, reason })
    },
  }
}

async function employerOf(query: Query, id: string): Promise<string> {
  const [found] = await query<{ kind: string }>(
    '/* life_event.employer */ select kind from payer where id = $1',
    [idValue(id)],
  )
  if (found?.kind === 'EMPLOYER') return id
  throw badInput(
    'input.wageEmployment.employer',
    'There is no employer of this id.',
    'Look it up with payers.',
  )
}

/** A line to be written. */
interface Line {
  readonly benefit: Benefit
  readonly period: Period
}

/** The months in which this employer does not cover the worker yet, by benefit. */
async function missingLines(query: Query, worker: string, employer: string, months: Period): Promise<Line[]> {
  const missing = await query<{ benefit: Benefit; period: string }>(
    `/* life_event.missing_lines */ select benefit, period
    from unnest($3::text[]) as of (benefit)
      cross join lateral (
        select coalesce(range_agg(line.period), '{}') as months from coverage_line as line
        where line.worker_id = $1 and line.payer_id = $2 and line.segment = 'PU' and line.benefit = of.benefit
      ) as known
      cross join lateral unnest(datemultirange($4::daterange) - known.months) as period
    order by period, benefit`,
    [worker, employer, BENEFITS, toDaterange(months)],
  )
  return missing.map(({ benefit, period }) => ({ benefit, period: fromDaterange(period) }))
}

function beginnings(lines: readonly Line[], employer: string): Consequence[] {
  const byMonths = new Map(lines.map(({ period }) => [toDaterange(period), period]))
  return [...byMonths.values()].map((months) => ({
    kind: 'COVERAGE_BEGINS',
    payer: employer,
    payerKind: 'EMPLOYER',
    months,
  }))
}

async function writeLines(
  query: Query,
  worker: string,
  employer: string,
  lines: readonly Line[],
  today: string,
): Promise<void> {
  await query(
    `/* life_event.wage_lines */ insert into coverage_line (worker_id, payer_id, funding_source, segment, benefit, period,
      origin, reported_by, reported_on)
    select $1, $2, 'EMPLOYER', 'PU', benefit, daterange(first, until), 'REPORTED', 'Payung', $6::date
    from unnest($3::text[], $4::date[], $5::date[]) as line (benefit, first, until)`,
    [
      worker,
      employer,
      lines.map(({ benefit }) => benefit),
      lines.map(({ period }) => firstDay(period.from)),
      lines.map(({ period }) => firstDay(period.until)),
      today,
    ],
  )
}
