import type { EntitySchema } from '@mikro-orm/core'
import type { Guarded } from '../planner/model.ts'
import type { Concealed, Visibility, Visible } from '../planner/render.ts'
import { type Ref, sql } from '../planner/sql.ts'
import { anyOf, mayRead } from './answers.ts'
import { type Concealment, type Facts, type Grant, isUnruled, type Policy, type Reading } from './policy.ts'
import type { Viewer } from './viewer.ts'

/** What each viewer may see of each table. */
export interface TableRules {
  /** What may be hidden from somebody. */
  readonly guarded: Guarded
  visibility(viewer: Viewer, facts: Facts): Visibility
}

interface RulesOfTable {
  readonly grants: Grant[]
  readonly concealments: Concealment[]
  readonly readings: Map<string, Reading>
}

/**
 * The table rules of all rooms together.
 *
 * @throws Error when a rule is about a table the hub does not have.
 */
export function tableRules(policies: readonly Policy[], entities: readonly EntitySchema[]): TableRules {
  const tables = new Map<EntitySchema, RulesOfTable>(
    entities.map((entity) => [entity, { grants: [], concealments: [], readings: new Map() }]),
  )
  for (const rule of policies.flatMap(({ tables = [] }) => tables)) {
    const table = tables.get(rule.entity)
    if (!table)
      throw new Error(`a policy is about ${rule.entity.meta.className}, which is no table of the hub`)
    if (rule.kind === 'grant') table.grants.push(rule)
    else if (rule.kind === 'concealment') table.concealments.push(rule)
    else table.readings.set(rule.reading, rule)
  }
  return {
    guarded: {
      rows: (entity) => !tables.get(entity)!.grants.some(({ toEverybody }) => toEverybody),
      column: (entity, property) =>
        tables.get(entity)!.concealments.some(({ properties }) => properties.includes(property)),
    },
    visibility: (viewer, facts) => {
      const asker = { viewer, facts }
      return (entity, row, reading) => {
        const rules = tables.get(entity)
        if (!rules) throw new Error(`nobody said who may see ${entity.meta.className}`)
        return reading === undefined
          ? shown(rules, row, asker)
          : readFor(entity, rules.readings, reading, viewer)
      }
    },
  }
}

interface Asker {
  readonly viewer: Viewer
  readonly facts: Facts
}

const NEVER = sql`false`
const NOTHING: Visible = { rows: NEVER }

function readFor(
  { meta }: EntitySchema,
  readings: ReadonlyMap<string, Reading>,
  reading: string,
  viewer: Viewer,
): Visible | undefined {
  if (isUnruled(reading)) return undefined
  const rule = readings.get(reading)
  if (!rule) throw new Error(`${meta.className} is read for ${reading}, which no policy allows`)
  return mayRead(viewer, rule.needs) ? undefined : NOTHING
}

function shown(
  { grants, concealments }: RulesOfTable,
  row: Ref<unknown>,
  { viewer, facts }: Asker,
): Visible | undefined {
  const answers = grants
    .filter(({ needs }) => mayRead(viewer, needs))
    .map((grant) => grant.rows(row, viewer, facts))
  const rows = anyOf(answers)
  if (rows === false) return NOTHING
  const columns = concealments.flatMap(({ properties, shown }): Concealed[] => {
    const condition = shown(row, viewer, facts)
    if (condition === true) return []
    return [{ properties, shown: condition === false ? NEVER : condition }]
  })
  if (rows === true && columns.length === 0) return undefined
  return { rows: rows === true ? undefined : rows, columns: columns.length > 0 ? columns : undefined }
}
