import { SetupError } from '../kernel/errors.ts'
import type { Query } from './engine.ts'
import { LOCK, MIGRATIONS_TABLE } from './migrate.ts'

/**
 * Gives the application's role what it needs of the tables, and takes away what it does not: it reads and writes
 * rows, but of append-only tables it never changes one, and it cannot empty a table, drop a trigger, or claim that a
 * migration ran. Append-only is what a trigger keeps append-only, so a new table cannot be forgotten here.
 *
 * @param query of a transaction of the tables' owner.
 * @param role the application's.
 * @throws SetupError when the role is unknown there, or could undo this: then it guards nothing.
 */
export async function grantToApplication(query: Query, role: string): Promise<void> {
  await query(`/* grants.lock */ select pg_advisory_xact_lock(${LOCK})`)
  const statements = await query<{ statement: string }>(GRANTS, [role, MIGRATIONS_TABLE])
  if (statements.length === 0) {
    throw new SetupError(
      `DATABASE_MIGRATION_URL names a server that does not know the role of DATABASE_URL, ${role}. ` +
        'Both must name the same database.',
    )
  }
  for (const { statement } of statements) await query(`/* grants.grant */ ${statement}`)
  const [power] = await query<{ reason: string }>(POWERS, [role])
  if (power) {
    throw new SetupError(
      `The role of DATABASE_URL, ${role}, ${power.reason}, so it could rewrite the audit trail. Give the ` +
        'application a role of its own without such rights, or leave DATABASE_MIGRATION_URL out.',
    )
  }
}

const APPEND_ONLY = `exists (
  select from pg_trigger
  where tgrelid = pg_class.oid and tgfoid = 'refuse_rewriting'::regproc and not tgisinternal
)`

const GRANTS = `/* grants.statements */
select format(statement, schema, role, name) as statement
from (select rolname as role, current_schema() as schema from pg_roles where rolname = $1) as who
cross join lateral (
  select 0 as step, '' as name, 'grant usage on schema %1$I to %2$I' as statement
  union all
  select 1, relname, 'revoke all on table %1$I.%3$I from %2$I'
  from pg_class where relkind in ('r', 'p') and relnamespace = schema::regnamespace
  union all
  select 2, relname, case
    when relname = $2 then 'grant select on table %1$I.%3$I to %2$I'
    when ${APPEND_ONLY} then 'grant select, insert on table %1$I.%3$I to %2$I'
    else 'grant select, insert, update, delete on table %1$I.%3$I to %2$I'
  end
  from pg_class where relkind in ('r', 'p') and relnamespace = schema::regnamespace
  union all
  select 3, relname, 'grant usage, select on sequence %1$I.%3$I to %2$I'
  from pg_class where relkind = 'S' and relnamespace = schema::regnamespace and relname <> $2 || '_id_seq'
) as needed
order by step, name`

const POWERS = `/* grants.powers */
select reason from (
  select 1 as step, 'is a superuser or may create roles' as reason from pg_roles
  where rolname = $1 and (rolsuper or rolcreaterole)
  union all
  select 2, 'owns the schema' from pg_namespace
  where oid = current_schema()::regnamespace and pg_has_role($1, nspowner, 'member')
  union all
  select 3, 'owns the table ' || relname from pg_class
  where relkind in ('r', 'p') and relnamespace = current_schema()::regnamespace and pg_has_role($1, relowner, 'member')
  union all
  select 4, 'may change or empty the table ' || relname from pg_class
  where relnamespace = current_schema()::regnamespace and ${APPEND_ONLY}
    and has_table_privilege($1, oid, 'update, delete, truncate, trigger')
) as power
order by step, reason
limit 1`
