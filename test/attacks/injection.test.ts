import { afterAll, beforeAll, expect, test } from 'vitest'
import { ERROR_CODES } from '../../src/kernel/errors.ts'
import { fieldsWithTexts, type TextPlace, textPlaces } from './arguments.ts'
import { expectNothingInternal } from './attack.ts'
import { asking, atStream } from './operations.ts'
import { type Answer, send } from './sending.ts'
import { expectWell, openTarget, rowCounts, type Target } from './target.ts'

let target: Target
let places: readonly TextPlace[]
let before: Record<string, number>
beforeAll(async () => {
  target = await openTarget({ production: true })
  places = [...textPlaces(target.hub.planner.model.schema)].filter(
    ({ name }) => !KEPT_AS_WRITTEN.includes(name),
  )
  before = await rowCounts(target)
})
afterAll(() => target[Symbol.asyncDispose]())

/** What is registered under a name of its own is kept and answered as it was written: the test after the attacks. */
const KEPT_AS_WRITTEN = ['Mutation.createPayer(input.name)', 'Mutation.createPayer(input.idempotencyKey)']

/** In place of an attack: texts of the same kind that match nothing. */
const NOTHING: Readonly<Record<string, string>> = { String: 'no such thing', ID: '999999999' }

const PAYLOADS: readonly (readonly [what: string, text: string])[] = [
  ['the end of a statement and another', "'; drop table worker; --"],
  ['a condition that always holds', "' or '1'='1"],
  ['the end of a list in parentheses', "1') or (select count(*) from worker_identity) > 0 --"],
  ['a union', '1 union select nik_token::text from identity_token --'],
  ['a sleep', '1; select pg_sleep(10)'],
  ['the end of a comment', '*/ select 1 /*'],
  ['dollars that quote', '$$; select 1; $$'],
  ['the place of another value', '$1'],
  ['a path in JSON', '$.** ? (@ == 1)'],
  ['an expression that never ends', '(a+)+$'.repeat(20)],
  ['a pattern that fits everything', '%'],
  ['a pattern of one character', '_'.repeat(30)],
  ['an escape at the end', 'x\\'],
  ['a zero byte', 'a\u0000b'],
  ['a zero byte, escaped for addresses', '%00'],
  ['half a character', '\ud800'],
  ['text that runs backwards', '\u202e\u2066\ufeff36\u2069'],
  ['quotes of another width', '＇ or ＇1＇＝＇1'],
  ['digits of another script', '٣٦'],
  ['letters that grow in capitals', 'ŉǰΐﬃ'.repeat(50)],
  ['line ends', '\r\nset-cookie: a=b\r\n\u2028'],
  ['a template', '#{7}{{7*7}}<%= 7 %>'],
  ['a script', '<script>alert(1)</script>'],
  ['a formula', "=cmd|' /C calc'!A1"],
  ['a path', '../../../../etc/passwd\u0000.png'],
  ['ten thousand characters', "'".repeat(10_000)],
]

/** `Query.worker` of `Query.worker(id)`. */
const fieldOf = ({ name }: TextPlace) => name.slice(0, name.indexOf('('))

test('every text of the contract has a place here', () => {
  const scalars = [...new Set(places.map(({ scalar }) => scalar))].sort()
  expect(scalars).toEqual(['AreaCode', 'DateTimeISO', 'ID', 'LocalDate', 'Month', 'Rupiah', 'String'])
  const attacked = new Set(places.map(fieldOf))
  expect(fieldsWithTexts(target.hub.planner.model.schema).filter((field) => !attacked.has(field))).toEqual([])
  expect(places.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'Query.worker(id)',
      'Query.regencies(search)',
      'Query.auditTrail(filter.actor)',
      'Query.checkCoverage(input.people.nik)',
      'Worker.enrollments(filter.program)',
      'Village.workers(after)',
      'Mutation.createAgreement(input.reference)',
      'Mutation.revealIdentity(worker)',
      'Roster.rows(after)',
      'Mutation.decideRow(input.reason)',
      'Subscription.rosterProgress(id)',
    ]),
  )
})

