import { Migration } from '@mikro-orm/migrations'

/** The whole schema of the first version, and the rules that no entity can say. */
export class Migration20261122000000_first_light extends Migration {
  override up(): void {
    this.addSql(EXTENSIONS)
    this.addSql(SETTINGS)
    this.addSql(AREAS)
    this.addSql(PAYERS)
    this.addSql(PROGRAMS)
    this.addSql(WORKERS)
    this.addSql(BUDGETS)
    this.addSql(ENROLLMENTS)
    this.addSql(NO_SECOND_PAYER)
    this.addSql(LEDGER)
  }
}

// An exclusion constraint that mixes "=" and "&&" needs gist to know "=" of a bigint and of a text.
const EXTENSIONS = `
create extension if not exists btree_gist;
`

const SETTINGS = `
create table setting (
  name text not null,
  value text not null,
  primary key (name)
);
`

// A code holds the codes of the areas around it; the checks keep the parent columns from saying otherwise.
const AREAS = `
create table province (
  code text not null,
  name text not null,
  primary key (code),
  constraint province_code_check check (code ~ '^[0-9]{2}$')
);

create table regency (
  code text not null,
  province_code text not null,
  name text not null,
  kind text not null,
  primary key (code),
  constraint regency_province_code_foreign
    foreign key (province_code) references province (code) on update no action on delete no action,
  constraint regency_code_check check (code ~ '^[0-9]{2}\\.[0-9]{2}$'),
  constraint regency_parent_check check (province_code = left(code, 2)),
  constraint regency_kind_check check (kind in ('KABUPATEN', 'KOTA'))
);
create index regency_province_code_index on regency (province_code);

create table district (
  code text not null,
  regency_code text not null,
  name text not null,
  primary key (code),
  constraint district_regency_code_foreign
    foreign key (regency_code) references regency (code) on update no action on delete no action,
  constraint district_code_check check (code ~ '^[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}$'),
  constraint district_parent_check check (regency_code = left(code, 5))
);
create index district_regency_code_index on district (regency_code);

create table village (
  code text not null,
  district_code text not null,
  name text not null,
  kind text not null,
  primary key (code),
  constraint village_district_code_foreign
    foreign key (district_code) references district (code) on update no action on delete no action,
  constraint village_code_check check (code ~ '^[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}$'),
  constraint village_parent_check check (district_code = left(code, 8)),
  constraint village_kind_check check (kind in ('KELURAHAN', 'DESA', 'DESA_ADAT'))
);
create index village_district_code_index on village (district_code);
`

const PAYERS = `
create table payer (
  id bigserial primary key,
  kind text not null,
  name text not null,
  area_code text null,
  constraint payer_kind_name_unique unique (kind, name),
  constraint payer_kind_check
    check (kind in ('CENTRAL', 'PROVINCE', 'REGENCY', 'VILLAGE', 'EMPLOYER', 'DONOR', 'SELF')),
  -- The length tells the level of an area, and only governments have one.
  constraint payer_area_check check (
    case kind
      when 'PROVINCE' then length(area_code) = 2
      when 'REGENCY' then length(area_code) = 5
      when 'VILLAGE' then length(area_code) = 13
      else area_code is null
    end
  )
);
create index payer_area_code_index on payer (area_code);
`

