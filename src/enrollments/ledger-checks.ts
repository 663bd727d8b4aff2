import { isSubsidy } from './subsidy.ts'

/** One rule of the ledger, as data. */
export interface LedgerCheck {
  readonly code: string
  /** What holds, in one sentence. */
  readonly rule: string
  /**
   * A query that lists what breaks the rule: `ids` (jsonb, of what by id as text), and as text what it `found` and what
   * it `expected` instead. It may read the subqueries of {@link LIVES}.
   */
  readonly sql: string
}

/**
 * What checks of enrollments look at, gathered once for all of them. `life` has a row per enrollment, with its months
 * as multiranges: `covered` by its lines; `charged`; `paid` of those; `refundable`, which are paid and asked back (or
 * refused to be given back), or paid by the worker himself, for whom no budget asks anything back; and `barred`, in which
 * it must have nothing: all months of one that is not committed or is substituted entirely, and of any other those from
 * the first month of its substitute on.
 */
export const LIVES = `covering as (
  select worker_id, enrollment_id, range_agg(months) as months, range_intersect_agg(months) as shared,
    array_agg(benefit) as benefits
  from (
    select worker_id, enrollment_id, benefit, range_agg(period) as months
    from coverage_line where enrollment_id is not null
    group by worker_id, enrollment_id, benefit
  ) as benefit
  group by worker_id, enrollment_id
), charging as (
  select worker_id, enrollment_id, range_agg(period) as months, range_agg(paid_months) as paid,
    range_agg(paid_months) filter (where budget_id is null) as paid_by_himself
  from (
    select *, case when paid_through is not null
      then daterange(lower(period), (paid_through + interval '1 month')::date) end as paid_months
    from charge
  ) as charge
  group by worker_id, enrollment_id
), asking as (
  select worker_id, enrollment_id, range_agg(period) as months
  from refund where status in ('REQUESTED', 'REFUSED')
  group by worker_id, enrollment_id
), life as (
  select enrollment.worker_id, enrollment.id, enrollment.program_code, enrollment.decision, enrollment.period,
    enrollment.suspended_from,
    daterange(lower(enrollment.period), coalesce(enrollment.planned_until, upper(enrollment.period))) as planned,
    coalesce(covering.months, '{}') as covered, covering.shared, covering.benefits,
    coalesce(charging.months, '{}') as charged, coalesce(charging.paid, '{}') as paid,
    coalesce(charging.paid * asking.months, '{}') + coalesce(paid_by_himself, '{}') as refundable,
    case
      when enrollment.decision in ('PROPOSED', 'VERIFIED', 'REJECTED', 'RELEASED') then '{(,)}'
      when substitute.id is not null then datemultirange(daterange(lower(substitute.period), null))
      when enrollment.decision = 'SUBSTITUTED' then '{(,)}'
      else '{}'
    end::datemultirange as barred
  from enrollment
    left join covering on (covering.worker_id, covering.enrollment_id) = (enrollment.worker_id, enrollment.id)
    left join charging on (charging.worker_id, charging.enrollment_id) = (enrollment.worker_id, enrollment.id)
    left join asking on (asking.worker_id, asking.enrollment_id) = (enrollment.worker_id, enrollment.id)
    left join enrollment as substitute
      on (substitute.replaces_worker_id, substitute.replaces_id) = (enrollment.worker_id, enrollment.id)
)`

const ENROLLMENT = `jsonb_build_object('worker', worker_id::text, 'enrollment', id::text) as ids`

/** How many months from the first to the one before `until`. */
function months(from: string, until: string): string {
  return `(12 * (date_part('year', ${until}) - date_part('year', ${from}))
    + date_part('month', ${until}) - date_part('month', ${from}))::int`
}

/** One figure of every budget against what it must be. */
function figure(name: string, sum: string, of: string): string {
  return `select jsonb_build_object('budget', budget.id::text, 'figure', '${name}') as ids, ${name}::text as found,
      coalesce(expected, 0)::text as expected
    from budget left join (select budget_id, sum(${sum}) as expected from ${of} group by budget_id) as summed
      on budget_id = budget.id
    where ${name} <> coalesce(expected, 0)`
}

