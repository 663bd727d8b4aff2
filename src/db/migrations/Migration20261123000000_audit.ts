import { Migration } from '@mikro-orm/migrations'

/** The audit trail: what happened, what waits to be sealed, and the chain of seals. */
export class Migration20261123000000_audit extends Migration {
  override up(): void {
    this.addSql(EVENTS)
    this.addSql(SEALS)
    this.addSql(APPEND_ONLY)
  }
}

// No foreign key to the payer: it would make a clerk wait for whoever edits the payer, and refuse to record a token
// with a payer that is gone.
const EVENTS = `
create table audit_event (
  id bigserial primary key,
  at timestamptz not null default clock_timestamp(),
  actor text null,
  payer_id bigint null,
  action text not null,
  outcome text not null,
  purpose text null,
  what text not null,
  workers bigint[] not null default '{}',
  people int not null default 0,
  reason text null,
  request_id text not null,
  constraint audit_event_action_check
    check (action in ('IDENTITY_READ', 'IDENTITY_REVEAL', 'COVERAGE_CHECK', 'MUTATION', 'LOGIN_FAILED')),
  constraint audit_event_outcome_check check (outcome in ('DONE', 'REFUSED', 'FAILED')),
  constraint audit_event_purpose_check
    check (purpose in ('OVERLAP_CHECK', 'ROSTER_PREP', 'CLAIM', 'AUDIT', 'STATISTICS')),
  constraint audit_event_actor_check check (length(actor) between 1 and 255),
  -- Constants of the code: the name of a field or mutation, and an error code. What a person typed fits neither.
  constraint audit_event_what_check check (length(what) <= 100 and what ~ '^[A-Za-z][A-Za-z0-9_.]*$'),
  constraint audit_event_reason_check check (length(reason) <= 60 and reason ~ '^[A-Z][A-Z_]*$'),
  constraint audit_event_request_id_check check (length(request_id) between 1 and 64),
  constraint audit_event_workers_check check (array_position(workers, null) is null),
  constraint audit_event_people_check check (people >= 0)
);
create index audit_event_at_index on audit_event (at, id);
create index audit_event_actor_index on audit_event (actor, at, id);
-- Who looked at this worker?
create index audit_event_workers_index on audit_event using gin (workers);

create table audit_pending (
  event_id bigint not null,
  primary key (event_id)
);

create function audit_event_awaits_seal() returns trigger language plpgsql as $$
begin
  insert into audit_pending (event_id) select id from recorded;
  return null;
end
$$;

create trigger audit_event_awaits_seal
  after insert on audit_event
  referencing new table as recorded
  for each statement execute function audit_event_awaits_seal();
`

// One successor for each seal: the chain cannot fork, whatever its writers believe.
const SEALS = `
create table audit_seal (
  id bigint not null,
  previous_hash bytea not null,
  hash bytea not null,
  events bigint[] not null,
  sealed_at timestamptz not null default clock_timestamp(),
  primary key (id),
  constraint audit_seal_previous_hash_unique unique (previous_hash),
  constraint audit_seal_hashes_check check (length(previous_hash) = 32 and length(hash) = 32),
  constraint audit_seal_events_check check (cardinality(events) > 0)
);
`

const APPEND_ONLY = `
create trigger audit_event_append_only
  before update or delete or truncate on audit_event
  for each statement execute function refuse_rewriting();

create trigger audit_seal_append_only
  before update or delete or truncate on audit_seal
  for each statement execute function refuse_rewriting();
`
