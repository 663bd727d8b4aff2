import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { MIGRATION_NAMES } from '../../src/db/migrations/names.ts'
import { hubSdl } from '../../src/graph/schema.ts'
import { entities } from '../harness/entities.ts'
import { finished, Payung, servedAt } from './payung.ts'

describe('the command line', { timeout: 120_000 }, () => {
  const payung = new Payung()
  beforeAll(() => payung.compile())
  afterAll(() => payung.remove())

  test('helps with every command', async () => {
    for (const args of [
      [],
      ['serve'],
      ['migrate'],
      ['seed'],
      ['apply'],
      ['import'],
      ['import', 'roster'],
      ['schema'],
      ['token'],
      ['rotate-keys'],
      ['index-partner'],
      ['keys', 'backup'],
      ['verify'],
      ['verify', 'schema'],
      ['verify', 'audit'],
      ['verify', 'ledger'],
    ]) {
      const { code, stdout } = await payung.run([...args, '--help'])
      expect(code).toBe(0)
      expect(stdout).toContain(['Usage: payung', ...args].join(' '))
    }
  })

  test('exits 2 when it was not understood', async () => {
    for (const args of [['serv'], ['seed', '--workers', 'many'], ['migrate', '--nosuch'], ['verify']]) {
      const { code, stdout, stderr } = await payung.run(args)
      expect([args, code, stdout]).toEqual([args, 2, ''])
      expect(stderr).not.toBe('')
    }
  })

  test('exits 1 and says every mistake of the configuration in plain words, without a stack', async () => {
    const { code, stderr } = await payung.run(['serve'], { PORT: 'http', HOST: '0.0.0.0' })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^The configuration has mistakes:/)
    expect(stderr).toContain('PORT must be a whole number')
    expect(stderr).toContain('HOST must be a loopback address')
    expect(stderr).not.toContain('    at ')
  })

  test('prints the contract, and names the files of a folder that are not what the code makes', async () => {
    expect((await payung.run(['schema'])).stdout).toBe(hubSdl())
    const folder = mkdtempSync(join(payung.folder, 'schema-'))
    const stale = async () =>
      (await payung.run(['schema', '--check', folder])).stderr.split('\n').slice(1, -1)
    expect(await stale()).toEqual(
      ['hub.graphql', 'access.md', 'documents.json'].map((file) => `  - ${join(folder, file)}`),
    )
    await payung.run(['schema', '--out', folder])
    expect((await payung.run(['schema', '--check', folder])).code).toBe(0)
    writeFileSync(join(folder, 'hub.graphql'), 'type Query { other: Int }')
    expect((await payung.run(['schema', '--check', folder])).code).toBe(1)
    expect(await stale()).toEqual([`  - ${join(folder, 'hub.graphql')}`])
  })

  test('migrates once, and finds that tables and entities agree', async () => {
    const first = await payung.run(['migrate', '--json'])
    expect([first.code, JSON.parse(first.stdout)]).toEqual([0, { applied: [...MIGRATION_NAMES] }])
    const second = await payung.run(['migrate', '--json'])
    expect(JSON.parse(second.stdout)).toEqual({ applied: [] })
    const verified = await payung.run(['verify', 'schema', '--json'])
    expect([verified.code, JSON.parse(verified.stdout)]).toEqual([0, { differences: [] }])
  })

  test('proves the audit trail, and exits 1 with what was tampered with', async () => {
    const holds = await payung.run(['verify', 'audit'])
    expect([holds.code, holds.stdout]).toEqual([
      0,
      'The audit trail holds: 0 events, 0 seals, 0 not sealed yet.\n',
    ])
    const db = await openDatabase({ dataDir: join(payung.folder, 'data') }, entities)
    await db.transaction((query) =>
      query(`set local session_replication_role = replica;
        insert into audit_event (id, action, outcome, what, request_id)
        values (7, 'MUTATION', 'DONE', 'enrollWorker', 'r')`),
    )
    await db.close()
    const broken = await payung.run(['verify', 'audit'])
    expect([broken.code, broken.stdout]).toEqual([
      1,
      expect.stringMatching(/^The audit trail does not hold\. Event 7 is in no seal/),
    ])
    const { code, stdout } = await payung.run(['verify', 'audit', '--json'])
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { events: 1, broken: { events: ['7'] } }])
  })

  test('refuses a scenario that does not exist, and names those that do', async () => {
    const { code, stderr } = await payung.run(['seed', 'atlantis'])
    expect(code).toBe(1)
    expect(stderr).toContain('tangerang-2022')
  })

  test('serves until a signal stops it, and refuses a second process on the same folder with the reason', async () => {
    const env = { PORT: '0', PAYUNG_SEED: 'none' }
    const child = payung.start(['serve'], env)
    const end = finished(child)
    const address = await servedAt(child)
    expect(await (await fetch(`${address}/health/ready`)).json()).toEqual({ status: 'ready' })

    const second = await payung.run(['serve'], env)
    expect(second.code).toBe(1)
    expect(second.stderr).toContain(`is in use by process ${child.pid}`)
    expect(second.stderr).not.toContain('    at ')

    child.kill('SIGTERM')
    expect((await end).code).toBe(0)
    expect((await payung.run(['migrate'])).stdout).toBe('The database is up to date.\n')
  })
})

test('a command line that is not built yet says how to build it', async () => {
  const payung = new Payung()
  payung.copyBin()
  const { code, stderr } = await payung.run(['serve'])
  payung.remove()
  expect([code, stderr]).toEqual([1, 'Payung is not built yet. Run: npm run build\n'])
})
