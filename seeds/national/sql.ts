// Everything the national scenario draws comes from hashes of ids, so that PostgreSQL can draw for a million
// people in one statement and any two runs of the same size give the same rows.

/** A whole number from 0 to `below - 1`, always the same for an id and a salt. */
function draw(id: string, salt: number, below: number): string {
  return `(hashint8extended(${id}, ${salt}) & 9223372036854775807) % ${below}`
}

/** One of a list of SQL literals or expressions of one type, each as likely as the others. */
function oneOf(id: string, salt: number, values: readonly string[]): string {
  return `(array[${values.join(', ')}])[1 + ${draw(id, salt, values.length)}]`
}

/** 18 to 64 years old on 1 December 2022, one in 200 older; most are around 40. */
function birthDate(id: string): string {
  const working = `18 + (${draw(id, 1, 47)} + ${draw(id, 2, 47)}) / 2`
  const years = `case when ${draw(id, 3, 200)} = 0 then 65 + ${draw(id, 4, 10)} else ${working} end`
  return `(date '2022-12-01' - (${draw(id, 5, 365)})::int - make_interval(years => (${years})::int))::date`
}

/** Repeated for their weight. */
const CATEGORIES = (
  'FARMER FARMER FARMER FARMER FARMER FARM_LABOURER FARM_LABOURER FARM_LABOURER LIVESTOCK FISHER FISHER ' +
  'AQUACULTURE STREET_VENDOR STREET_VENDOR STREET_VENDOR MARKET_TRADER MARKET_TRADER MARKET_TRADER SCAVENGER ' +
  'SWEEPER MOTORCYCLE_TAXI MOTORCYCLE_TAXI MOTORCYCLE_TAXI DRIVER PEDICAB CONSTRUCTION_DAY CONSTRUCTION_DAY ' +
  'CONSTRUCTION_DAY DAY_LABOURER DAY_LABOURER SAND_MINER DOMESTIC DOMESTIC GRAVEDIGGER MOSQUE_KEEPER ' +
  'QURAN_TEACHER HEALTH_CADRE NEIGHBOURHOOD_HEAD VILLAGE_APPARATUS NON_ASN'
).split(' ')

/**
 * Places for `$1` workers: villages weigh by chance, those of Java and of cities more. The cut points of the
 * running sum give every village a whole number and the country exactly `$1`. Ids are shuffled over the places.
 */
export const INSERT_WORKERS = `/* seed.national_workers */
  insert into worker (id, category, sex, birth_month, village_code, domicile_since, life_status, death_month,
    welfare_decile, decile_as_of, civil_servant)
  with weighed as (
    select code, (1 + ${draw('hashtext(code)', 20, 10)})
      * case when left(code, 2) between '31' and '36' then 3 else 1 end
      * case when substr(code, 4, 2) >= '71' then 2 else 1 end as weight
    from village
  ), summed as (
    select code, sum(weight) over (order by code) as upto, weight, sum(weight) over () as total from weighed
  ), places as (
    select code, trunc(upto * $1::bigint / total) - trunc((upto - weight) * $1::bigint / total) as workers
    from summed
  ), numbered as (
    select code, row_number() over (order by code, nth) as nth
    from places, generate_series(1, workers::bigint) as nth
  ), people as (
    select code, row_number() over (order by hashint8extended(nth, 21), nth) as id from numbered
  ), drawn as (
    select id, code, ${oneOf(
      'id',
      6,
      CATEGORIES.map((category) => `'${category}'`),
    )} as category, ${birthDate('id')} as born, ${draw('id', 7, 200)} = 0 as dead
    from people
  ), welfare as (
    select *, case when category <> 'NON_ASN' then 1 + ${draw('id', 8, 4)}
      when ${draw('id', 9, 10)} < 3 then 5 + ${draw('id', 10, 3)} end as decile
    from drawn
  )
  select id, category, ${oneOf('id', 11, ["'FEMALE'", "'MALE'"])}, date_trunc('month', born)::date, code, born,
    case when dead then 'DECEASED' else 'ALIVE' end,
    case when dead then (date '2022-12-01' + make_interval(months => (${draw('id', 12, 5)})::int))::date end,
    decile, case when decile is not null then date '2023-04-01' end, ${draw('id', 13, 1000)} < 3
  from welfare`

