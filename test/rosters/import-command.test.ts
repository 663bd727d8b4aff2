import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadRates } from '../../seeds/load-rates.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { someAreas } from '../harness/areas.ts'
import { aBudget, aPayer, aProgram } from '../harness/builders.ts'
import { entities } from '../harness/entities.ts'
import { finished, Payung, servedAt } from '../server/payung.ts'
import { aCsv, aLine, HEADER } from './file/reading.ts'

// Real: the compiled command line, on an embedded database in a folder of its own, and a server that it starts.

describe('payung import roster', { timeout: 120_000 }, () => {
  const payung = new Payung()
  const env = { PAYUNG_TODAY: '2023-05-15', PAYUNG_SEED: 'none', LOG_LEVEL: 'warn' }
  const months = ['--from', '2023-06', '--to', '2023-12']
  let program: string[]
  let payer: string

  const importing = (name: string, more: readonly string[] = [], others: Record<string, string> = {}) =>
    payung.run(['import', 'roster', join(payung.folder, name), ...program, ...months, ...more], {
      ...env,
      ...others,
    })

  const withData = async <Result>(work: (db: Database) => Promise<Result>): Promise<Result> => {
    const db = await openDatabase({ dataDir: join(payung.folder, 'data') }, entities)
    try {
      return await work(db)
    } finally {
      await db.close()
    }
  }

  const write = (name: string, people: readonly string[][]) =>
    writeFileSync(join(payung.folder, name), aCsv([HEADER, ...people]))
  const living = { kode_desa: '36.03.01.2003' }

  beforeAll(async () => {
    await payung.compile()
    await withData(async (db) => {
      await db.migrate()
      await someAreas({ db })
      await db.transaction(loadRates)
      const regency = await aPayer('REGENCY', { area: '36.03' }).in({ db })
      payer = regency.id
      program = ['--program', (await aProgram(regency).during('2023-01..2023-12').in({ db })).code]
      await aBudget(regency, 2023, 200_000n).in({ db })
    })
    write('people.csv', [
      aLine(living),
      aLine({ ...living, nik: '3603015705909002', nama: 'Rohayati', tanggal_lahir: '1990-06-17' }),
      aLine({ ...living, nik: '12345' }),
    ])
    write('more.csv', [
      aLine({ ...living, nik: '3603015705909003', nama: 'Kasim', tanggal_lahir: '1991-01-02' }),
    ])
    write('busy.csv', [
      aLine({ ...living, nik: '3603015705909004', nama: 'Sumarni', tanggal_lahir: '1992-03-04' }),
    ])
    write(
      'rounded.csv',
      Array.from({ length: 50 }, (_, n) => aLine({ nik: `36030157059${100 + n}00` })),
    )
    write('headless.txt', [])
  })
  afterAll(() => payung.remove())

  test('receives and screens a file, says what came of it, and does it once', async () => {
    const first = await importing('people.csv')
    expect([first.code, first.stdout.split('\n')]).toEqual([
      0,
      [
        'Roster 1 is SCREENED.',
        '3 rows:',
        '  INVALID_NIK          1',
        '  ELIGIBLE             2',
        'Enrolling 1 person costs Rp 117.600. For 1 it does not last.',
        'Budget of 2023: all who are eligible need Rp 235.200, Rp 200.000 is left.',
        '',
      ],
    ])
    expect(first.stderr).toMatch(/^reading {2}[\d.]+ s\nscreening {2}3 rows/)
    const again = await importing('people.csv', ['--json'])
    expect(JSON.parse(again.stdout)).toEqual({
      id: '1',
      isNew: false,
      state: 'SCREENED',
      reason: null,
      rowCount: 3,
      outcomes: [
        { outcome: 'INVALID_NIK', rows: 1 },
        { outcome: 'ELIGIBLE', rows: 2 },
      ],
      cost: '117600',
      fits: 1,
      overBudget: 1,
      budgets: [{ fiscalYear: 2023, needed: '235200', remaining: '200000' }],
    })
    const actors = await withData((db) =>
      db.query('/* test.actors */ select distinct actor, payer_id from audit_event'),
    )
    expect(actors).toEqual([{ actor: `cli:${userInfo().username}`, payer_id: payer }])
  })

  test('refuses what it cannot read in plain words', async () => {
    const words = async (name: string, more: readonly string[] = []) => {
      const { code, stderr } = await importing(name, more)
      expect(code).toBe(1)
      return stderr
    }
    expect(await words('nosuch.csv')).toMatch(/^There is no .*nosuch\.csv\.\n$/)
    expect(await words('headless.txt')).toContain('ends neither in .csv nor in .xlsx')
    expect(await words('people.csv', ['--url', 'hub'])).toContain('--url is the address of a hub that runs')
    expect(await words('people.csv', ['--url', 'http://127.0.0.1:4'])).toContain('Set PAYUNG_TOKEN')
    expect((await payung.run(['import', 'roster', 'people.csv'])).code).toBe(2)
  })

  test('sends a file to a hub that runs, which has the folder open, and exits 1 for a damaged one', async () => {
    const served = payung.start(['serve'], { ...env, PORT: '0' })
    const end = finished(served)
    const url = await servedAt(served)
    const here = await importing('more.csv')
    expect([here.code, here.stderr]).toEqual([1, expect.stringContaining('--url')])

    const signed = await payung.run(['token', '--role', 'clerk', '--area', '36', '--payer', payer])
    const token = { PAYUNG_TOKEN: signed.stdout }
    const there = await importing('more.csv', ['--url', url], token)
    expect([there.code, there.stdout]).toEqual([
      0,
      expect.stringMatching(/^Roster \d+ is SCREENED\.\n1 rows:\n {2}ELIGIBLE +1\nEnrolling 1 person costs/),
    ])
    expect(there.stderr).toMatch(/^sending/)
    const damaged = await importing('rounded.csv', ['--url', url], token)
    expect([damaged.code, damaged.stdout]).toEqual([
      1,
      expect.stringMatching(/is DAMAGED\..*formatted as text/s),
    ])
    expect((await importing('more.csv', ['--url', url], { PAYUNG_TOKEN: 'nonsense' })).stderr).toMatch(
      /token/i,
    )
    expect((await importing('more.csv', ['--url', 'http://127.0.0.1:4'], token)).stderr).toContain(
      'The hub at http://127.0.0.1:4 cannot be reached: ECONNREFUSED.',
    )

    // A hub that is busy with the file is asked again, but not for ever; the file is not sent a second time.
    const busy = await tooBusy(url, 2)
    const waited = await importing('busy.csv', ['--url', busy.url], token)
    expect([waited.code, busy.left()]).toEqual([0, 0])
    busy.say(Infinity)
    const gaveUp = await importing('busy.csv', ['--url', busy.url], token)
    expect([gaveUp.code, gaveUp.stderr]).toEqual([
      1,
      expect.stringMatching(
        /The file is there, as roster \d+, but how far it is cannot be seen\..* answers 503/,
      ),
    ])
    busy.close()
    served.kill('SIGTERM')
    expect((await end).code).toBe(0)
  })
})

/** A hub behind somebody who says that it is too busy to answer questions, so many times. */
async function tooBusy(hub: string, times: number) {
  let left = times
  const server = createServer(async (request, response) => {
    const { method, url = '/', headers } = request
    if (url === '/graphql' && left > 0) {
      left--
      response.writeHead(503, { 'retry-after': '0' }).end()
      return
    }
    const { authorization = '', 'content-type': type = '' } = headers
    const asked = { method, headers: { authorization, 'content-type': type } }
    const answer = await fetch(new URL(url, hub), { ...asked, body: request, duplex: 'half' } as never)
    response.writeHead(answer.status).end(await answer.text())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    left: () => left,
    say: (more: number) => {
      left = more
    },
    close: () => server.close(),
  }
}
