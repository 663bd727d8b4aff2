import fc from 'fast-check'
import { type DocumentNode, GraphQLError, getOperationAST, parse, visit } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ANONYMOUS, type Viewer } from '../../../src/access/viewer.ts'
import type { Hub } from '../../../src/app.ts'
import { entities } from '../../../src/graph/entities.ts'
import { Fault } from '../../../src/kernel/errors.ts'
import { Column, ref, sourceOf, sql } from '../../../src/planner/sql.ts'
import { ADMIN, openTestHub } from '../../harness/hub.ts'
import { type Answer, type Asked, runFast, runPlain } from '../../harness/operations.ts'
import type { KnownValues } from '../../planner/random/argument-values.ts'
import { differenceBetween } from '../../planner/random/compare.ts'
import { learnEveryCursor } from '../../planner/random/known-cursors.ts'
import {
  type RandomOperation,
  randomOperation,
  type Usage,
} from '../../planner/random/operation-generator.ts'
import { Random, testSeed } from '../../planner/random/random.ts'
import { type Case, shrunk } from '../../planner/random/shrink.ts'
import { type ConnectionField, connectionFields, type Page } from './connections.ts'
import { crowdedWorld } from './crowd.ts'
import { described, simpler, viewers } from './generated-viewers.ts'
import { isLeftOut, withoutLeftOut } from './left-out.ts'
import { neededFor } from './needs.ts'
import { type Row, readTables, type Tables } from './rows.ts'
import { openWorldAsSeen, type WorldAsSeen } from './world-as-seen.ts'

/*
 * Real: migrations, planner, gate, access rules, PGlite. The reference is a second hub, with the rows of the first
 * that one viewer may see by a naive check of each row (seen.ts), and without any rules.
 */

const OPERATIONS = Number(process.env.PAYUNG_TEST_OPERATIONS ?? 300)
const OPERATIONS_OF_A_ROUND = 12
const VIEWERS_OF_A_ROUND = 5

let hub: Hub
let world: Tables
let reduced: WorldAsSeen
let known: KnownValues
const seed = testSeed()

beforeAll(async () => {
  hub = await openTestHub()
  const { areas, niks, programs } = await crowdedWorld(hub, new Random(seed))
  world = await readTables(hub)
  reduced = await openWorldAsSeen(world)
  const keys = [...hub.planner.model.types].flatMap(({ type, mark }) =>
    mark.kind === 'entity' && mark.key ? [[type.name, mark.key] as const] : [],
  )
  known = {
    areas,
    programs,
    niks,
    keys: new Map(keys),
    // Cursors of all rows, also of those that a viewer does not see.
    cursors: await learnEveryCursor(hub, { learnCursor: () => {} } as never),
  }
  console.log(`PAYUNG_TEST_SEED=${seed}`)
})
afterAll(() => Promise.all([hub?.close(), reduced?.close()]))

test('whoever reads a table, by whatever door, meets the rows and values that he may see', async () => {
  let [all, some, none] = [0, 0, 0]
  for (const viewer of [ADMIN, ...generatedViewers(Math.max(20, OPERATIONS / 3), 2)]) {
    const seen = await reduced.become(viewer)
    const context = hub.context({ viewer })
    for (const entity of entities) {
      const row = ref(entity)
      const table = entity.meta.tableName!
      const read = await context.read<{ row: string }>(
        sql`/* test.read */ select to_jsonb(${Column.named(sourceOf(row), '*')})::text as row from ${row}`,
      )
      // What is not in the world as text, as the vault, is nobody's to read.
      const expected = seen[table]
        ? await reduced.hub.db.query<{ row: string }>(
            `/* test.seen */ select to_jsonb(t.*)::text as row from ${table} as t`,
          )
        : []
      expect(sorted(read), `${table}, ${described(viewer)}`).toEqual(sorted(expected))
      if (expected.length === 0) none++
      else if (expected.length < world[table]!.length) some++
      else all++
    }
  }
  expect(Math.min(all, some, none)).toBeGreaterThan(10)
}, 600_000)

