// Real: a PostgreSQL server, and processes of the compiled hub that work on a roster and are killed without a warning, each at
// another moment; an undisturbed process works on a copy of the same database.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadRates } from '../../seeds/load-rates.ts'
import { type Random, randomFrom } from '../../seeds/random.ts'
import type { NikKeys } from '../../src/access/vault/nik-keys.ts'
import { type Hub, openHub } from '../../src/app.ts'
import { verifyLedger } from '../../src/enrollments/verify-ledger.ts'
import { generateNikKey, parseNikKeys } from '../../src/kernel/nik-keys.ts'
import { workOnRosters } from '../../src/rosters/roster-work.ts'
import { someAreas } from '../harness/areas.ts'
import { aBudget, aPayer, aProgram } from '../harness/builders.ts'
import { TODAY } from '../harness/hub.ts'
import { describeOnServer, type ServerDatabase, withServerDatabase } from '../harness/server-database.ts'
import { Payung } from '../server/payung.ts'
import {
  approve,
  counted,
  decide,
  dumpOf,
  known,
  mistyped,
  receive,
  reported,
  rowsOf,
  somebody,
} from './roster-world.ts'

const KILLS = 20
const ROWS = 1_500
const CHUNK = 6
const MONTHS = '2023-01..2023-12'
const COST = 12n * 16_800n

/** Works on rosters from the line "go" on; a line for each transaction. A roster that a dead process still holds is waited for. */
const WORKER = `
  const { openHub } = await import(process.env.DIST + '/app.js')
  const { waitingRosters, workOnRosters } = await import(process.env.DIST + '/rosters/roster-work.js')
  const { parseNikKeys } = await import(process.env.DIST + '/kernel/nik-keys.js')
  const hub = await openHub({
    databaseUrl: process.env.DATABASE_URL, nikKeys: parseNikKeys(process.env.PAYUNG_NIK_KEYS).keys, today: process.env.PAYUNG_TODAY,
    dataDir: 'memory', poolSize: 2, production: false, exposeSql: false,
  })
  process.stdin.once('data', async () => {
    while ((await waitingRosters(hub.db.query)).length > 0) {
      await workOnRosters(hub, { chunk: ${CHUNK}, onChunk: ({ done }) => console.log(done) })
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await hub.close()
    process.exit()
  })
  console.log('ready')`