// Otherwise an attack could be refused for another reason than its text.
test('each place can be reached: what matches nothing, or the text of a form, is no mistake', async () => {
  const FITTING: Readonly<Record<string, string>> = {
    ...NOTHING,
    AreaCode: '99',
    Month: '2023-01',
    LocalDate: '2023-02-01',
    DateTimeISO: '2023-02-01T00:00:00Z',
  }
  const mistaken: string[] = []
  for (const place of places) {
    // No text that somebody makes up is a cursor; and nothing is to be changed.
    if (place.name.endsWith('(after)') || place.name.startsWith('Mutation.')) continue
    // Nobody is screened who is not there.
    if (place.name.startsWith('Query.screenWorker')) continue
    const { body } = await sendTo(place, FITTING[place.scalar]!)
    const { errors } = JSON.parse(body) as Shown
    if (errors) mistaken.push(`${place.name}: ${body}`)
  }
  expect(mistaken).toEqual([])
})

test.each(PAYLOADS)('%s changes nothing and tells nothing, wherever it is written', async (_what, text) => {
  const wrong: string[] = []
  for (const place of places) {
    const answer = await sendTo(place, text)
    const problem = await problemOf(answer, place, text)
    if (problem !== undefined) wrong.push(`${place.name}: ${problem}`)
  }
  expect(wrong).toEqual([])
  expect(await rowCounts(target)).toEqual(before)
  await expectWell(target)
})

test('a name that looks like an attack is a name', async () => {
  for (const [what, text] of PAYLOADS) {
    const query = 'mutation ($v: CreatePayerInput!) { createPayer(input: $v) { name } }'
    const variables = { v: { kind: 'DONOR', name: text } }
    const answer = await send(target.port, asking(query, { as: 'admin', variables })(target))
    const { data, errors } = JSON.parse(answer.body) as Shown & { data: { createPayer: object | null } }
    const refused = errors?.map(({ extensions }) => extensions?.code)
    if (refused) expect([what, refused]).toEqual([what, ['BAD_USER_INPUT']])
    else expect(data).toEqual({ createPayer: { name: text.trim() } })
  }
  const { payer, ...others } = await rowCounts(target)
  const { payer: payers, ...othersBefore } = before
  expect(others).toEqual(othersBefore)
  expect(payer).toBeGreaterThan(payers! + 10)
  await expectWell(target)
})

test('nothing failed: the log has no error', () => {
  expect(target.log.filter(({ level }) => (level as number) >= 50)).toEqual([])
})

interface Shown {
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[]
  readonly data?: unknown
}

function sendTo(place: TextPlace, text: string): Promise<Answer> {
  const { query, variables } = place.operation(text)
  const request = asking(query, { as: 'admin', variables })
  return send(target.port, (query.startsWith('subscription') ? atStream(request) : request)(target))
}

const nothings = new Map<string, unknown>()

/** What is answered there to a text that matches nothing. */
async function dataOfNothing(place: TextPlace): Promise<unknown> {
  const text = NOTHING[place.scalar]
  if (text === undefined) return undefined
  if (!nothings.has(place.name)) {
    const { body } = await sendTo(place, text)
    nothings.set(place.name, (JSON.parse(body) as Shown).data)
  }
  return nothings.get(place.name)
}

async function problemOf(answer: Answer, place: TextPlace, text: string): Promise<string | undefined> {
  if (answer.ms > 1_500) return `took ${answer.ms} ms`
  try {
    expectNothingInternal(answer, target)
  } catch (error) {
    return `${(error as Error).message.slice(0, 300)} ${answer.body.slice(0, 300)}`
  }
  const { errors, data } = JSON.parse(answer.body) as Shown
  const codes = errors?.map(({ extensions }) => extensions?.code)
  if (codes?.some((code) => code === 'INTERNAL' || !ERROR_CODES.includes(code as never))) return answer.body
  // Whoever logs what he is told logs what he wrote: a NIK or a name, by mistake.
  if (codes)
    return text.length > 4 && answer.body.includes(JSON.stringify(text).slice(1, -1))
      ? answer.body
      : undefined
  return JSON.stringify(data) === JSON.stringify(await dataOfNothing(place))
    ? undefined
    : `answered ${answer.body}`
}