const PROGRAMS = `
create table coverage_program (
  code text not null,
  name text not null,
  payer_id bigint not null,
  funding_source text not null,
  segment text not null,
  benefits text[] not null,
  categories text[] null,
  max_decile smallint null,
  period daterange not null,
  contribution bigint not null,
  legal_basis text not null,
  primary key (code),
  constraint coverage_program_payer_id_foreign
    foreign key (payer_id) references payer (id) on update no action on delete no action,
  constraint coverage_program_funding_source_check check (funding_source in (
    'APBN', 'APBD_PROVINCE', 'APBD_REGENCY', 'APBDES', 'DBH_CHT', 'DBH_SAWIT', 'CSR', 'EMPLOYER', 'SELF'
  )),
  constraint coverage_program_segment_check check (segment in ('PU', 'BPU', 'JAKON', 'PMI')),
  constraint coverage_program_benefits_check
    check (cardinality(benefits) > 0 and benefits <@ array['JKK','JKM','JHT','JP','JKP']),
  constraint coverage_program_max_decile_check check (max_decile between 1 and 10),
  constraint coverage_program_period_check check (
    coalesce(extract(day from lower(period)) = 1 and extract(day from upper(period)) = 1, false)
  ),
  constraint coverage_program_contribution_check check (contribution >= 0)
);
create index coverage_program_payer_id_index on coverage_program (payer_id);

create table contribution_rate (
  id bigserial primary key,
  segment text not null,
  benefit text not null,
  variant text not null,
  payer text not null,
  sector text not null,
  amount bigint null,
  basis_points int null,
  minimum bigint null,
  maximum bigint null,
  effective_from date not null,
  effective_to date null,
  legal_basis text not null,
  standing text not null,
  constraint contribution_rate_unique
    unique (segment, benefit, variant, payer, sector, effective_from),
  constraint contribution_rate_segment_check check (segment in ('PU', 'BPU', 'JAKON', 'PMI')),
  constraint contribution_rate_benefit_check check (benefit in ('JKK', 'JKM', 'JHT', 'JP', 'JKP')),
  constraint contribution_rate_payer_check check (payer in ('ANY', 'GOVERNMENT', 'OTHER')),
  constraint contribution_rate_sector_check check (sector in ('ANY', 'TRANSPORT', 'OTHER')),
  constraint contribution_rate_standing_check check (standing in ('VERIFIED', 'UNVERIFIED')),
  constraint contribution_rate_value_check check ((amount is null) <> (basis_points is null)),
  constraint contribution_rate_dates_check check (effective_to is null or effective_to >= effective_from)
);
`

const WORKERS = `
create table worker (
  id bigserial primary key,
  category text not null,
  sex text not null,
  birth_month date not null,
  village_code text not null,
  -- Cut from the village's code: they cannot disagree with it, so no foreign key has to hold them.
  district_code text not null generated always as (left(village_code, 8)) stored,
  regency_code text not null generated always as (left(village_code, 5)) stored,
  province_code text not null generated always as (left(village_code, 2)) stored,
  domicile_since date not null,
  life_status text not null default 'ALIVE',
  death_month date null,
  welfare_decile smallint null,
  decile_as_of date null,
  civil_servant boolean not null default false,
  constraint worker_village_code_foreign
    foreign key (village_code) references village (code) on update no action on delete no action,
  constraint worker_category_check check (category in (
    'FARMER', 'FARM_LABOURER', 'LIVESTOCK', 'FISHER', 'AQUACULTURE', 'STREET_VENDOR', 'MARKET_TRADER',
    'SCAVENGER', 'SWEEPER', 'MOTORCYCLE_TAXI', 'DRIVER', 'PEDICAB', 'CONSTRUCTION_DAY', 'DAY_LABOURER',
    'SAND_MINER', 'DOMESTIC', 'GRAVEDIGGER', 'MOSQUE_KEEPER', 'QURAN_TEACHER', 'HEALTH_CADRE',
    'NEIGHBOURHOOD_HEAD', 'VILLAGE_APPARATUS', 'NON_ASN', 'PPPK_PART_TIME'
  )),
  constraint worker_sex_check check (sex in ('FEMALE', 'MALE')),
  constraint worker_birth_month_check check (extract(day from birth_month) = 1),
  constraint worker_life_status_check check (life_status in ('ALIVE', 'DECEASED')),
  constraint worker_death_check check ((life_status = 'DECEASED') = (death_month is not null)),
  constraint worker_death_month_check check (extract(day from death_month) = 1),
  constraint worker_welfare_decile_check check (welfare_decile between 1 and 10),
  constraint worker_decile_dated_check check ((welfare_decile is null) = (decile_as_of is null))
);
create index worker_village_code_index on worker (village_code);
create index worker_district_code_index on worker (district_code);
create index worker_regency_id_index on worker (regency_code, id);
create index worker_province_id_index on worker (province_code, id);

-- The vault. It is a table of its own so that it can have grants of its own.
create table worker_identity (
  nik_token bytea not null,
  key_id text not null,
  worker_id bigint not null,
  nik_cipher bytea not null,
  full_name text not null,
  birth_date date not null,
  primary key (nik_token),
  constraint worker_identity_worker_id_unique unique (worker_id),
  constraint worker_identity_worker_id_foreign
    foreign key (worker_id) references worker (id) on update no action on delete no action
);
`