test('whatever anybody asks, the answer is that of a world with only the rows he may see', async () => {
  const schema = withoutLeftOut(hub.planner.model.schema)
  const usage: Usage = new Map()
  const count = { answers: 0, withRows: 0, lessThanAll: 0, refused: 0 }
  for (let done = 0, round = 0; done < OPERATIONS; done += OPERATIONS_OF_A_ROUND, round++) {
    // The same operations for several viewers: a plan recorded for one must not answer another.
    const operations = Array.from({ length: OPERATIONS_OF_A_ROUND }, (_, n) =>
      randomOperation(schema, known, new Random(seed * 1_000 + done + n), usage),
    )
    const asking = generatedViewers(VIEWERS_OF_A_ROUND, round)
    for (const viewer of [...asking, asking[0]!]) {
      await reduced.become(viewer)
      for (const operation of operations) {
        for (const { text, variables } of casesOf(operation)) {
          const { difference, fast } = await compared({ text, variables }, viewer)
          if (difference) await report({ text, variables }, viewer)
          count.answers++
          if (fast.errors) count.refused++
          if (JSON.stringify(fast.data ?? null).length > 200) count.withRows++
          if (viewer === asking[0] && !fast.errors) {
            const all = await runFast(hub, text, variables)
            if (JSON.stringify(all.data) !== JSON.stringify(fast.data)) count.lessThanAll++
          }
        }
      }
    }
  }
  console.log(count)
  // Not errors and empty lists only, and the rules had something to say.
  expect(count.refused / count.answers).toBeLessThan(0.3)
  expect(count.withRows / count.answers).toBeGreaterThan(0.1)
  expect(count.lessThanAll / count.answers).toBeGreaterThan(0.03)
}, 600_000)

test('who lacks a permission is refused before anything runs, and told the field and the permission', async () => {
  const { schema } = hub.planner.model
  // Refusals may be recorded there: among events of nobody.
  await reduced.become(ANONYMOUS)
  const usage: Usage = new Map()
  let refused = 0
  let passed = 0
  for (let n = 0; n < OPERATIONS; n++) {
    const [viewer] = generatedViewers(1, n)
    const operation = randomOperation(schema, known, new Random(seed * 1_000 + n), usage)
    for (const { text, variables } of casesOf(operation)) {
      const wrong = await gateMistake(text, variables, viewer!)
      if (wrong.mistake)
        throw new Error(`${wrong.mistake}\n${described(viewer!)}\n${text}\n${JSON.stringify(variables)}`)
      if (wrong.refused) refused++
      else passed++
    }
  }
  console.log({ refused, passed })
  expect(Math.min(refused, passed)).toBeGreaterThan(OPERATIONS / 10)
}, 600_000)

test('every connection counts what it lists, and its cursors lead through all of it and to nothing else', async () => {
  const fields = connectionFields(hub.planner.model.schema, known.keys)
  const random = new Random(seed)
  for (const viewer of generatedViewers(Math.max(4, OPERATIONS / 20), 0)) {
    const seen = await reduced.become(viewer)
    for (const field of fields) {
      const owner = field.owner === undefined ? undefined : ownerOf(field.owner, random)
      const wrong = await walkMistake(field, owner, viewer, seen, random.from(1, 7))
      if (wrong)
        throw new Error(`${wrong}\n${described(viewer)}\n${field.text}\nowner ${JSON.stringify(owner)}`)
    }
  }
}, 600_000)

test('of a line that another pays, one sees the kind of the payer and the months, and who it is by agreement only', async () => {
  let concealed = 0
  let told = 0
  for (const viewer of generatedViewers(Math.max(10, OPERATIONS / 10), 1)) {
    const seen = await reduced.become(viewer)
    for (const run of [runFast, runPlain]) {
      const { data } = await run(as(viewer), LINES)
      const lines = data.workers.nodes.flatMap(({ coverage }: { coverage: object[] }) => coverage)
      expect(sorted(lines), described(viewer)).toEqual(
        sorted(seen.coverage_line!.map((line) => lineAnswered(line, seen))),
      )
    }
    concealed += seen.coverage_line!.filter(({ payer_id }) => payer_id === null).length
    told += seen.coverage_line!.filter(({ payer_id }) => payer_id !== null).length
  }
  expect(concealed).toBeGreaterThan(0)
  expect(told).toBeGreaterThan(0)
}, 600_000)

