import { Migration } from '@mikro-orm/migrations'

/** Files of people, each row with its outcome; and names of the vault kept in the form in which they are compared. */
export class Migration20261125000000_rosters extends Migration {
  override up(): void {
    this.addSql(NAMES)
    this.addSql(ROSTERS)
    this.addSql(HISTORY)
  }
}

// A file of 75,000 people is compared with everybody born on the same days: not to be computed for each of them anew.
const NAMES = `
alter table worker_identity
  add column normal_name text null generated always as (normal_name(full_name)) stored;
`

// What a row says of who somebody is stands apart, as it does of workers. Its rows name workers and enrollments without
// foreign keys: a roster tells what was found and done, whatever has become of it. Row and identity are written by one
// statement, and need no key between them.
const ROSTERS = `
create table roster (
  id bigserial primary key,
  program_code text not null,
  payer_id bigint not null,
  period daterange not null,
  state text not null default 'DRAFT',
  version int not null default 1,
  replaces_id bigint null,
  key_id text null,
  digest bytea null,
  row_count int not null default 0,
  done int not null default 0,
  areas text[] not null,
  submitted_by text null,
  constraint roster_program_code_foreign
    foreign key (program_code) references coverage_program (code) on update no action on delete no action,
  constraint roster_payer_id_foreign
    foreign key (payer_id) references payer (id) on update no action on delete no action,
  constraint roster_replaces_id_foreign
    foreign key (replaces_id) references roster (id) on update no action on delete no action,
  constraint roster_state_check check (state in (
    'DRAFT', 'SCREENING', 'SCREENED', 'SUBMITTED', 'APPROVED', 'ENROLLING', 'ENROLLED', 'DAMAGED', 'REJECTED',
    'WITHDRAWN'
  )),
  constraint roster_period_check check (
    coalesce(extract(day from lower(period)) = 1 and extract(day from upper(period)) = 1, false)
  ),
  constraint roster_digest_check check ((digest is null) = (key_id is null)),
  constraint roster_done_check check (done between 0 and row_count)
);
create unique index roster_file_unique on roster (program_code, period, digest, coalesce(replaces_id, 0))
  where digest is not null and state <> 'WITHDRAWN';
create unique index roster_replaces_unique on roster (replaces_id) where digest is not null and state <> 'WITHDRAWN';
create index roster_payer_id_index on roster (payer_id, id);
create index roster_working_index on roster (id) where state in ('SCREENING', 'APPROVED', 'ENROLLING');

create table roster_step (
  roster_id bigint not null,
  id bigserial not null,
  state text not null,
  at timestamptz not null default clock_timestamp(),
  actor text null,
  actor_payer_id bigint null,
  reason text null,
  primary key (roster_id, id),
  constraint roster_step_roster_id_foreign
    foreign key (roster_id) references roster (id) on update no action on delete no action,
  constraint roster_step_state_check check (state in (
    'DRAFT', 'SCREENING', 'SCREENED', 'SUBMITTED', 'APPROVED', 'ENROLLING', 'ENROLLED', 'DAMAGED', 'REJECTED',
    'WITHDRAWN'
  )),
  constraint roster_step_reason_check check (length(reason) between 1 and 500)
);

create table roster_row (
  roster_id bigint not null,
  row int not null,
  outcome text null,
  screened_as text null,
  nik_findings jsonb not null default '[]',
  problems jsonb not null default '[]',
  findings jsonb not null default '[]',
  covered jsonb not null default '[]',
  category text null,
  sex text null,
  birth_month date null,
  village_code text null,
  welfare_decile smallint null,
  match text null,
  worker_id bigint null,
  in_file text null,
  same_as_row int null,
  rank int null,
  identity_decision text null,
  identity_reason text null,
  identity_decided_by text null,
  decision text null,
  decision_reason text null,
  decided_by text null,
  admitted text[] null,
  enrollment_id bigint null,
  acceptance text null,
  acceptance_reason text null,
  primary key (roster_id, row),
  constraint roster_row_roster_id_foreign
    foreign key (roster_id) references roster (id) on update no action on delete no action,
  constraint roster_row_outcome_check check (outcome in (
    'INVALID_NIK', 'INCOMPLETE', 'DUPLICATE_IN_FILE', 'IDENTITY_CONFLICT', 'SUSPECT_MATCH', 'ALREADY_COVERED',
    'INELIGIBLE', 'REVIEW', 'ELIGIBLE', 'ENROLLED', 'OVER_BUDGET'
  )),
  constraint roster_row_in_file_check check (in_file in ('DUPLICATE', 'CONFLICT', 'SUSPECT')),
  constraint roster_row_identity_decision_check check (identity_decision in ('OTHER_PERSON', 'SAME_PERSON', 'REFUSE')),
  constraint roster_row_identity_decided_check check ((identity_decision is null) = (identity_reason is null)),
  constraint roster_row_decision_check check (decision in ('ADMIT', 'REFUSE')),
  constraint roster_row_decided_check check (
    (decision is null) = (decision_reason is null) and (decision is not distinct from 'ADMIT') = (admitted is not null)
  ),
  constraint roster_row_acceptance_check check (acceptance in ('ACCEPTED', 'REFUSED'))
);
create index roster_row_outcome_index on roster_row (roster_id, outcome, row);
create index roster_row_rank_index on roster_row (roster_id, rank, row) where outcome = 'ELIGIBLE';

create table roster_identity (
  roster_id bigint not null,
  row int not null,
  key_id text null,
  nik_token bytea null,
  nik_cipher bytea null,
  full_name text null,
  normal_name text null generated always as (normal_name(full_name)) stored,
  birth_date date null,
  primary key (roster_id, row)
);
create index roster_identity_nik_token_index on roster_identity (roster_id, nik_token);
create index roster_identity_birth_date_index on roster_identity (roster_id, birth_date, normal_name);
`

const HISTORY = `
alter table worker_event
  drop constraint worker_event_kind_check,
  add constraint worker_event_kind_check check (kind in (
    'REGISTERED', 'IDENTITY_CORRECTED', 'MERGED', 'MERGE_UNDONE', 'DIED', 'MOVED', 'CIVIL_SERVICE_CHANGED',
    'WAGE_EMPLOYED', 'DISPUTED', 'DISPUTE_DECIDED', 'CLAIM_CHECK_OPENED', 'ENROLLED', 'ENDED', 'SUSPENDED',
    'RESUMED', 'SUBSTITUTED', 'TOOK_OVER', 'TRANSFERRED', 'ACCEPTED', 'REJECTED', 'PAID', 'REFUND_REQUESTED',
    'REFUND_GRANTED', 'REFUND_REFUSED', 'REFUND_WITHDRAWN'
  ));
`