const BUDGETS = `
create table budget (
  id bigserial primary key,
  payer_id bigint not null,
  fiscal_year smallint not null,
  funding_source text not null,
  agency text not null,
  account_code text null,
  version text not null default 'ORIGINAL',
  original_ceiling bigint not null,
  ceiling bigint not null default '0',
  committed bigint not null default '0',
  paid bigint not null default '0',
  constraint budget_payer_id_foreign
    foreign key (payer_id) references payer (id) on update no action on delete no action,
  constraint budget_unique unique (payer_id, fiscal_year, funding_source, agency),
  constraint budget_funding_source_check check (funding_source in (
    'APBN', 'APBD_PROVINCE', 'APBD_REGENCY', 'APBDES', 'DBH_CHT', 'DBH_SAWIT', 'CSR', 'EMPLOYER', 'SELF'
  )),
  constraint budget_version_check check (version in ('ORIGINAL', 'REVISED')),
  constraint budget_fiscal_year_check check (fiscal_year between 2000 and 2999),
  constraint budget_account_code_check check (account_code ~ '^\\d(\\.\\d{1,2}){1,5}\\.\\d{4}$'),
  -- No overspending: an entry that would spend what is not there fails on this check.
  constraint budget_balance_check check (0 <= paid and paid <= committed and committed <= ceiling)
);
create index budget_fiscal_year_index on budget (fiscal_year);

create table budget_entry (
  id bigserial primary key,
  budget_id bigint not null,
  kind text not null,
  ceiling_delta bigint not null default '0',
  committed_delta bigint not null default '0',
  paid_delta bigint not null default '0',
  entered_on date not null,
  recorded_at timestamptz not null default now(),
  note text not null,
  constraint budget_entry_budget_id_foreign
    foreign key (budget_id) references budget (id) on update no action on delete no action,
  constraint budget_entry_kind_check
    check (kind in ('ALLOCATE', 'REVISE', 'COMMIT', 'PAY', 'RELEASE', 'REFUND_REQUEST', 'REFUND')),
  constraint budget_entry_deltas_check check (
    case kind
      when 'ALLOCATE' then ceiling_delta > 0 and committed_delta = 0 and paid_delta = 0
      when 'REVISE' then ceiling_delta <> 0 and committed_delta = 0 and paid_delta = 0
      when 'COMMIT' then ceiling_delta = 0 and committed_delta > 0 and paid_delta = 0
      when 'PAY' then ceiling_delta = 0 and committed_delta = 0 and paid_delta > 0
      when 'RELEASE' then ceiling_delta = 0 and committed_delta < 0 and paid_delta = 0
      when 'REFUND_REQUEST' then ceiling_delta = 0 and committed_delta = 0 and paid_delta = 0
      else ceiling_delta = 0 and committed_delta < 0 and paid_delta = committed_delta
    end
  )
);
create index budget_entry_budget_id_index on budget_entry (budget_id, id);
`

