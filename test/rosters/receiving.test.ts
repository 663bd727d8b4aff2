import { createHmac, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { temporaryNikKeys } from '../../src/access/vault/nik-keys.ts'
import { nikToken, openNik } from '../../src/access/vault/vault.ts'
import type { Hub } from '../../src/app.ts'
import type { Context } from '../../src/contract/context.ts'
import { Fault } from '../../src/kernel/errors.ts'
import type { Nik } from '../../src/kernel/nik.ts'
import { deleteAbandonedDrafts } from '../../src/rosters/receiving/draft.ts'
import { type RosterFacts, receiveRoster } from '../../src/rosters/receiving/receive-roster.ts'
import { someAreas } from '../harness/areas.ts'
import { aPayer, aProgram } from '../harness/builders.ts'
import { openTestHub } from '../harness/hub.ts'
import { PLANTED_NAME } from '../harness/planted-name.ts'
import { auditReader, aViewer } from '../harness/viewers.ts'
import { aCsv, aLine, HEADER } from './file/reading.ts'

// Real: the hub, the vault's keys, the file's reader, on PGlite in memory.

const LIMITS = { rows: 10_000, bytes: 10_000_000 }

let hub: Hub
let payer: string
let other: string
let facts: RosterFacts
let audit: ReturnType<typeof auditReader>
beforeAll(async () => {
  hub = await openTestHub()
  await someAreas(hub)
  const tangerang = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  payer = tangerang.id
  other = (await aPayer('REGENCY', { area: '36.71' }).in(hub)).id
  const program = await aProgram(tangerang).during('2023-01..2023-12').in(hub)
  facts = { program: program.code, from: '2023-06', to: '2023-12', format: 'csv' }
})
afterAll(() => hub.close())
beforeEach(async () => {
  await hub.db.query(
    `delete from roster_row; delete from roster_identity; delete from roster_step; delete from roster`,
  )
  audit = auditReader(hub)
  await audit()
})

const clerk = () => aViewer('clerk', ['36.03'], { subject: 'siti', payer })
const asked = () => hub.context({ viewer: clerk() })

function receive(
  csv: string | AsyncIterable<Uint8Array>,
  more: Partial<RosterFacts> = {},
  context: Context = asked(),
) {
  const body = typeof csv === 'string' ? Readable.from([Buffer.from(csv)]) : csv
  return receiveRoster(context, { ...facts, ...more }, body, LIMITS)
}

/** A file of so many people. */
function aFile(count: number, serial = (n: number) => 1 + (n % 9) + 10 * Math.floor(n / 9)): string {
  const lines = Array.from({ length: count }, (_, n) =>
    aLine({ nik: `360301570590${String(serial(n)).padStart(4, '0')}` }),
  )
  return aCsv([HEADER, ...lines])
}

async function left() {
  const tables = ['roster', 'roster_step', 'roster_row', 'roster_identity'] as const
  const counts = tables.map((table) => `(select count(*)::int from ${table}) as ${table}`)
  return (await hub.db.query(`/* test.left */ select ${counts.join(', ')}`))[0]
}
const NOTHING = { roster: 0, roster_step: 0, roster_row: 0, roster_identity: 0 }

async function refusal(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (error) => error,
  )
  if (!(error instanceof Fault)) throw new Error('It was not refused.', { cause: error })
  return { code: error.code, field: error.field, message: error.message }
}