describeOnServer('a roster whose process is killed while it enrolls', { timeout: 180_000 }, () => {
  const payung = new Payung()
  const nikKey = generateNikKey('killed')
  let server: ServerDatabase
  let hub: Hub
  let env: Record<string, string>
  const running: ChildProcess[] = []

  beforeAll(async () => {
    const compiled = payung.compile()
    server = await withServerDatabase()
    hub = await opened(server.url)
    await someAreas(hub)
    await hub.db.transaction(loadRates)
    env = {
      PATH: process.env.PATH!,
      DIST: join(payung.folder, 'dist/src'),
      DATABASE_URL: server.url,
      PAYUNG_NIK_KEYS: nikKey,
      PAYUNG_TODAY: TODAY,
    }
    await compiled
  })

  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL')
    await hub?.close()
    await server?.drop()
    payung.remove()
  })

  test('is enrolled by the next one as if nothing had happened, 20 times over', async () => {
    const roster = await anApprovedRoster()
    const undisturbed = await resultOnACopy(roster)
    const random = randomFrom('killed roster')
    let next = started()
    for (let kill = 1; kill <= KILLS; kill++) {
      const child = await next
      next = started()
      await killedSomewhere(child, random)
    }
    expect(await stateOf(roster)).toBe('ENROLLING')
    const last = await next
    last.stdin!.write('go\n')
    expect(await once(last, 'close')).toEqual([0, null])

    const dump = await dumpOf(hub, roster)
    expect(dump.state).toBe('ENROLLED')
    expect(counted(await rowsOf(hub, roster))).toEqual({
      ALREADY_COVERED: 60,
      ENROLLED: 1_200,
      INELIGIBLE: 20,
      OVER_BUDGET: 210,
      SUSPECT_MATCH: 10,
    })
    expect(dump).toEqual(undisturbed)
    expect((await verifyLedger(hub.db)).broken).toEqual([])
  })

  const opened = (databaseUrl: string) =>
    openHub({
      databaseUrl,
      dataDir: 'memory',
      poolSize: 5,
      nikKeys: parseNikKeys(nikKey).keys as unknown as NikKeys,
      production: false,
      today: TODAY,
      exposeSql: false,
    })

  /** With everything that changes an outcome: people known and new, twins, covered since, dead since, registered since, too little money. */
  async function anApprovedRoster(): Promise<string> {
    const regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
    const province = await aPayer('PROVINCE', { area: '36' }).in(hub)
    const program = await aProgram(regency).during(MONTHS).upToDecile(4).in(hub)
    await aBudget(regency, 2023, 1_200n * COST).in(hub)
    const people = Array.from({ length: ROWS - 20 }, (_, n) => somebody(n, { decile: 1 + (n % 4) }))
    const workers = await known(hub, people.slice(0, 300))
    await reported(hub, province, workers.slice(0, 40), '2022-06..2022-12')
    await reported(hub, province, workers.slice(40, 80), '2021-06..2022-01')
    const asLines = [...people, ...people.slice(290, 310).map(mistyped)]
    const { id } = await receive(hub, { program: program.code, months: MONTHS }, asLines)
    await workOnRosters(hub)
    for (let row = ROWS - 19; row <= ROWS; row++) await decide(hub, id, row, 'OTHER_PERSON')
    await approve(hub, id)
    await known(hub, people.slice(300, 350))
    const newcomers = await known(
      hub,
      [350, 351].map((n) => people[n]!),
    )
    await reported(hub, province, [...workers.slice(80, 138), ...newcomers], '2023-03..2023-04')
    await hub.db.query(
      `/* test.died */ update worker set life_status = 'DECEASED', death_month = '2023-05-01' where id = any($1::bigint[])`,
      [workers.slice(200, 220)],
    )
    return id
  }

  /** What comes of the roster when nobody disturbs it, in chunks of the usual size. */
  async function resultOnACopy(roster: string) {
    const url = new URL(server.url)
    const name = `${url.pathname.slice(1)}_copy`
    await hub.close()
    await administer(`create database ${name} template ${url.pathname.slice(1)}`)
    hub = await opened(server.url)
    url.pathname = `/${name}`
    const copy = await opened(url.href)
    try {
      await workOnRosters(copy)
      return await dumpOf(copy, roster)
    } finally {
      await copy.close()
      await administer(`drop database ${name} with (force)`)
    }
  }

  async function administer(statement: string): Promise<void> {
    const client = new Client({ connectionString: process.env.TEST_DATABASE_URL })
    await client.connect()
    await client.query(statement).finally(() => client.end())
  }

  /** A process that is ready to work. */
  async function started(): Promise<ChildProcess> {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', WORKER], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    running.push(child)
    await once(child.stdout!, 'data')
    return child
  }

  /** Lets it work, and kills it a few transactions later, in the middle of one or between two. */
  async function killedSomewhere(child: ChildProcess, random: Random): Promise<void> {
    let left = random.below(4)
    const ended = once(child, 'close')
    const reached = new Promise<void>((resolve) => {
      createInterface(child.stdout!).on('line', () => {
        if (left-- === 0) resolve()
      })
    })
    child.stdin!.write('go\n')
    await Promise.race([reached, ended])
    await sleep(random.below(25))
    child.kill('SIGKILL')
    expect(await ended).toEqual([null, 'SIGKILL'])
  }

  async function stateOf(roster: string): Promise<string> {
    const [row] = await hub.db.query<{ state: string }>(
      '/* test.state */ select state from roster where id = $1',
      [roster],
    )
    return row!.state
  }
})
