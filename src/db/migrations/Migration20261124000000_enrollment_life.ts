import { Migration } from '@mikro-orm/migrations'

/** What happens in the life of a person and of an enrollment, and the memory that makes mutations safe to send twice. */
export class Migration20261124000000_enrollment_life extends Migration {
  override up(): void {
    this.addSql(NAMES)
    this.addSql(PEOPLE)
    this.addSql(PROGRAMS)
    this.addSql(ENROLLMENTS)
    this.addSql(HISTORY)
    this.addSql(ANSWERS)
    this.addSql(AUDIT)
  }
}

// Immutable, so that the same name is the same text for an index, a comparison of one person and one of a whole file.
// An apostrophe joins what a dot or a dash divides: Nur'aini is Nuraini. Behind a comma stand degrees.
const NAMES = `
create extension if not exists pg_trgm;

create function normal_name(name text) returns text language sql immutable strict parallel safe as $$
  select trim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    translate(upper(split_part(name, ',', 1)), '''\`’‘', ''),
    '[^[:alpha:] ]', ' ', 'g'),
    '\\m(H|HJ|DRS|DRA|DR|IR|PROF|KH|TB|RR|ST|SE|SH|SPD)\\M', ' ', 'g'),
    '\\m(MUHAMMAD|MUHAMAD|MOHAMMAD|MOHAMAD|MOHAMMED|MOHAMED|MUHAMMED|MUCHAMMAD|MUCHAMAD|MOCHAMMAD|MOCHAMAD|MOCH|MUH|MOH|MHD|MHMD|MD|M)\\M', 'MUHAMMAD', 'g'),
    ' +', ' ', 'g'))
$$;
`

const PEOPLE = `
alter table worker
  add column merged_into_id bigint null,
  add constraint worker_merged_into_id_foreign
    foreign key (merged_into_id) references worker (id) on update no action on delete no action,
  add constraint worker_merged_check check (merged_into_id <> id);
create index worker_merged_into_index on worker (merged_into_id) where merged_into_id is not null;

-- Suspects are looked for among those born on the same day.
create index worker_identity_birth_date_index on worker_identity (birth_date);

create table former_identity (
  worker_id bigint not null,
  id bigserial not null,
  key_id text not null,
  nik_token bytea not null,
  nik_cipher bytea not null,
  full_name text not null,
  birth_date date not null,
  replaced_at timestamptz(6) not null default clock_timestamp(),
  primary key (worker_id, id),
  constraint former_identity_worker_id_foreign
    foreign key (worker_id) references worker (id) on update no action on delete no action
);

create table worker_merge (
  id bigserial primary key,
  kept_id bigint not null,
  merged_id bigint not null,
  enrollments bigint[] not null,
  lines bigint[] not null,
  disputes bigint[] not null,
  claim_checks bigint[] not null,
  workers bigint[] not null,
  merged_at timestamptz(6) not null default clock_timestamp(),
  undone_at timestamptz(6) null,
  constraint worker_merge_kept_id_foreign
    foreign key (kept_id) references worker (id) on update no action on delete no action,
  constraint worker_merge_merged_id_foreign
    foreign key (merged_id) references worker (id) on update no action on delete no action,
  constraint worker_merge_pair_check check (kept_id <> merged_id)
);
create index worker_merge_kept_id_index on worker_merge (kept_id);
create index worker_merge_merged_id_index on worker_merge (merged_id);

create table dispute (
  worker_id bigint not null,
  id bigserial not null,
  subject text not null,
  reason text not null,
  opened_on date not null,
  decision text null,
  decided_on date null,
  decision_reason text null,
  primary key (worker_id, id),
  constraint dispute_worker_id_foreign
    foreign key (worker_id) references worker (id) on update no action on delete no action,
  constraint dispute_subject_check
    check (subject in ('LIFE_STATUS', 'DOMICILE', 'OCCUPATION', 'IDENTITY', 'COVERAGE')),
  constraint dispute_decision_check check (decision in ('UPHELD', 'DISMISSED')),
  constraint dispute_decided_check check (
    (decision is null) = (decided_on is null) and (decision is null) = (decision_reason is null)
  ),
  constraint dispute_reason_check check (length(reason) between 1 and 500)
);
create index dispute_id_index on dispute (id);

create table claim_check (
  worker_id bigint not null,
  id bigserial not null,
  event text not null,
  month date not null,
  opened_on date not null,
  primary key (worker_id, id),
  constraint claim_check_worker_id_foreign
    foreign key (worker_id) references worker (id) on update no action on delete no action,
  constraint claim_check_event_check check (event in ('DEATH')),
  constraint claim_check_month_check check (extract(day from month) = 1),
  constraint claim_check_unique unique (worker_id, event, month)
);
create index claim_check_id_index on claim_check (id);
`

const PROGRAMS = `
alter table coverage_program add column agency text null;
`