describe('a file that is received', () => {
  test('becomes a roster whose rows say what was read, and apart from them who they are', async () => {
    const csv = aCsv([
      HEADER,
      aLine(),
      aLine({ nik: '3671.0117.059.09002', jenis_kelamin: 'L', desil: '' }),
      aLine({ nik: '12345', tanggal_lahir: 'yesterday', kode_desa: '' }),
    ])
    const received = await receive(csv)
    expect(received).toEqual({ id: expect.any(String), isNew: true, state: 'SCREENING' })
    const [roster] = await hub.db.query('/* test.roster */ select * from roster')
    expect(roster).toMatchObject({
      program_code: facts.program,
      payer_id: payer,
      period: '[2023-06-01,2024-01-01)',
      state: 'SCREENING',
      version: 1,
      replaces_id: null,
      row_count: 3,
      done: 0,
      areas: ['36.03'],
      submitted_by: null,
    })
    const steps = await hub.db.query(
      '/* test.steps */ select state, actor, actor_payer_id from roster_step order by id',
    )
    expect(steps).toEqual([
      { state: 'DRAFT', actor: 'siti', actor_payer_id: payer },
      { state: 'SCREENING', actor: 'siti', actor_payer_id: payer },
    ])
    const rows = await hub.db.query<Record<string, unknown>>(
      '/* test.rows */ select * from roster_row order by row',
    )
    expect(rows).toMatchObject([
      {
        row: 1,
        outcome: null,
        category: 'FARM_LABOURER',
        sex: 'FEMALE',
        birth_month: '1990-05-01',
        village_code: '36.03.01.2001',
        welfare_decile: 2,
        problems: [],
        nik_findings: [],
      },
      { row: 2, sex: 'MALE', welfare_decile: null, nik_findings: [{ code: 'MOVED', level: 'INFO' }] },
      {
        row: 3,
        birth_month: null,
        village_code: null,
        problems: [
          { code: 'UNREADABLE', field: 'birth_date' },
          { code: 'MISSING', field: 'village_code' },
        ],
        nik_findings: [{ code: 'LENGTH', level: 'ERROR' }],
      },
    ])
    const people = await hub.db.query<{ nik_token: Uint8Array; nik_cipher: Uint8Array }>(
      '/* test.people */ select * from roster_identity order by row',
    )
    const [key] = hub.nikKeys
    expect(people).toMatchObject([
      { row: 1, key_id: key.id, full_name: PLANTED_NAME, birth_date: '1990-05-17' },
      { row: 2, key_id: key.id },
      { row: 3, key_id: null, nik_token: null, nik_cipher: null, birth_date: null },
    ])
    const [siti] = people
    expect(Buffer.from(siti!.nik_token)).toEqual(nikToken('3603015705909001' as Nik, key))
    expect(openNik(siti!.nik_cipher, siti!.nik_token, key)).toBe('3603015705909001')
    expect(JSON.stringify([roster, steps, rows])).not.toMatch(/\d{16}/)
    expect(await audit()).toEqual([
      {
        actor: 'siti',
        action: 'MUTATION',
        outcome: 'DONE',
        purpose: 'ROSTER_PREP',
        what: 'Roster.receive',
        workers: [],
        people: 3,
        reason: null,
      },
    ])
  })

  test('arrives in batches, of which others hear, and between which readers are answered', async () => {
    const heard: number[] = []
    let answered = 0
    let isOver = false
    const reading = (async () => {
      while (!isOver) {
        await hub.db.query('/* test.read */ select 1')
        answered++
        await setImmediate()
      }
    })()
    await receiveRoster(asked(), facts, Readable.from([Buffer.from(aFile(3_500))]), LIMITS, (rows) =>
      heard.push(rows),
    )
    isOver = true
    await reading
    expect(heard.length).toBeGreaterThan(2)
    expect(heard.at(-1)).toBe(3_500)
    expect(answered).toBeGreaterThanOrEqual(heard.length)
    expect(await left()).toMatchObject({ roster: 1, roster_row: 3_500, roster_identity: 3_500 })
  })

  test('that went through a spreadsheet’s numbers is damaged as a whole, and its people are not kept', async () => {
    const received = await receive(aFile(60, (n) => 10 * (n + 1)))
    expect(received).toMatchObject({ isNew: true, state: 'DAMAGED' })
    expect(await left()).toEqual({ roster: 1, roster_step: 2, roster_row: 0, roster_identity: 0 })
    const [step] = await hub.db.query('/* test.step */ select * from roster_step order by id desc limit 1')
    expect(step).toMatchObject({ state: 'DAMAGED', reason: expect.stringContaining('formatted as text') })
  })
})

