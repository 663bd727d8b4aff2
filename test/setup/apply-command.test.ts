import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadAreas } from '../../src/areas/load-areas.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { packageRoot } from '../../src/kernel/package-root.ts'
import { silentProgress } from '../../src/kernel/progress.ts'
import { entities } from '../harness/entities.ts'
import { Payung } from '../server/payung.ts'

// Real: the compiled command line, on an embedded database in a folder of its own.

describe('payung apply', { timeout: 120_000 }, () => {
  const payung = new Payung()
  const hub = join(payung.folder, 'hub.yaml')
  const recipe = readFileSync(join(packageRoot, 'docs/setting-up-a-hub.md'), 'utf8')
  const [, example] = /^```yaml\n(.*?)\n```$/ms.exec(recipe)!
  const apply = (...more: string[]) =>
    payung.run(['apply', hub, ...more], { PAYUNG_TODAY: '2026-11-22', PAYUNG_SEED: 'none' })

  const withData = async <Result>(work: (db: Database) => Promise<Result>): Promise<Result> => {
    const db = await openDatabase({ dataDir: join(payung.folder, 'data') }, entities)
    try {
      return await work(db)
    } finally {
      await db.close()
    }
  }

  beforeAll(async () => {
    await payung.compile()
    writeFileSync(hub, example!)
  })
  afterAll(() => payung.remove())

  test('without --yes makes no hub, no tables and no areas, and says what is missing', async () => {
    const nothing = await apply()
    expect([nothing.code, nothing.stdout, nothing.stderr.trimEnd()]).toEqual([
      1,
      '',
      'The database has not the tables of this version. Run payung migrate first.',
    ])
    expect(existsSync(join(payung.folder, 'data'))).toBe(false)
    await payung.run(['migrate'])
    const areas = () => withData((db) => db.query('/* test.areas */ select from province'))
    for (let time = 0; time < 2; time++) {
      const { code, stdout, stderr } = await apply()
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toContain('The areas of Indonesia are not loaded')
      expect(await areas()).toEqual([])
    }
    // Tables of an older version are left as they are.
    await withData((db) =>
      db.query('/* test.older */ delete from migration where id = (select max(id) from migration)'),
    )
    expect((await apply()).stderr).toContain('Run payung migrate first.')
    await withData((db) => db.query('/* test.nothing */ drop schema public cascade; create schema public'))
    expect((await apply()).stderr).toContain('Run payung migrate first.')
    expect(
      await withData((db) => db.query(`/* test.tables */ select from pg_tables where schemaname = 'public'`)),
    ).toEqual([])
    rmSync(join(payung.folder, 'data'), { recursive: true })
  })

  test('brings an empty folder to what the file says with --yes, says so first where it can, and does it once', async () => {
    await payung.run(['migrate'])
    await withData((db) => loadAreas(db, silentProgress))
    const created = [
      'create     payer      Kabupaten Tangerang (REGENCY)',
      'create     payer      Provinsi Banten (PROVINCE)',
      'create     agreement  kab-tangerang and banten from 2026-01-01',
      'create     program    KAB-TANGERANG-RENTAN-2026',
      'create     budget     kab-tangerang 2026 APBD_REGENCY, Dinas Tenaga Kerja',
    ]
    const dry = await apply()
    expect([dry.code, dry.stdout.trimEnd().split('\n')]).toEqual([
      0,
      [...created, 'Nothing was changed yet: --yes does it.'],
    ])
    const done = await apply('--yes')
    expect([done.code, done.stdout.trimEnd().split('\n')]).toEqual([0, [...created, 'Done.']])
    expect(await apply()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('The hub is so already.'),
    })
    const again = await apply('--yes')
    expect([again.code, again.stdout.trimEnd().split('\n')]).toEqual([
      0,
      [...created.map((line) => line.replace('create   ', 'unchanged')), 'The hub is so already.'],
    ])
  })

  test('exits 1 and changes nothing when a row is refused, and tells each row as JSON', async () => {
    writeFileSync(
      hub,
      example!.replace('reference: PKS 7/2026', 'reference: PKS 8/2026').replace('16800', '17000'),
    )
    const { code, stdout } = await apply('--yes')
    expect(code).toBe(1)
    expect(stdout).toContain(
      'refused    agreement  kab-tangerang and banten from 2026-01-01: The agreement is there',
    )
    expect(stdout).toContain('revise     program    KAB-TANGERANG-RENTAN-2026: contribution 16800 -> 17000\n')
    expect(stdout).toMatch(/\nNothing was changed, because something is refused\.\n$/)
    const told = await apply('--json')
    const { rows, done } = JSON.parse(told.stdout)
    expect([told.code, told.stderr, done]).toEqual([1, '', false])
    expect(rows.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'UNCHANGED',
      'UNCHANGED',
      'REFUSED',
      'REVISE',
      'UNCHANGED',
    ])
  })

  test('says every mistake of a file, and that there is none, in plain words', async () => {
    writeFileSync(hub, example!.replace('maxDecile: 4', 'maxDecile: 11').replace('year: 2026', 'year: 26'))
    const wrong = await apply('--yes')
    expect([wrong.code, wrong.stdout]).toEqual([1, ''])
    expect(wrong.stderr.trimEnd().split('\n')).toEqual([
      `${hub} has mistakes:`,
      '  - programs, row 1, maxDecile: must be a decile from 1 to 10',
      '  - budgets, row 1, year: must be a year from 2000 to 2999',
    ])
    const missing = await payung.run(['apply', 'nowhere.yaml'])
    expect([missing.code, missing.stderr]).toEqual([1, 'There is no nowhere.yaml.\n'])
  })
})