const LINES = `{ workers(first: 200) { nodes { coverage {
  id worker { id } payerKind payer { id } fundingSource program { code } enrollment { id } reportedBy reportedOn from
} } } }`

/** What {@link LINES} must answer for a line, as it is seen. */
function lineAnswered(line: Row, seen: Tables): object {
  const whole = world.coverage_line!.find(({ id }) => id === line.id)!
  const maySee = seen.enrollment!.some(({ id }) => id === line.enrollment_id)
  return {
    id: line.id,
    worker: { id: line.worker_id },
    payerKind: world.payer!.find(({ id }) => id === whole.payer_id)!.kind,
    payer: line.payer_id === null ? null : { id: line.payer_id },
    fundingSource: line.funding_source,
    program: line.program_code === null ? null : { code: line.program_code },
    enrollment: maySee ? { id: line.enrollment_id } : null,
    reportedBy: line.reported_by,
    reportedOn: line.reported_on,
    from: line.period!.slice(1, 8),
  }
}

/** The hub as a viewer meets it behind the gate: what he may not even ask is asked all the same. */
function as(viewer: Viewer): Asked {
  return { planner: hub.planner, context: () => hub.context({ viewer }) }
}

function generatedViewers(howMany: number, round: number): Viewer[] {
  const payers = world.payer!.map(({ id }) => id!)
  return fc.sample(viewers(payers), { numRuns: howMany, seed: seed + round * 7_919 })
}

function casesOf({ text, variables }: RandomOperation): Case[] {
  return variables.map((given) => ({ text, variables: given }))
}

async function compared({ text, variables }: Case, viewer: Viewer) {
  const fast = await runFast(as(viewer), text, variables)
  const plain = await runPlain(as(viewer), text, variables)
  const naive = await runFast(reduced, text, variables)
  return { fast, plain, naive, difference: differenceBetween({ fast, plain, naive }, false) }
}

/** Fails the test with the simplest viewer and the smallest operation that show the difference. */
async function report(failing: Case, who: Viewer): Promise<never> {
  const differs = async (smaller: Case, viewer: Viewer) => {
    await reduced.become(viewer)
    return compared(smaller, viewer).then(
      ({ difference }) => difference !== undefined,
      () => false,
    )
  }
  const smallest = await shrunk(hub.planner.model.schema, failing, (smaller) => differs(smaller, who))
  let viewer = who
  for (let candidates = simpler(viewer), next = candidates.next(); !next.done; next = candidates.next()) {
    if (!(await differs(smallest, next.value))) continue
    viewer = next.value
    candidates = simpler(viewer)
  }
  await reduced.become(viewer)
  const { difference, fast, plain, naive } = await compared(smallest, viewer)
  const shown = ({ data, errors }: Pick<Answer, 'data' | 'errors'>) =>
    JSON.stringify({ data, errors }).slice(0, 2_000)
  throw new Error(
    [
      `PAYUNG_TEST_SEED=${seed}: ${difference ?? 'differs only after other operations'}`,
      described(viewer),
      smallest.text,
      `variables ${JSON.stringify(smallest.variables)}`,
      `fast       ${shown(fast)}`,
      `plain      ${shown(plain)}`,
      `may be seen ${shown(naive)}`,
      ...fast.sql,
    ].join('\n'),
  )
}

/** Whether it asks what only gateways ask; an alias may be named so too. */
function isFederated(document: DocumentNode): boolean {
  let asks = false
  visit(document, {
    Field({ name: { value: name } }) {
      asks ||= name === '_entities' || name === '_service'
    },
  })
  return asks
}