/** Enrollments some of whose months break a rule: which, and what there should be. */
function monthsOfLives(broken: string, expected: string): string {
  return `select ${ENROLLMENT}, broken::text as found, ${expected} as expected
    from life cross join lateral (select ${broken} as broken) as months
    where not isempty(broken)`
}

const NOTHING = `coalesce('nothing from ' || lower(barred) || ', where its substitute begins', 'nothing: ' || decision)`

const PAID = `case when paid_through is null then 0
  else monthly * (1 + ${months('lower(period)', 'paid_through')}) end`

/**
 * What must hold between entries, balances, charges, lines and refunds; money is rupiah. Some of it the database
 * refuses to break: it is proved all the same, because whoever owns the tables can switch constraints off.
 */
export const LEDGER_CHECKS: readonly LedgerCheck[] = [
  {
    code: 'BALANCE',
    rule: 'Ceiling, committed and paid of a budget are the sums of its entries.',
    sql: ['ceiling', 'committed', 'paid']
      .map((name) => figure(name, `${name}_delta`, 'budget_entry'))
      .join(' union all '),
  },
  {
    code: 'COMMITTED',
    rule: 'What a budget has committed is what its charges cost.',
    sql: figure('committed', `monthly * ${months('lower(period)', 'upper(period)')}`, 'charge'),
  },
  {
    code: 'PAID',
    rule: 'What a budget has paid is what the paid months of its charges cost.',
    sql: figure('paid', PAID, 'charge'),
  },
  {
    // Of any agency: a program may be given another one's budgets, for what is decided from then on.
    code: 'WRONG_BUDGET',
    rule: "A charge is to a budget of its program's payer and funding source and of its months' year; to none only where people pay for themselves.",
    sql: `select jsonb_build_object('worker', charge.worker_id::text, 'enrollment', enrollment_id::text,
        'budget', charge.budget_id::text) as ids,
      case when budget.id is null then 'no budget' else ${budgetWords('budget.payer_id', 'budget.funding_source', 'budget.fiscal_year')}
        end as found,
      ${budgetWords('program.payer_id', 'program.funding_source', "date_part('year', lower(charge.period))")} as expected
    from charge
      join enrollment on (enrollment.worker_id, enrollment.id) = (charge.worker_id, enrollment_id)
      join coverage_program as program on program.code = program_code
      join payer on payer.id = program.payer_id
      left join budget on budget.id = charge.budget_id
    where case when charge.budget_id is null then payer.kind <> 'SELF' else
      (budget.payer_id, budget.funding_source) is distinct from (program.payer_id, program.funding_source)
      or budget.fiscal_year <> date_part('year', lower(charge.period))
      or budget.fiscal_year <> date_part('year', upper(charge.period) - 1) end`,
  },
  {
    code: 'MONTH_CHARGED_TWICE',
    rule: 'No month of an enrollment is charged twice.',
    sql: `select jsonb_build_object('worker', worker_id::text, 'enrollment', enrollment_id::text) as ids,
        charge.period || ' and ' || other.period as found, 'no month in common' as expected
      from charge join charge as other using (worker_id, enrollment_id)
      where charge.first_month < other.first_month and charge.period && other.period`,
  },
  {
    code: 'UNCHARGED',
    rule: 'Every month that an enrollment covers is charged.',
    sql: monthsOfLives('covered - charged - barred', `'charged: ' || charged`),
  },
  {
    code: 'UNEVEN_BENEFITS',
    rule: 'An enrollment covers every benefit of its program, and no other, in the same months.',
    sql: `select ${ENROLLMENT}, array_to_string(life.benefits, ', ') || ' in common in ' || shared as found,
        array_to_string(program.benefits, ', ') || ' in ' || covered as expected
      from life join coverage_program as program on program.code = program_code
      where shared <> covered or not (life.benefits @> program.benefits and life.benefits <@ program.benefits)`,
  },
  {
    code: 'UNCOVERED_CHARGE',
    rule: 'Every month that an enrollment is charged for is covered, or it is paid and a refund was asked for.',
    sql: monthsOfLives('charged - covered - refundable - barred', `'covered: ' || covered`),
  },
  {
    code: 'UNDECIDED',
    rule: 'What is not committed, and what a substitute took over, covers nobody and is charged for months in refund only.',
    sql: monthsOfLives('(covered + (charged - refundable)) * barred', NOTHING),
  },
  {
    code: 'PAID_OUT_OF_ORDER',
    rule: 'No month of an enrollment is paid while one before it is not.',
    sql: `select ${ENROLLMENT}, 'paid: ' || paid as found, 'unpaid from ' || lower(charged - paid) as expected
      from life where lower(charged - paid) < upper(paid)`,
  },
  {
    code: 'OUTSIDE_PERIOD',
    rule: 'An enrollment covers months of its period only, and is charged for those and for planned ones only.',
    sql: monthsOfLives(
      '(covered - datemultirange(period)) + (charged - datemultirange(planned))',
      `'covered: ' || period || ', charged: ' || planned`,
    ),
  },
  {
    code: 'NO_MONTH',
    rule: 'A committed enrollment covers some month, unless it is suspended.',
    sql: `select ${ENROLLMENT}, decision || ', without any month' as found, 'a month of ' || period as expected
      from life where decision in ('COMMITTED', 'SUBMITTED', 'ACCEPTED') and suspended_from is null and isempty(covered)
        and isempty(charged)`,
  },
  {
    code: 'SUSPENDED',
    rule: 'A suspended enrollment covers nobody from the month of its suspension on, and is charged for months in refund only.',
    sql: monthsOfLives(
      `case when suspended_from is null then '{}' else
        (covered + (charged - refundable)) * datemultirange(daterange(suspended_from, null)) end`,
      `'nothing from ' || suspended_from || ', where it is suspended'`,
    ),
  },
  {
    code: 'REFUNDED',
    rule: 'What the ledger of a budget says came back is what refunds were granted.',
    sql: `select jsonb_build_object('budget', id::text) as ids, entered::text as found, granted::text as expected
      from budget cross join lateral (
        select (select coalesce(-sum(committed_delta), 0) from budget_entry
            where budget_id = budget.id and kind = 'REFUND') as entered,
          (select coalesce(sum(amount), 0) from refund where budget_id = budget.id and status = 'GRANTED') as granted
      ) as money
      where entered <> granted`,
  },
  {
    code: 'REFUND',
    rule: 'A refund that is asked for is what its months cost, all paid by one charge; months given back are not charged.',
    sql: `select jsonb_build_object('worker', refund.worker_id::text, 'refund', refund.id::text) as ids,
        case when status = 'GRANTED' then 'charged: ' || charged else amount::text end as found,
        case when status = 'GRANTED' then 'not charged: ' || refund.period
          else coalesce(cost::text, 'a charge that paid ' || refund.period) end as expected
      from refund
        join life on (life.worker_id, life.id) = (refund.worker_id, refund.enrollment_id)
        left join lateral (
          select monthly * ${months('lower(refund.period)', 'upper(refund.period)')} as cost
          from charge
          where (charge.worker_id, charge.enrollment_id) = (refund.worker_id, refund.enrollment_id)
            and charge.budget_id = refund.budget_id and charge.period @> refund.period
            and charge.paid_through >= upper(refund.period) - interval '1 month'
          order by first_month limit 1
        ) as paying on status = 'REQUESTED'
      where case status when 'REQUESTED' then amount is distinct from cost
        when 'GRANTED' then charged && refund.period else false end`,
  },
  {
    code: 'SECOND_PAYER',
    rule: 'No two exclusive lines of a worker have a benefit and a month in common.',
    sql: `select jsonb_build_object('worker', worker_id::text, 'line', id::text) as ids,
        benefit || ' ' || period as found, 'until ' || following as expected
      from (
        select worker_id, id, benefit, period,
          lead(lower(period)) over (partition by worker_id, benefit order by lower(period), id) as following
        from coverage_line
        where exclusive_group is not null or (origin = 'HUB' and ${isSubsidy()})
      ) as line
      where following < upper(period)`,
  },
]

function budgetWords(payer: string, source: string, year: string): string {
  return `'payer ' || ${payer} || ', ' || ${source} || ', ' || ${year}`
}
