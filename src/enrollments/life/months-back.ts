import type { Context } from '../../contract/context.ts'
import type { Query } from '../../db/database.ts'
import { firstDay, type Month, monthOf } from '../../kernel/month.ts'
import { contains, formatPeriod, fromDaterange, type Period, toDaterange } from '../../kernel/period.ts'
import { isSubsidy } from '../subsidy.ts'
import { writeEnrollments } from '../write-enrollments.ts'
import { isUnchecked, openClaimCheck } from './claims.ts'
import { acting } from './end.ts'
import { COMMITTED, type HeldEnrollment } from './held-enrollment.ts'

/** Paid months whose money BPJS keeps: those that come back to the person, and why others do not. */
export interface MonthsBack {
  /** In their order. */
  readonly months: readonly Period[]
  /** Codes in alphabetical order, such as `COVERED DECEASED`; undefined when all come back. */
  readonly not: string | undefined
}

/**
 * Which of paid months come back to a person who is held, when BPJS keeps their money: for BPJS he was its member in them,
 * and without them his heirs would have no claim (DOMAIN.md §4.4, §9.3 (b)). They do not when BPJS never took him on
 * (REJECTED), after his death (DECEASED), when a subsidy is not for him (CIVIL_SERVANT), and when an employer, or another
 * subsidy of a benefit of the program, covers him in them by now (COVERED).
 */
export async function monthsBack(
  query: Query,
  { worker, id, decision }: HeldEnrollment,
  months: Period,
): Promise<MonthsBack> {
  const [found] = await query<{ months: string[]; reasons: string | null }>(MONTHS_BACK, [
    worker,
    id,
    toDaterange(months),
    decision === 'REJECTED',
  ])
  return { months: found!.months.map(fromDaterange), not: found!.reasons ?? undefined }
}

const MONTHS_BACK = `/* refund.months_back */
with given as (
  select worker.id as worker_id, death_month, benefits, $3::daterange as months,
    ${isSubsidy()} as is_subsidy, civil_servant
  from enrollment
    join worker on worker.id = worker_id
    join coverage_program as program on program.code = program_code
  where (worker_id, enrollment.id) = ($1, $2)
), against as (
  select 'REJECTED' as reason, datemultirange(months) as months from given where $4
  union all
  select 'DECEASED', datemultirange(daterange((death_month + interval '1 month')::date, null)) from given
  where death_month is not null
  union all
  select 'CIVIL_SERVANT', datemultirange(months) from given where is_subsidy and civil_servant
  union all
  select 'COVERED', range_agg(line.period) from given join coverage_line as line using (worker_id)
  where is_subsidy and (line.segment = 'PU' or ${isSubsidy('line')} and line.benefit = any(benefits))
)
select array(
    select period::text from unnest(datemultirange(given.months)
      - coalesce((select range_agg(month) from against cross join unnest(against.months) as month), '{}')) as period
    order by period
  ) as months,
  (select string_agg(reason, ' ' order by reason) from against where against.months && given.months) as reasons
from given`

/**
 * Gives months back whose charges are paid: he is covered in them again, also in an enrollment that had no month left. If
 * he died in one of them, a claim is looked after that nobody could have made before.
 */
export async function giveBack(
  context: Context,
  held: HeldEnrollment,
  months: readonly Period[],
  reason: string,
): Promise<void> {
  const last = months.at(-1)
  if (!last) return
  const { worker, id, program, decision, period } = held
  await writeEnrollments(
    context.change!,
    months.map((run) => ({ worker, program, period: run, charges: [], continues: id })),
    {
      ...acting(context),
      event: 'RESUMED',
      reason,
      note: `${program}: 1 person, ${formatPeriod(last)}`,
    },
  )
  const isRunning = COMMITTED.includes(decision)
  const until = isRunning && period.until > last.until ? period.until : last.until
  const { query } = context.change!
  await query(TAKEN_UP_AGAIN, [worker, id, firstDay(until)])
  const died = await deathOf(query, worker)
  if (died && months.some((run) => contains(run, died)) && (await isUnchecked(query, worker, died)))
    await openClaimCheck(context, { worker, month: died, reason })
}

// What had lost all its months is committed again, or accepted where BPJS had done so.
const TAKEN_UP_AGAIN = `/* refund.taken_up_again */
update enrollment set period = daterange(lower(period), $3::date),
  planned_until = nullif(coalesce(planned_until, upper(period)), $3::date),
  decision = case when decision not in ('RELEASED', 'SUBSTITUTED') then decision
    when exists (select from worker_event as event where event.enrollment_id = enrollment.id and kind = 'ACCEPTED')
      then 'ACCEPTED'
    else 'COMMITTED' end
where (worker_id, id) = ($1, $2)`

async function deathOf(query: Query, worker: string): Promise<Month | null> {
  const [found] = await query<{ month: string | null }>(
    '/* refund.death */ select death_month as month from worker where id = $1',
    [worker],
  )
  return found!.month === null ? null : monthOf(found!.month)
}