/** Provinces, regencies, one made-up employer for each province, and everybody who pays alone. */
export const INSERT_PAYERS = `/* seed.national_payers */
  insert into payer (id, kind, name, area_code)
  select row_number() over (order by place, code), kind, name, area_code
  from (
    select 1 as place, code, 'PROVINCE' as kind, 'Provinsi ' || name as name, code as area_code from province
    union all select 2, code, 'REGENCY', name, code from regency
    union all select 3, code, 'EMPLOYER', 'PT Contoh ' || name, null from province
    union all select 4, '', 'SELF', 'Pekerja mandiri', null
  ) as payers`

/** A regency pays the basic package or that with savings, a province the basic one. */
export const INSERT_PROGRAMS = `/* seed.national_programs */
  insert into coverage_program (code, name, payer_id, funding_source, segment, benefits, period, contribution,
    legal_basis)
  select area_code || suffix, 'Perlindungan pekerja rentan ' || payer.name || addition, payer.id,
    'APBD_' || payer.kind, 'BPU', benefits, daterange('2022-07-01', '2024-01-01'), contribution, 'Inpres 2/2021'
  from payer join (values
    ('-DASAR', '', '{JKK,JKM}'::text[], 16800),
    ('-TABUNGAN', ' dengan tabungan', '{JKK,JKM,JHT}', 36800)
  ) as package (suffix, addition, benefits, contribution)
    on payer.kind = 'REGENCY' or (payer.kind = 'PROVINCE' and suffix = '-DASAR')`

/** Of 100 workers 42 are in the basic program of their regency, 10 in that with savings, 8 in their province's. */
export const INSERT_ENROLLMENTS = `/* seed.national_enrollments */
  insert into enrollment (worker_id, id, program_code, period, decision, decided_on)
  with drawn as (
    select id, regency_code, province_code, ${draw('id', 14, 100)} as lot,
      ${oneOf(
        'id',
        15,
        ['2022-07', '2022-10', '2022-12', '2023-01', '2023-03'].map((m) => `date '${m}-01'`),
      )} as start,
      ${oneOf(
        'id',
        16,
        ['2023-06', '2023-07', '2024-01', '2024-01'].map((m) => `date '${m}-01'`),
      )} as finish
    from worker
  )
  select id, row_number() over (order by id), case when lot < 42 then regency_code || '-DASAR'
      when lot < 52 then regency_code || '-TABUNGAN' else province_code || '-DASAR' end,
    daterange(start, finish), 'ACCEPTED', start - 20
  from drawn where lot < 60`

/** One budget for each government and year; what it holds follows from the charges. */
export const INSERT_BUDGETS = `/* seed.national_budgets */
  insert into budget (id, payer_id, fiscal_year, funding_source, agency, original_ceiling)
  select row_number() over (order by payer.id, year), payer.id, year, 'APBD_' || kind, 'Dinas Tenaga Kerja', 0
  from payer cross join (values (2022), (2023)) as years (year)
  where kind in ('PROVINCE', 'REGENCY')`

/** 2022 is paid; of 2023 each payer has paid through March, April or May. */
export const INSERT_CHARGES = `/* seed.national_charges */
  insert into charge (worker_id, enrollment_id, budget_id, period, monthly, paid_through)
  select worker_id, enrollment.id, budget.id, part, contribution,
    case when reached >= lower(part) then least(reached, (upper(part) - interval '1 month')::date) end
  from enrollment
    join coverage_program as program on program.code = program_code
    join budget using (payer_id)
    cross join lateral (select enrollment.period
      * daterange(make_date(fiscal_year, 1, 1), make_date(fiscal_year + 1, 1, 1)) as part) as parts
    cross join lateral (select
      (date '2023-03-01' + make_interval(months => (${draw('payer_id', 17, 3)})::int))::date as reached) as payments
  where not isempty(part)`

