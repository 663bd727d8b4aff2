import type { MikroORM } from '@mikro-orm/postgresql'
import type { Engine } from './engine.ts'

/** Rules the migrations write and no entity can say. MikroORM neither knows nor checks them, so we do. */
const BEYOND_ENTITIES = {
  constraints: [
    'agreement_one_at_a_time',
    'coverage_line_no_second_payer',
    // References of a table to itself, which an entity's type cannot make to its own.
    'enrollment_replaces_worker_id_replaces_id_foreign',
    'worker_merged_into_id_foreign',
  ],
  functions: ['normal_name'],
  triggers: [
    'audit_event_append_only',
    'audit_event_awaits_seal',
    'audit_seal_append_only',
    'budget_balance_explained',
    'budget_entry_adds_up',
    'budget_entry_append_only',
    'budget_starts_at_zero',
    'coverage_line_one_writer',
    'worker_event_append_only',
    'worker_identity_has_its_tokens',
    'worker_identity_joins_writers',
  ],
}

/**
 * What MikroORM would change to make the tables fit the entities, a statement each, and what is missing of the
 * rules beyond entities, a sentence each. Changes nothing.
 */
export async function schemaDrift(engine: Engine, orm: MikroORM): Promise<readonly string[]> {
  const sql = await orm.schema.getUpdateSchemaSQL({ wrap: false })
  const statements = sql
    .split(/;\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '' && !isBeyondEntities(statement))
  return [...(await withoutSameChecks(engine, statements)), ...(await missingRules(engine))]
}

function isBeyondEntities(statement: string): boolean {
  return (
    BEYOND_ENTITIES.constraints.some((name) => statement.endsWith(`drop constraint "${name}"`)) ||
    BEYOND_ENTITIES.functions.some((name) => statement.startsWith(`drop function if exists "${name}"(`))
  )
}

/**
 * Leaves out checks that differ in spelling only: PostgreSQL keeps `x between 1 and 2` as `x >= 1 and x <= 2`,
 * and only PostgreSQL can tell that the two are one.
 */
async function withoutSameChecks(engine: Engine, statements: readonly string[]): Promise<string[]> {
  const same = new Set<string>()
  for (const statement of statements) {
    const [, table, name, definition] =
      /^alter table "(\w+)" add constraint "(\w+)" (check .*)$/s.exec(statement) ?? []
    if (!table || !name || !definition) continue
    if (await isSameCheck(engine, table, name, definition)) same.add(`"${table}" "${name}"`)
  }
  return statements.filter((statement) => {
    const [, table, name] = /^alter table "(\w+)" (?:add|drop) constraint "(\w+)"/.exec(statement) ?? []
    return !same.has(`"${table}" "${name}"`)
  })
}

async function isSameCheck(engine: Engine, table: string, name: string, definition: string) {
  const scratch = `drift_of_${table}`
  return engine
    .transaction(async (query) => {
      await query(`/* drift.scratch */ create temp table ${scratch} (like ${table}) on commit drop`)
      await query(`/* drift.scratch_check */ alter table ${scratch} add constraint "${name}" ${definition}`)
      const definitions = await query(
        `/* drift.same_check */ select distinct pg_get_constraintdef(oid) from pg_constraint
        where conname = $1 and conrelid in ($2::regclass, $3::regclass)`,
        [name, table, scratch],
      )
      const tables = await query(
        `/* drift.check_exists */ select from pg_constraint where conname = $1 and conrelid = $2::regclass`,
        [name, table],
      )
      return tables.length === 1 && definitions.length === 1
    })
    .catch(() => false)
}

async function missingRules(engine: Engine): Promise<string[]> {
  const rows = await engine.query<{ missing: string }>(
    `/* drift.missing_rules */
    select 'constraint ' || name || ' is missing' as missing
    from unnest($1::text[]) as name
    where not exists (select from pg_constraint where conname = name and connamespace = current_schema()::regnamespace)
    union all
    select 'trigger ' || name || ' is missing or disabled'
    from unnest($2::text[]) as name
    where not exists (
      select from pg_trigger join pg_class on pg_class.oid = tgrelid
      where tgname = name and tgenabled <> 'D' and relnamespace = current_schema()::regnamespace
    )
    union all
    select 'function ' || name || ' is missing' from unnest($3::text[]) as name
    where not exists (
      select from pg_proc where proname = name and pronamespace = current_schema()::regnamespace
    )
    order by 1`,
    [BEYOND_ENTITIES.constraints, BEYOND_ENTITIES.triggers, BEYOND_ENTITIES.functions],
  )
  return rows.map(({ missing }) => missing)
}