describe('the same file', () => {
  test('for the same program and months is the same roster, even if it was damaged', async () => {
    const first = await receive(aFile(10))
    expect(await receive(aFile(10))).toEqual({ id: first.id, isNew: false, state: 'SCREENING' })
    const damaged = await receive(aFile(60, (n) => 10 * (n + 1)))
    expect(await receive(aFile(60, (n) => 10 * (n + 1)))).toEqual({ ...damaged, isNew: false })
    expect(await left()).toMatchObject({ roster: 2, roster_row: 10, roster_identity: 10 })
  })

  test('is another roster for other months, after it was withdrawn, and with one byte more', async () => {
    const first = await receive(aFile(10))
    expect((await receive(aFile(10), { to: '2023-11' })).isNew).toBe(true)
    expect((await receive(`${aFile(10)}\n`)).isNew).toBe(true)
    await hub.db.query(`/* test.withdraw */ update roster set state = 'WITHDRAWN' where id = $1`, [first.id])
    expect((await receive(aFile(10))).isNew).toBe(true)
  })

  test('sent several times at once is one roster, and all are told so', async () => {
    const received = await Promise.all([1, 2, 3, 4].map(() => receive(aFile(2_500))))
    expect(new Set(received.map(({ id }) => id)).size).toBe(1)
    expect(received.filter(({ isNew }) => isNew)).toHaveLength(1)
    expect(await left()).toMatchObject({ roster: 1, roster_row: 2_500, roster_identity: 2_500 })
  })

  test('is found when it was sent under a former key of the vault', async () => {
    const first = await receive(aFile(10))
    const [next] = temporaryNikKeys()
    const rotated: Context = Object.create(asked(), {
      nikKeys: { value: [{ ...next, id: 'next' }, ...hub.nikKeys] },
    })
    expect(await receive(aFile(10), {}, rotated)).toEqual({ id: first.id, isNew: false, state: 'SCREENING' })
  })

  test('cannot be recognized without the key', async () => {
    await receive(aFile(10))
    const [roster] = await hub.db.query<{ digest: Uint8Array; key_id: string }>(
      '/* test.digest */ select * from roster',
    )
    const [{ id, hmacKey }] = hub.nikKeys
    expect(roster!.key_id).toBe(id)
    const keyed = (key: Parameters<typeof createHmac>[1]) =>
      createHmac('sha256', key).update('roster file ').update(aFile(10)).digest()
    expect(Buffer.from(roster!.digest)).toEqual(keyed(hmacKey))
    expect(Buffer.from(roster!.digest)).not.toEqual(keyed(randomBytes(32)))
  })
})

describe('a file that is not received', () => {
  test.each([
    ['no rows', () => aCsv([HEADER]), /nobody in it/],
    ['too many rows', () => aFile(10_001), /more than 10,000 rows/],
    ['a header without NIKs', () => 'nama\nA', /too few columns/],
    ['nothing', () => '', /empty/],
  ])('because it has %s leaves nothing behind, and is recorded', async (_why, csv, message) => {
    expect(await refusal(receive(csv()))).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'file',
      message: expect.stringMatching(message),
    })
    expect(await left()).toEqual(NOTHING)
    expect(await audit()).toMatchObject([
      { outcome: 'REFUSED', reason: 'BAD_USER_INPUT', what: 'Roster.receive', people: 0 },
    ])
  })

  test('because its sender hangs up in the middle leaves nothing behind', async () => {
    async function* half() {
      yield Buffer.from(aFile(2_500))
      throw new Error('hung up')
    }
    await expect(receive(half())).rejects.toThrow('hung up')
    expect(await left()).toEqual(NOTHING)
    expect(await audit()).toMatchObject([{ outcome: 'FAILED', reason: 'INTERNAL' }])
  })

  test('because it was given up meanwhile leaves nothing behind', async () => {
    let isOld = false
    async function* slow() {
      for (let at = 0; ; at += 1_000) {
        const lines = aFile(at + 1_000).split('\n')
        yield Buffer.from(`${lines.slice(at === 0 ? 0 : at + 1).join('\n')}\n`)
        if (at === 0) continue
        if (isOld) return
        await hub.db.query(`/* test.age */ update roster_step set at = now() - interval '61 minutes'`)
        expect(await deleteAbandonedDrafts(hub.db)).toBe(1)
        isOld = true
      }
    }
    expect(await refusal(receive(slow()))).toMatchObject({ code: 'CONFLICT' })
    expect(await left()).toEqual(NOTHING)
  })

  test('because its process died is deleted after an hour, and nothing else is', async () => {
    await receive(aFile(10))
    await hub.db.query(`/* test.old */ update roster_step set at = now() - interval '2 hours'`)
    await hub.db.query(
      `/* test.drafts */ with draft as (
        insert into roster (program_code, payer_id, period, areas)
        select program_code, payer_id, period, areas from roster, generate_series(1, 2) returning id
      ), rows as (
        insert into roster_row (roster_id, row) select id, row from draft, generate_series(1, 12000) as row
      ), people as (
        insert into roster_identity (roster_id, row) select id, row from draft, generate_series(1, 12000) as row
      )
      insert into roster_step (roster_id, state, at)
      select id, 'DRAFT', now() - case when id = (select min(id) from draft) then 61 else 59 end * interval '1 minute'
      from draft`,
    )
    expect(await deleteAbandonedDrafts(hub.db)).toBe(1)
    expect(await left()).toEqual({ roster: 2, roster_step: 3, roster_row: 12_010, roster_identity: 12_010 })
    expect(await deleteAbandonedDrafts(hub.db)).toBe(0)
  })
})