async function gateMistake(
  text: string,
  variables: Record<string, unknown>,
  viewer: Viewer,
): Promise<{ refused: boolean; mistake?: string }> {
  const document = parse(text)
  const needed = neededFor(hub.planner.model.schema, document, variables)
  const lacking = [...needed].filter(([, permission]) => !viewer.permissions.has(permission))
  const needsToken = isFederated(document) && viewer.subject === undefined
  const operation = getOperationAST(document)!
  // What is refused may be recorded: not in the hub whose audit trail is compared.
  const fault = await reduced.hub.gate
    .pass({ document, operation, variables }, reduced.hub.context({ viewer }))
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
  // Of arguments that are missing or wrong, the limit of complexity tells in the words of GraphQL.
  if (fault instanceof GraphQLError && lacking.length === 0 && !needsToken) return { refused: false }
  if (fault !== undefined && !(fault instanceof Fault)) throw fault
  if (lacking.length === 0 && !needsToken) {
    const passes = fault === undefined || fault.code === 'TOO_COMPLEX'
    return { refused: false, ...(!passes && { mistake: `refused for nothing: ${fault.message}` }) }
  }
  const code = viewer.subject === undefined ? 'UNAUTHENTICATED' : 'FORBIDDEN'
  if (fault?.code !== code) return { refused: true, mistake: `not ${code} but ${fault?.code ?? 'answered'}` }
  const told = lacking.some(
    ([coordinate, permission]) => fault.message === `${coordinate} needs the permission ${permission}.`,
  )
  if (told || (needsToken && fault.message.startsWith('Entities are answered'))) return { refused: true }
  return { refused: true, mistake: `refused for another reason than ${lacking.join('; ')}: ${fault.message}` }
}

/** The table that a type's rows are in, by the type's name. */
const TABLE_OF: Readonly<Record<string, string>> = {
  Province: 'province',
  Regency: 'regency',
  District: 'district',
  Village: 'village',
  Payer: 'payer',
  CoverageProgram: 'coverage_program',
  Worker: 'worker',
  Budget: 'budget',
  Enrollment: 'enrollment',
  Roster: 'roster',
  AuditEvent: 'audit_event',
}

/** Any row of the whole world, as a representation. */
function ownerOf(typeName: string, random: Random): Row {
  const key = known.keys.get(typeName)!
  const row = random.pick(world[TABLE_OF[typeName]!]!)
  return { __typename: typeName, [key]: row[key]! }
}

/** What is wrong with the pages of a connection. */
async function walkMistake(
  field: ConnectionField,
  owner: Row | undefined,
  viewer: Viewer,
  seen: Tables,
  size: number,
): Promise<string | undefined> {
  const whole = await pageOf(as(viewer), field, owner, 200)
  const expected = await pageOf(reduced, field, owner, 200)
  if (!whole || !expected) return whole === expected ? undefined : 'what it belongs to is seen or not'
  const keys = keysOf(whole)
  if (!isLeftOut(field.coordinate) && `${keys}` !== `${keysOf(expected)}`)
    return `lists ${keys} and not ${keysOf(expected)}`
  if (!owner) {
    const rows = seen[TABLE_OF[field.node]!]!.map((row) => (row.id ?? row.code)!)
    if (`${keys.toSorted()}` !== `${rows.toSorted()}`) return `lists ${keys} where only ${rows} may be seen`
  }
  const walked: string[] = []
  for (let after: string | null = null, more = true; more; ) {
    const page: Page = (await pageOf(as(viewer), field, owner, size, after))!
    if (page.totalCount !== keys.length) return `counts ${page.totalCount} where it lists ${keys.length}`
    if (page.edges.at(-1)?.cursor !== (page.pageInfo.endCursor ?? undefined)) return 'ends at another cursor'
    walked.push(...keysOf(page))
    more = page.pageInfo.hasNextPage
    after = page.pageInfo.endCursor
    if (walked.length > keys.length) break
  }
  return `${walked}` === `${keys}` ? undefined : `leads through ${walked} and not ${keys}`
}

async function pageOf(
  asked: Asked,
  { text }: ConnectionField,
  owner: Row | undefined,
  first: number,
  after: string | null = null,
): Promise<Page | undefined> {
  const { data, errors } = await runFast(asked, text, { first, after, ...(owner && { owner: [owner] }) })
  if (errors) throw new Error(`${text}: ${JSON.stringify(errors)}`)
  return owner ? data.owner[0]?.list : data.list
}

function keysOf({ nodes }: Page): string[] {
  return nodes.map((node) => Object.values(node)[0]!)
}

function sorted(items: readonly object[]): string[] {
  return items.map((item) => JSON.stringify(item)).sort()
}
