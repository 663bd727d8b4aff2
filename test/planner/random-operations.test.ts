import {
  type GraphQLNamedType,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  parse,
} from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordAudit } from '../../src/access/audit/audit.ts'
import { ANONYMOUS } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { ADMIN, openTestHub } from '../harness/hub.ts'
import { NaiveReference } from '../harness/naive-reference.ts'
import { type Answer, runFast, runPlain } from '../harness/operations.ts'
import { smallWorld } from '../harness/small-world.ts'
import type { KnownValues } from './random/argument-values.ts'
import { differenceBetween } from './random/compare.ts'
import { learnEveryCursor } from './random/known-cursors.ts'
import { randomOperation, type Usage } from './random/operation-generator.ts'
import { Random, testSeed } from './random/random.ts'
import { type Case, shrunk } from './random/shrink.ts'

const OPERATIONS = Number(process.env.PAYUNG_TEST_OPERATIONS ?? 500)

let hub: Hub
let reference: NaiveReference
let known: KnownValues

beforeAll(async () => {
  hub = await openTestHub()
  const world = await smallWorld(hub)
  await fixTheAuditTrail()
  reference = new NaiveReference(hub, hub.planner.model.tables, hub.db.pglite!)
  const keys = [...hub.planner.model.types].flatMap(({ type, mark }) =>
    mark.kind === 'entity' && mark.key ? [[type.name, mark.key] as const] : [],
  )
  known = {
    ...world,
    niks: [...world.niks, '3603010101830001', '36.03.01', ''],
    keys: new Map(keys),
    cursors: await learnEveryCursor(hub, reference),
  }
})
afterAll(() => hub?.close())

test('a random operation has one meaning: spliced, through graphql-js, and computed field by field', async () => {
  const seed = testSeed()
  console.log(`PAYUNG_TEST_SEED=${seed}`)
  const { schema } = hub.planner.model
  const usage: Usage = new Map()
  const seen = { answers: 0, fast: 0, refused: 0, withRows: 0 }
  const unseen = () => everyField().filter((field) => !usage.has(field))
  // A field that chance has passed over keeps the run going for a while.
  const goesOn = (n: number) =>
    n < OPERATIONS || (OPERATIONS >= 500 && n < 4 * OPERATIONS && unseen().length > 0)
  for (let n = 0; goesOn(n); n++) {
    const operation = randomOperation(schema, known, new Random(seed * 1_000 + n), usage)
    // The first values come again, because a plan is recorded and replayed.
    for (const variables of [...operation.variables, operation.variables[0]!]) {
      const candidate = { text: operation.text, variables }
      const { difference, fast } = await compared(candidate, operation.mayBeRefused)
      if (difference) await report(candidate, operation.mayBeRefused, seed, n)
      seen.answers++
      if (fast.path === 'fast') seen.fast++
      if (fast.errors) seen.refused++
      if (JSON.stringify(fast.data ?? null).length > 200) seen.withRows++
    }
  }
  console.log(seen)
  // The run has looked everywhere, and not at errors and empty lists only.
  const share = (count: number) => count / seen.answers
  expect(share(seen.fast)).toBeGreaterThan(0.6)
  expect(share(seen.refused)).toBeLessThan(0.3)
  expect(share(seen.withRows)).toBeGreaterThan(0.2)
  if (OPERATIONS >= 500) expect(unseen()).toEqual([])
}, 600_000)

async function compared({ text, variables }: Case, mayBeRefused: boolean) {
  const fast = await runFast(hub, text, variables)
  const plain = await runPlain(hub, text, variables)
  // What the application answers in the end is no description that a reference could read.
  const naive = endsLate(text) ? plain : await reference.run(text, variables)
  return { fast, plain, naive, difference: differenceBetween({ fast, plain, naive }, mayBeRefused) }
}

/** Fails the test with the smallest operation that shows the difference. */
async function report(candidate: Case, mayBeRefused: boolean, seed: number, n: number): Promise<never> {
  const stillDiffers = async (smaller: Case) =>
    compared(smaller, mayBeRefused).then(
      ({ difference }) => difference !== undefined,
      () => false,
    )
  const smallest = await shrunk(hub.planner.model.schema, candidate, stillDiffers)
  const { difference, fast, plain, naive } = await compared(smallest, mayBeRefused)
  const shown = (answer: Pick<Answer, 'data' | 'errors'>) =>
    JSON.stringify({ data: answer.data, errors: answer.errors }).slice(0, 2_000)
  throw new Error(
    [
      `operation ${n} of PAYUNG_TEST_SEED=${seed}: ${difference}`,
      smallest.text,
      `variables ${JSON.stringify(smallest.variables)}`,
      `fast      ${shown(fast)}`,
      `plain     ${shown(plain)}`,
      `reference ${shown(naive)}`,
      ...fast.sql,
    ].join('\n'),
  )
}

/** Some events, and no more from now on: answers are compared, so what they read must stay as it is. */
async function fixTheAuditTrail(): Promise<void> {
  const asking = { viewer: ADMIN, requestId: 'before' }
  const event = { action: 'IDENTITY_READ', outcome: 'DONE', what: 'Worker.identity' } as const
  for (const workers of [['1'], ['2', '3'], []]) {
    await recordAudit(hub.db.query, asking, { ...event, workers, purpose: 'AUDIT' })
  }
  await recordAudit(
    hub.db.query,
    { ...asking, viewer: ANONYMOUS },
    { ...event, outcome: 'REFUSED', reason: 'FORBIDDEN' },
  )
  await hub.db.query(`create function record_nothing() returns trigger language plpgsql as 'begin return null; end';
    create trigger audit_event_fixed before insert on audit_event for each row execute function record_nothing()`)
}

function endsLate(text: string): boolean {
  const document = parse(text)
  return hub.planner.endsLate(document, getOperationAST(document)!)
}

/** Every field of every object and interface type that a query leads to, as `Type.field`. */
function everyField(): string[] {
  const { schema } = hub.planner.model
  const met = new Set<GraphQLNamedType>([schema.getQueryType()!])
  const fields: string[] = []
  // A set is walked in the order in which it grows.
  for (const type of met) {
    if (isAbstractType(type)) for (const possible of schema.getPossibleTypes(type)) met.add(possible)
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const field of Object.values(type.getFields())) {
      fields.push(`${type.name}.${field.name}`)
      met.add(getNamedType(field.type))
    }
  }
  return fields
}