describe('what is said of a file', () => {
  const WRONG: [string, Partial<RosterFacts>, string, RegExp][] = [
    ['an unknown program', { program: 'NOSUCH' }, 'program', /no program/],
    ['a month that is none', { from: '2023-13' }, 'from', /not a month/],
    ['the last of all months', { to: '2999-12' }, 'to', /not a month/],
    ['months that run backward', { from: '2023-07', to: '2023-06' }, 'to', /before the first/],
    ['too many months', { from: '2023-01', to: '2033-01' }, 'to', /60 months/],
    ['a month before the program', { from: '2022-12' }, 'from', /from 2023-01 to 2023-12/],
    ['a month after the program', { to: '2024-01' }, 'to', /from 2023-01 to 2023-12/],
    ['a roster that is not there', { replaces: '404' }, 'replaces', /no roster/],
    ['a roster that is no id', { replaces: 'x' }, 'replaces', /no roster/],
  ]
  test.each(WRONG)('%s is refused before the file is read', async (_what, wrong, field, message) => {
    let isRead = false
    async function* body() {
      isRead = true
      yield Buffer.from(aFile(10))
    }
    expect(await refusal(receive(body(), wrong))).toEqual({
      code: 'BAD_USER_INPUT',
      field,
      message: expect.stringMatching(message),
    })
    expect([isRead, await left()]).toEqual([false, NOTHING])
  })

  test('is for those who may send rosters in, for their own payer', async () => {
    const as = (context: Context) => refusal(receive(aFile(10), {}, context))
    expect(await as(hub.context({ viewer: { permissions: new Set(), areas: [] } }))).toMatchObject({
      code: 'UNAUTHENTICATED',
    })
    expect(await as(hub.context({ viewer: aViewer('analyst', ['36.03'], { payer }) }))).toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('roster:write'),
    })
    const stranger = aViewer('clerk', ['36'], { payer: other })
    expect(await as(hub.context({ viewer: stranger }))).toMatchObject({ code: 'FORBIDDEN', field: 'program' })
    expect(await left()).toEqual(NOTHING)
    expect((await audit()).map(({ reason }) => reason)).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN'])
  })

  test('may name the roster that it corrects, once that is screened', async () => {
    const first = await receive(aFile(10))
    const corrected = () => receive(aFile(11), { replaces: first.id })
    expect(await refusal(corrected())).toMatchObject({
      field: 'replaces',
      message: expect.stringContaining('SCREENING'),
    })
    await hub.db.query(`/* test.screened */ update roster set state = 'SCREENED'`)
    const second = await corrected()
    const [roster] = await hub.db.query(
      '/* test.second */ select version, replaces_id from roster where id = $1',
      [second.id],
    )
    expect(roster).toEqual({ version: 2, replaces_id: first.id })
  })
})