/** What each budget gives, commits and pays, by program. Ceilings leave a quarter and are round millions. */
export const INSERT_ENTRIES = `/* seed.national_entries */
  insert into budget_entry (budget_id, kind, ceiling_delta, committed_delta, paid_delta, entered_on, note)
  with months as (
    select budget_id, program_code, count(*) as people, sum(monthly * ${monthsOf('lower(charge.period)', 'upper(charge.period)')}) as committed,
      sum(case when paid_through is null then 0
        else monthly * (1 + ${monthsOf('lower(charge.period)', 'paid_through')}) end) as paid
    from charge join enrollment on (enrollment.worker_id, enrollment.id) = (charge.worker_id, enrollment_id)
    group by budget_id, program_code
  ), entries as (
    select budget_id, 1 as place, 'ALLOCATE' as kind, '' as program_code,
      1000000 * ceil(1.25 * sum(committed) / 1000000) as ceiling, 0 as committed, 0 as paid, null::bigint as people
    from months group by budget_id
    union all select budget_id, 2, 'COMMIT', program_code, 0, committed, 0, people from months
    union all select budget_id, 3, 'PAY', program_code, 0, 0, paid, people from months where paid > 0
  )
  select budget_id, kind, entries.ceiling, entries.committed, entries.paid,
    make_date(fiscal_year, 1, 1) + (array[-15, 9, 40])[place],
    case when place = 1 then 'APBD murni ' || fiscal_year else program_code || ': ' || people || ' people' end
  from entries join budget on budget.id = budget_id
  order by place, budget_id, program_code`

/** Budgets nobody charges have no entries; the others were adopted with what they got. */
export const ADOPT_BUDGETS = `/* seed.national_adopt */
  update budget set original_ceiling = ceiling`

/**
 * 6 of 100 workers are wage earners and 4 pay themselves, none of them enrolled; and 3 of 100 enrolled ones are
 * registered by an employer as well: the overlaps.
 */
export const INSERT_REPORTED_LINES = `/* seed.national_reported_lines */
  insert into coverage_line (worker_id, id, payer_id, funding_source, segment, benefit, period, origin,
    reported_by, reported_on)
  with drawn as (
    select id, province_code, ${draw('id', 14, 100)} as lot, ${draw('id', 18, 100)} as second,
      (date '2021-01-01' + make_interval(months => (${draw('id', 19, 24)})::int))::date as start
    from worker
  ), reported as (
    select drawn.*, payer.id as payer_id, payer.kind
    from drawn join payer on (payer.kind = 'SELF' and lot between 66 and 69)
      or (payer.kind = 'EMPLOYER' and payer.name = (select 'PT Contoh ' || name from province where code = province_code)
        and (lot between 60 and 65 or (lot < 60 and second < 3)))
    where lot < 70
  )
  select reported.id, (select max(id) from coverage_line) + row_number() over (order by reported.id, benefit),
    payer_id, kind, case kind when 'SELF' then 'BPU' else 'PU' end, benefit, daterange(start, '2024-01-01'),
    'REPORTED', case kind when 'SELF' then 'BPJSTK-BPU' else 'BPJSTK-PU' end, date '2023-05-03'
  from reported cross join unnest(case kind when 'SELF' then '{JKK,JKM}'::text[] else '{JKK,JKM,JHT}' end) as benefit`

/** What a NIK is made of; serials count from 9001 among those who share district, birth date and sex. */
export const LIST_IDENTITIES = `/* seed.national_identities */
  create temporary table seed_identity on commit drop as
  select id, district_code, sex, born,
    9000 + row_number() over (partition by district_code, born, sex order by id) as serial
  from worker cross join lateral (select ${birthDate('id')} as born) as birth`

function monthsOf(from: string, until: string): string {
  return `((extract(year from ${until}) - extract(year from ${from})) * 12
    + extract(month from ${until}) - extract(month from ${from}))::int`
}