// Keyed by the worker first: a cluster distributed by worker_id keeps every constraint here on one shard.
const ENROLLMENTS = `
create table enrollment (
  worker_id bigint not null,
  id bigserial not null,
  program_code text not null,
  period daterange not null,
  decision text not null,
  decided_on date not null,
  primary key (worker_id, id),
  constraint enrollment_worker_id_foreign
    foreign key (worker_id) references worker (id) on update no action on delete no action,
  constraint enrollment_program_code_foreign
    foreign key (program_code) references coverage_program (code) on update no action on delete no action,
  constraint enrollment_period_check check (
    coalesce(extract(day from lower(period)) = 1 and extract(day from upper(period)) = 1, false)
  ),
  constraint enrollment_decision_check check (decision in (
    'PROPOSED', 'VERIFIED', 'COMMITTED', 'SUBMITTED', 'ACCEPTED', 'REJECTED', 'RELEASED', 'SUBSTITUTED'
  ))
);
create index enrollment_id_index on enrollment (id);
create index enrollment_program_id_index on enrollment (program_code, id);

create table charge (
  worker_id bigint not null,
  enrollment_id bigint not null,
  budget_id bigint not null,
  period daterange not null,
  monthly bigint not null,
  paid_through date null,
  primary key (worker_id, enrollment_id, budget_id),
  constraint charge_worker_id_enrollment_id_foreign foreign key (worker_id, enrollment_id)
    references enrollment (worker_id, id) on update no action on delete no action,
  constraint charge_budget_id_foreign
    foreign key (budget_id) references budget (id) on update no action on delete no action,
  constraint charge_period_check check (
    coalesce(extract(day from lower(period)) = 1 and extract(day from upper(period)) = 1, false)
  ),
  constraint charge_one_year_check
    check (extract(year from lower(period)) = extract(year from upper(period) - 1)),
  constraint charge_monthly_check check (monthly >= 0),
  constraint charge_paid_through_check
    check (extract(day from paid_through) = 1 and paid_through <@ period)
);
create index charge_budget_index on charge (budget_id);

create table coverage_line (
  worker_id bigint not null,
  id bigserial not null,
  enrollment_id bigint null,
  program_code text null,
  payer_id bigint not null,
  funding_source text not null,
  segment text not null,
  benefit text not null,
  period daterange not null,
  exclusive_group text null,
  origin text not null,
  reported_by text null,
  reported_on date null,
  primary key (worker_id, id),
  constraint coverage_line_worker_id_foreign
    foreign key (worker_id) references worker (id) on update no action on delete no action,
  constraint coverage_line_worker_id_enrollment_id_foreign foreign key (worker_id, enrollment_id)
    references enrollment (worker_id, id) on update no action on delete no action,
  constraint coverage_line_program_code_foreign
    foreign key (program_code) references coverage_program (code) on update no action on delete no action,
  constraint coverage_line_payer_id_foreign
    foreign key (payer_id) references payer (id) on update no action on delete no action,
  constraint coverage_line_funding_source_check check (funding_source in (
    'APBN', 'APBD_PROVINCE', 'APBD_REGENCY', 'APBDES', 'DBH_CHT', 'DBH_SAWIT', 'CSR', 'EMPLOYER', 'SELF'
  )),
  constraint coverage_line_segment_check check (segment in ('PU', 'BPU', 'JAKON', 'PMI')),
  constraint coverage_line_benefit_check check (benefit in ('JKK', 'JKM', 'JHT', 'JP', 'JKP')),
  constraint coverage_line_period_check check (
    coalesce(extract(day from lower(period)) = 1 and extract(day from upper(period)) = 1, false)
  ),
  constraint coverage_line_origin_check check (origin in ('HUB', 'REPORTED')),
  constraint coverage_line_exclusive_check check (
    origin = 'REPORTED' or exclusive_group is not distinct from
      case when segment = 'PU' or funding_source = 'SELF' then null else benefit end
  ),
  constraint coverage_line_reported_check check (
    case origin
      when 'HUB' then enrollment_id is not null and program_code is not null
        and reported_by is null and reported_on is null
      else enrollment_id is null and exclusive_group is null
        and reported_by is not null and reported_on is not null
    end
  )
);
create index coverage_line_enrollment_index on coverage_line (worker_id, enrollment_id);
create index coverage_line_payer_index on coverage_line (payer_id);
`

