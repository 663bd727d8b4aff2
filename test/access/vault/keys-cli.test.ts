// Real: the compiled command line, the embedded database in a folder.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generateNikKey } from '../../../src/kernel/nik-keys.ts'
import { Payung } from '../../server/payung.ts'

describe('keys on the command line', { timeout: 120_000 }, () => {
  const payung = new Payung()
  const next = generateNikKey('next')
  const partner = { PAYUNG_PARTNER_KEYS: `kemensos:${Buffer.alloc(32, 7).toString('base64')}` }
  const WARNING = /^The vault's keys in .* \(dev-1\) have no backup: payung keys backup --to FILE$/m

  beforeAll(() => payung.compile())
  afterAll(() => payung.remove())

  test('a hub whose keys have no backup says so in one line, until they have one', async () => {
    const seeded = await payung.run(['seed', 'national', '--workers', '1000'])
    expect([seeded.code, seeded.stderr.match(new RegExp(WARNING, 'gm'))?.length]).toEqual([0, 1])
    expect(seeded.stdout).not.toMatch(WARNING)
    const inside = await payung.run(['keys', 'backup', '--to', join(payung.folder, 'data', 'keys')])
    expect([inside.code, inside.stderr]).toEqual([1, expect.stringContaining('is inside')])
    expect((await payung.run(['rotate-keys'])).stderr).toMatch(WARNING)

    const to = join(payung.folder, 'keys')
    const backup = await payung.run(['keys', 'backup', '--to', to, '--json'])
    expect([backup.code, JSON.parse(backup.stdout)]).toEqual([0, { file: to, keys: ['dev-1'] }])
    expect((await payung.run(['rotate-keys'])).stderr).not.toMatch(WARNING)
  })

  test('a partner is indexed with the key of the environment, and removed without it', async () => {
    const indexed = await payung.run(['index-partner', 'kemensos', '--json'], partner)
    expect([indexed.code, JSON.parse(indexed.stdout)]).toEqual([0, { partner: 'kemensos', indexed: 1000 }])
    const unknown = await payung.run(['index-partner', 'bappenas'], partner)
    expect([unknown.code, unknown.stderr]).toEqual([1, 'PAYUNG_PARTNER_KEYS has no key for bappenas.\n'])
    const removed = await payung.run(['index-partner', 'kemensos', '--remove', '--json'])
    expect([removed.code, JSON.parse(removed.stdout)]).toEqual([0, { partner: 'kemensos', dropped: 1000 }])
  })

  test('keys rotate and retire, and afterwards the former key opens nothing', async () => {
    const former = readFileSync(join(payung.folder, 'data', 'nik-keys'), 'utf8').trim()
    const env = { PAYUNG_NIK_KEYS: `${next},${former}` }
    const rotated = await payung.run(['rotate-keys', '--json'], env)
    expect([rotated.code, JSON.parse(rotated.stdout)]).toEqual([0, { key: 'next', identities: 1000 }])
    const retired = await payung.run(['rotate-keys', '--retire', 'dev-1'], { PAYUNG_NIK_KEYS: next })
    expect(retired).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1000 tokens of dev-1 were dropped'),
    })
    const late = await payung.run(['rotate-keys'])
    expect([late.code, late.stderr]).toEqual([1, expect.stringContaining('- next')])
    expect(late.stderr).not.toContain('    at ')
  })

  test('help tells the whole recipe', async () => {
    const { stdout } = await payung.run(['rotate-keys', '--help'])
    expect(stdout).toMatch(/old,new.*new,old.*rotate-keys.*--retire old/s)
  })
})
