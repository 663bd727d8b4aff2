import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadOrCreateNikKeys, temporaryNikKeys } from '../../../src/access/vault/nik-keys.ts'
import { nikToken } from '../../../src/access/vault/vault.ts'
import { SetupError } from '../../../src/kernel/errors.ts'
import type { Nik } from '../../../src/kernel/nik.ts'

const nik = '3603011203909001' as Nik
const aFolder = () => join(mkdtempSync(join(tmpdir(), 'payung-keys-')), 'data')

test('development keys are made once, and read by their owner only', () => {
  const dataDir = aFolder()
  const [first] = loadOrCreateNikKeys({ dataDir, production: false })
  const [second] = loadOrCreateNikKeys({ dataDir, production: false })
  expect(nikToken(nik, second)).toEqual(nikToken(nik, first))
  expect(readdirSync(dataDir)).toEqual(['nik-keys'])
  expect(statSync(join(dataDir, 'nik-keys')).mode & 0o777).toBe(0o600)
})

test('keys of the configuration go before those of the folder', () => {
  const dataDir = aFolder()
  const nikKeys = temporaryNikKeys()
  expect(loadOrCreateNikKeys({ dataDir, production: true, nikKeys })).toBe(nikKeys)
  expect(() => readdirSync(dataDir)).toThrow()
})

test('production without keys is refused', () => {
  expect(() => loadOrCreateNikKeys({ dataDir: aFolder(), production: true })).toThrow(
    'PAYUNG_NIK_KEYS is required in production',
  )
})

test('a damaged key file is refused and left as it is, its content not repeated', () => {
  const dataDir = aFolder()
  loadOrCreateNikKeys({ dataDir, production: false })
  const file = join(dataDir, 'nik-keys')
  const damaged = readFileSync(file, 'utf8').slice(0, 40)
  writeFileSync(file, damaged)
  const attempt = () => loadOrCreateNikKeys({ dataDir, production: false })
  expect(attempt).toThrow(SetupError)
  expect(attempt).not.toThrow(damaged.slice(8, 30))
  expect(readFileSync(file, 'utf8')).toBe(damaged)
})

test('a folder that cannot be made is told in plain words', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'payung-keys-')), 'a-file')
  writeFileSync(file, '')
  expect(() => loadOrCreateNikKeys({ dataDir: join(file, 'data'), production: false })).toThrow(SetupError)
})