const NO_SECOND_PAYER = `
-- A check that reads before it writes loses against a second writer; a constraint does not. Only lines with a
-- group take part, because wage-earner, self-paid and reported lines may overlap and have none.
alter table coverage_line
  add constraint coverage_line_no_second_payer exclude using gist (
    worker_id with =,
    exclusive_group with =,
    period with &&
  ) where (exclusive_group is not null);

-- Two writers who insert at the same instant each find the other's line in the index, wait for each other, and
-- one is told "deadlock" a second later. In a queue for the worker the second is told at once who was first.
-- "no key" lets foreign keys to the worker pass meanwhile.
create function queue_for_worker() returns trigger language plpgsql as $$
begin
  perform from worker where id = new.worker_id for no key update;
  return new;
end
$$;

create trigger coverage_line_one_writer
  before insert or update of worker_id, exclusive_group, period on coverage_line
  for each row when (new.exclusive_group is not null)
  execute function queue_for_worker();
`

const LEDGER = `
-- The ledger explains every rupiah, so nobody may rewrite it: a mistake is corrected by another entry.
-- Per statement and not per row, so that truncate is refused as well.
create function refuse_rewriting() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % is refused', tg_table_name, lower(tg_op)
    using errcode = 'object_not_in_prerequisite_state',
      hint = 'Correct a mistake with another entry.';
end
$$;

create trigger budget_entry_append_only
  before update or delete or truncate on budget_entry
  for each statement execute function refuse_rewriting();

-- The balance is the sum of the deltas. Once per statement, not per row: filling a hub enters many at once.
create function budget_entries_add_up() returns trigger language plpgsql as $$
begin
  -- In the order of ids, so that two statements over the same budgets wait for each other and do not deadlock.
  -- "no key" does not collide with the key share lock that the foreign key of an entry has taken already.
  perform 1 from budget
    where id in (select budget_id from entered)
    order by id
    for no key update;
  update budget set
    ceiling = budget.ceiling + delta.ceiling,
    committed = budget.committed + delta.committed,
    paid = budget.paid + delta.paid,
    version = case when delta.revised then 'REVISED' else budget.version end
  from (
    select budget_id, sum(ceiling_delta)::bigint as ceiling, sum(committed_delta)::bigint as committed,
      sum(paid_delta)::bigint as paid, bool_or(kind = 'REVISE') as revised
    from entered
    group by budget_id
  ) as delta
  where budget.id = delta.budget_id;
  return null;
end
$$;

create trigger budget_entry_adds_up
  after insert on budget_entry
  referencing new table as entered
  for each statement execute function budget_entries_add_up();

-- Money that no entry explains must not appear in a balance, whoever writes it.
create function refuse_unexplained_balance() returns trigger language plpgsql as $$
begin
  raise exception 'the balance of a budget changes through budget_entry only'
    using errcode = 'object_not_in_prerequisite_state',
      hint = 'Insert an ALLOCATE, REVISE, COMMIT, PAY, RELEASE or REFUND entry.';
end
$$;

create trigger budget_starts_at_zero
  before insert on budget
  for each row when (new.ceiling <> 0 or new.committed <> 0 or new.paid <> 0)
  execute function refuse_unexplained_balance();

-- The depth is 0 for a statement of a client and 1 for the update that the trigger on the entries makes.
create trigger budget_balance_explained
  before update on budget
  for each row when (
    pg_trigger_depth() = 0
    and (new.ceiling, new.committed, new.paid) is distinct from (old.ceiling, old.committed, old.paid)
  )
  execute function refuse_unexplained_balance();
`