const ENROLLMENTS = `
-- A contractor's duty for a project stands beside a subsidy, like an employer's for his wage earners.
alter table coverage_line drop constraint coverage_line_exclusive_check;
update coverage_line set exclusive_group = null where origin = 'HUB' and segment = 'JAKON';
alter table coverage_line add constraint coverage_line_exclusive_check check (
  origin = 'REPORTED' or exclusive_group is not distinct from
    case when segment not in ('PU', 'JAKON') and funding_source <> 'SELF' then benefit end
);

alter table enrollment
  add column planned_until date null,
  add column suspended_from date null,
  add column rules_version text null,
  add column settled jsonb null,
  add column settled_because text null,
  add column replaces_worker_id bigint null,
  add column replaces_id bigint null,
  add constraint enrollment_planned_until_check check (
    extract(day from planned_until) = 1 and planned_until >= upper(period)
  ),
  add constraint enrollment_suspended_from_check check (
    extract(day from suspended_from) = 1 and suspended_from <@ period
  ),
  add constraint enrollment_settled_check check ((settled is null) = (settled_because is null)),
  add constraint enrollment_replaces_check check ((replaces_worker_id is null) = (replaces_id is null)),
  add constraint enrollment_replaces_unique unique (replaces_worker_id, replaces_id),
  add constraint enrollment_replaces_worker_id_replaces_id_foreign
    foreign key (replaces_worker_id, replaces_id) references enrollment (worker_id, id)
    on update no action on delete no action;

-- One budget may pay several runs of months of an enrollment: before and after a suspension, or at two rates of one
-- year. Who pays for himself is charged to nobody's budget.
alter table charge drop constraint charge_pkey;
alter table charge
  add column first_month date not null generated always as (lower(period)) stored,
  alter column budget_id drop not null,
  add primary key (worker_id, enrollment_id, first_month);

create table refund (
  worker_id bigint not null,
  id bigserial not null,
  enrollment_id bigint not null,
  budget_id bigint not null,
  period daterange not null,
  amount bigint not null,
  status text not null default 'REQUESTED',
  requested_on date not null,
  settled_on date null,
  primary key (worker_id, id),
  constraint refund_worker_id_enrollment_id_foreign foreign key (worker_id, enrollment_id)
    references enrollment (worker_id, id) on update no action on delete no action,
  constraint refund_budget_id_foreign
    foreign key (budget_id) references budget (id) on update no action on delete no action,
  constraint refund_period_check check (
    coalesce(extract(day from lower(period)) = 1 and extract(day from upper(period)) = 1, false)
  ),
  constraint refund_amount_check check (amount >= 0),
  constraint refund_status_check check (status in ('REQUESTED', 'GRANTED', 'REFUSED', 'WITHDRAWN')),
  constraint refund_settled_check check ((status = 'REQUESTED') = (settled_on is null))
);
create index refund_id_index on refund (id);
create index refund_enrollment_index on refund (worker_id, enrollment_id);
create index refund_budget_id_index on refund (budget_id);
`

// No foreign keys but to the worker: history tells what happened, whatever has become of it.
const HISTORY = `
create table worker_event (
  worker_id bigint not null,
  id bigserial not null,
  kind text not null,
  at timestamptz not null default clock_timestamp(),
  entered_on date not null,
  enrollment_id bigint null,
  payer_id bigint null,
  period daterange null,
  amount bigint null,
  reason text null,
  fact text null,
  actor text null,
  actor_payer_id bigint null,
  primary key (worker_id, id),
  constraint worker_event_worker_id_foreign
    foreign key (worker_id) references worker (id) on update no action on delete no action,
  constraint worker_event_kind_check check (kind in (
    'REGISTERED', 'IDENTITY_CORRECTED', 'MERGED', 'MERGE_UNDONE', 'DIED', 'MOVED', 'CIVIL_SERVICE_CHANGED',
    'WAGE_EMPLOYED', 'DISPUTED', 'DISPUTE_DECIDED', 'CLAIM_CHECK_OPENED', 'ENROLLED', 'ENDED', 'SUSPENDED',
    'RESUMED', 'SUBSTITUTED', 'TOOK_OVER', 'TRANSFERRED', 'PAID', 'REFUND_REQUESTED', 'REFUND_GRANTED',
    'REFUND_REFUSED', 'REFUND_WITHDRAWN'
  )),
  constraint worker_event_reason_check check (length(reason) between 1 and 500)
);

create index worker_event_enrollment_index on worker_event (enrollment_id, id) where enrollment_id is not null;

create trigger worker_event_append_only
  before update or delete or truncate on worker_event
  for each statement execute function refuse_rewriting();
`

const ANSWERS = `
create table remembered_answer (
  subject text not null,
  key_hash bytea not null,
  mutation text not null,
  key_id text not null,
  fingerprint bytea not null,
  answer jsonb null,
  at timestamptz not null default now(),
  primary key (subject, key_hash),
  constraint remembered_answer_hashes_check check (length(key_hash) = 32 and length(fingerprint) = 32)
);
create index remembered_answer_at_index on remembered_answer (at);
`

const AUDIT = `
alter table audit_event
  add column subject text null,
  add constraint audit_event_subject_check check (subject ~ '^[A-Z][A-Za-z]{0,39}:[A-Za-z0-9._-]{1,60}$');
`
