import type { FindingLevel } from './finding.ts'

/**
 * A rule of eligibility for a subsidy. `when` and `fact` are SQL over one candidate: the worker `w`, the program `p`, its
 * payer `y`, the months `c.period` from `c.first` on, the age `a.age` in the first of them, the limits `l`, the months
 * `c.unpriced` whose contribution nobody knows.
 */
export interface Rule {
  readonly code: string
  readonly level: FindingLevel
  /** For people; without personal data. */
  readonly message: string
  readonly when: string
  /** What decided, as text. */
  readonly fact: string
  /** Whether it also holds for who pays himself. */
  readonly always?: boolean
}

const months = (range: string) =>
  `to_char(lower(${range}), 'YYYY-MM') || '..' || to_char(upper(${range}) - 1, 'YYYY-MM')`

const EXEMPT = 'w.category = any(l.exempt_categories)'

/**
 * The rules, in the order of DOMAIN.md §8. What they compare with is configuration (`EligibilityLimits`), and so is their
 * version. Whether somebody pays already and whether the money lasts are found beside them: see `screen.ts`.
 */
export const RULES: readonly Rule[] = [
  {
    code: 'NO_IDENTITY',
    level: 'INELIGIBLE',
    message: 'It is not known who this is: the worker has no NIK here.',
    when: 'not w.has_identity',
    fact: 'null',
    always: true,
  },
  {
    code: 'DECEASED',
    level: 'INELIGIBLE',
    message: 'The worker has died.',
    when: 'w.death_month is not null',
    fact: `to_char(w.death_month, 'YYYY-MM')`,
    always: true,
  },
  {
    code: 'TOO_YOUNG',
    level: 'INELIGIBLE',
    message: 'The worker is below the working age in the first month.',
    when: 'a.age < l.review_age',
    fact: 'a.age::text',
    always: true,
  },
  {
    code: 'UNDER_AGE',
    level: 'REVIEW',
    message: 'The worker is of working age, but younger than the scheme’s age in the first month.',
    when: 'a.age >= l.review_age and a.age < l.min_age',
    fact: 'a.age::text',
    always: true,
  },
  {
    code: 'OVER_AGE',
    level: 'INELIGIBLE',
    message:
      'The worker is too old in the first month, and was not covered without a break since before that age.',
    when: `a.age > l.max_age and not (
      select coalesce(
        range_agg(line.period)
          @> daterange((w.birth_month + make_interval(years => l.max_age + 1, months => -1))::date, c.first),
        false
      )
      from coverage_line as line where line.worker_id = w.id
    )`,
    fact: 'a.age::text',
    always: true,
  },
  {
    code: 'CIVIL_SERVANT',
    level: 'INELIGIBLE',
    message: 'Civil servants are covered by a scheme of their own.',
    when: 'w.civil_servant',
    fact: 'null',
  },
  {
    code: 'WAGE_EARNER',
    level: 'INELIGIBLE',
    message: 'An employer covers the worker as a wage earner in some of these months.',
    when: `p.segment <> 'PU' and exists (select from coverage_line as line
      where line.worker_id = w.id and line.segment = 'PU' and line.period && c.period)`,
    fact: `(select string_agg(distinct ${months('line.period * c.period')}, ', ')
      from coverage_line as line
      where line.worker_id = w.id and line.segment = 'PU' and line.period && c.period)`,
  },
  {
    code: 'OUT_OF_AREA',
    level: 'INELIGIBLE',
    message: 'The worker does not live in the payer’s area.',
    when: 'y.area_code is not null and left(w.village_code, length(y.area_code)) <> y.area_code',
    fact: 'w.regency_code',
  },
  {
    code: 'CATEGORY',
    level: 'INELIGIBLE',
    message: 'The program does not admit the worker’s category.',
    when: 'not (w.category = any(p.categories))',
    fact: 'w.category',
  },
  {
    code: 'DECILE',
    level: 'INELIGIBLE',
    message: 'The family’s welfare decile is above the program’s limit.',
    when: `w.welfare_decile > p.max_decile and not ${EXEMPT}`,
    fact: 'w.welfare_decile::text',
  },
  {
    code: 'DECILE_UNKNOWN',
    level: 'REVIEW',
    message: 'The program has a limit of the welfare decile, and the family’s is not known.',
    when: `p.max_decile is not null and w.welfare_decile is null and not ${EXEMPT}`,
    fact: 'null',
  },
  {
    code: 'DECILE_OUTDATED',
    level: 'REVIEW',
    message: 'The family’s welfare decile was known too long before the first month.',
    when: `w.welfare_decile <= p.max_decile and not ${EXEMPT}
      and w.decile_as_of < (c.first - make_interval(months => l.decile_months))::date`,
    fact: `to_char(w.decile_as_of, 'YYYY-MM-DD')`,
  },
  {
    code: 'EARMARK',
    level: 'INELIGIBLE',
    message: 'The money is meant for people of other categories.',
    when: `not coalesce(l.earmarks -> p.funding_source ? w.category, true)`,
    fact: 'w.category',
  },
  {
    code: 'OUTSIDE_PROGRAM',
    level: 'INELIGIBLE',
    message: 'The program does not run in all of these months.',
    when: 'not p.period @> c.period',
    fact: months('p.period'),
    always: true,
  },
  {
    code: 'NO_RATE',
    level: 'INELIGIBLE',
    message: 'The contribution of a month is not known: record its rate first.',
    when: 'c.unpriced is not null',
    fact: `to_char(c.unpriced, 'YYYY-MM')`,
    always: true,
  },
]

const sqlText = (text: string) => `'${text.replaceAll("'", "''")}'`

/** All findings of a candidate in the order of the rules: a JSON array, empty when every rule says yes. */
export const FINDINGS = `to_jsonb(array_remove(array[
  ${RULES.map(
    ({ code, level, message, when, fact, always }) =>
      `case when ${always ? '' : `p.funding_source <> 'SELF' and `}(${when}) then jsonb_build_object('code', ${sqlText(code)},
        'level', ${sqlText(level)}, 'message', ${sqlText(message)}, 'fact', ${fact}) end`,
  ).join(',\n  ')}
], null))`
