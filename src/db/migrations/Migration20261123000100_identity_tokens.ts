import { Migration } from '@mikro-orm/migrations'

/** Identities are keyed by worker, and found by as many tokens as there are keys. */
export class Migration20261123000100_identity_tokens extends Migration {
  override up(): void {
    this.addSql(TOKENS)
    this.addSql(KEYS_IN_FORCE)
  }
}

const TOKENS = `
create table identity_token (
  nik_token bytea not null,
  key_id text not null,
  worker_id bigint not null
);
insert into identity_token (nik_token, key_id, worker_id)
  select nik_token, key_id, worker_id from worker_identity order by nik_token;
alter table identity_token
  add primary key (nik_token),
  add constraint identity_token_worker_id_key_id_unique unique (worker_id, key_id),
  add constraint identity_token_worker_id_foreign
    foreign key (worker_id) references worker (id) on update no action on delete no action,
  add constraint identity_token_length_check check (octet_length(nik_token) = 32);

alter table worker_identity drop column nik_token;
alter table worker_identity drop constraint worker_identity_worker_id_unique, add primary key (worker_id);
`

const KEYS_IN_FORCE = `
create table identity_key (
  key_id text not null,
  check_value bytea not null,
  in_force_since timestamptz(6) null,
  primary key (key_id)
);

-- Whoever changes the keys in force waits with the same lock for the writers that know the former ones only.
create function join_identity_writers() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(508441226356);
  return null;
end
$$;

create trigger worker_identity_joins_writers
  before insert on worker_identity
  for each statement execute function join_identity_writers();

-- Two writers of one NIK collide in the index of tokens only if they hold a key in common. So the database says
-- which keys everybody holds: a process that was not restarted in time is refused, and nobody is registered twice.
create function refuse_identity_without_tokens() returns trigger language plpgsql as $$
begin
  if not exists (select from identity_key where in_force_since is not null) or exists (
    select from written cross join identity_key
    where in_force_since is not null and not exists (
      select from identity_token
      where identity_token.worker_id = written.worker_id and identity_token.key_id = identity_key.key_id
    )
  ) then
    raise exception 'an identity needs the token of every key in force'
      using errcode = 'object_not_in_prerequisite_state', constraint = 'worker_identity_has_its_tokens',
        hint = 'Start this process with the keys in force: identity_key names them.';
  end if;
  return null;
end
$$;

create trigger worker_identity_has_its_tokens
  after insert on worker_identity
  referencing new table as written
  for each statement execute function refuse_identity_without_tokens();
`
