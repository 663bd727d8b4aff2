import {
  buildSchema,
  type GraphQLInputType,
  getNamedType,
  graphql,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Hub } from '../../src/app.ts'
import type { Change } from '../../src/contract/context.ts'
import { recordMutations } from '../../src/graph/mutations.ts'
import { Fault } from '../../src/kernel/errors.ts'
import { ADMIN, openTestHub } from '../harness/hub.ts'
import { askAs, auditReader, type RecordedEvent } from '../harness/viewers.ts'

// Real: PGlite and the hub's own mutations; of this suite: mutations that end in every possible way.

let hub: Hub
let recorded: () => Promise<RecordedEvent[]>

beforeAll(async () => {
  hub = await openTestHub()
  recorded = auditReader(hub)
})
afterAll(() => hub?.close())

describe('every mutation of the contract', () => {
  test('leaves one event that names it, also when it fails', async () => {
    const mutations = Object.values(hub.planner.model.schema.getMutationType()!.getFields())
    expect(mutations.length).toBeGreaterThan(1)
    for (const { name, args, type } of mutations) {
      await recorded()
      const given = args
        .filter((arg) => isNonNullType(arg.type))
        .map((arg) => `${arg.name}: ${sample(arg.type)}`)
      const selection = isLeafType(getNamedType(type)) ? '' : '{ __typename }'
      const { errors } = await askAs(hub, ADMIN, `mutation { ${name}(${given.join(', ')}) ${selection} }`)
      // One that was never called would prove nothing.
      expect(errors?.map(({ path }) => path) ?? []).toEqual(errors ? [[name]] : [])
      const events = await recorded()
      expect(events).toMatchObject([{ actor: 'admin', what: `Mutation.${name}` }])
    }
  })
})

/** A value of a type, as it is written in a document; ids are those of nobody. */
function sample(type: GraphQLInputType): string {
  if (isNonNullType(type)) return sample(type.ofType)
  if (isListType(type)) return `[${sample(type.ofType)}]`
  if (isEnumType(type)) return type.getValues()[0]!.name
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter((field) => isNonNullType(field.type))
    return `{ ${required.map((field) => `${field.name}: ${sample(field.type)}`).join(', ')} }`
  }
  const texts: Record<string, string> = {
    ID: '"999999"',
    String: '"x"',
    LocalDate: '"2023-01-01"',
    Month: '"2023-01"',
    AreaCode: '"36"',
    Rupiah: '"1"',
    Int: '1',
    Boolean: 'true',
  }
  return texts[type.name]!
}

describe('a mutation', () => {
  const schema = buildSchema(`
    type Query { nothing: Int }
    type Mutation { add(name: String!, end: String!): String }
  `)

  beforeAll(() => {
    schema.getMutationType()!.getFields().add!.resolve = async (
      _,
      { name, end }: { name: string; end: string },
      { change }: { change: Change },
    ) => {
      change.note({ workers: ['7', '8'] })
      change.note({ purpose: 'CLAIM' })
      await change.query(`/* test.add */ insert into payer (kind, name) values ('DONOR', $1)`, [name])
      if (end === 'refusal') throw new Fault('CONFLICT', 'It is there already.')
      if (end === 'fault') throw new Fault('INTERNAL', 'Broken.')
      if (end === 'error') throw new Error('Broken.')
      if (end === 'noted') change.note({ refused: true })
      if (end === 'lost') await change.query('select 1 / 0')
      return name
    }
    recordMutations(schema)
  })

  const add = (source: string) =>
    graphql({ schema, source, contextValue: hub.context({ viewer: { ...ADMIN, subject: 'adder' } }) })

  const exists = async (name: string) =>
    (await hub.db.query('/* test.donor */ select from payer where name = $1', [name])).length === 1

  const event = {
    actor: 'adder',
    action: 'MUTATION',
    what: 'Mutation.add',
    workers: ['7', '8'],
    people: 2,
    purpose: 'CLAIM',
  }

  test.each([
    ['is done', 'done', 'DONE', null, true],
    ['is refused by an answer', 'noted', 'REFUSED', null, true],
    ['is refused by a fault', 'refusal', 'REFUSED', 'CONFLICT', false],
    ['fails of its own', 'fault', 'FAILED', 'INTERNAL', false],
    ['breaks', 'error', 'FAILED', 'INTERNAL', false],
    ['breaks the database’s transaction', 'lost', 'FAILED', 'INTERNAL', false],
  ])(
    'that %s is recorded so, with what it noted, and stays only when it did not throw',
    async (_, end, outcome, reason, stays) => {
      await recorded()
      const { errors } = await add(`mutation { add(name: "${end}", end: "${end}") }`)
      expect(errors === undefined).toBe(stays)
      expect(await recorded()).toEqual([{ ...event, outcome, reason }])
      expect(await exists(end)).toBe(stays)
    },
  )

  test('called twice in one operation is recorded twice, and the second’s failure does not undo the first', async () => {
    await recorded()
    await add('mutation { a: add(name: "first", end: "") b: add(name: "second", end: "error") }')
    expect((await recorded()).map(({ outcome }) => outcome)).toEqual(['DONE', 'FAILED'])
    expect([await exists('first'), await exists('second')]).toEqual([true, false])
  })

  test('that cannot be recorded does not happen', async () => {
    await hub.db.query('alter table audit_event rename to audit_event_away')
    try {
      const { data, errors } = await add('mutation { add(name: "unrecorded", end: "") }')
      expect(data).toEqual({ add: null })
      expect(errors).toHaveLength(1)
    } finally {
      await hub.db.query('alter table audit_event_away rename to audit_event')
    }
    expect(await exists('unrecorded')).toBe(false)
  })
})
