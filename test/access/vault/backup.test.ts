// Real: folders and files.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { backUpNikKeys, backupWarning } from '../../../src/access/vault/backup.ts'
import { loadOrCreateNikKeys, temporaryNikKeys } from '../../../src/access/vault/nik-keys.ts'
import { nikToken } from '../../../src/access/vault/vault.ts'
import { SetupError } from '../../../src/kernel/errors.ts'
import type { Nik } from '../../../src/kernel/nik.ts'

let outside: string
let dataDir: string

beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'payung-backup-'))
  dataDir = join(outside, 'data')
})

test('keys that were backed up identify people again in a folder that lost them', () => {
  const [before] = loadOrCreateNikKeys({ dataDir, production: false })
  const to = join(outside, 'keys')
  expect(backUpNikKeys({ dataDir }, to)).toEqual({ file: to, keys: ['dev-1'] })
  expect(statSync(to).mode & 0o777).toBe(0o600)
  rmSync(dataDir, { recursive: true })
  mkdirSync(dataDir)
  copyFileSync(to, join(dataDir, 'nik-keys'))
  const [after] = loadOrCreateNikKeys({ dataDir, production: false })
  const nik = '3603011203909001' as Nik
  expect(nikToken(nik, after)).toEqual(nikToken(nik, before))
})

test('a folder warns in one line until its keys have a backup, and again when they are others', () => {
  expect(backupWarning({ dataDir })).toBeUndefined()
  loadOrCreateNikKeys({ dataDir, production: false })
  expect(backupWarning({ dataDir })).toMatch(
    /^The vault's keys in .* \(dev-1\) have no backup: payung keys backup/,
  )
  expect(backupWarning({ dataDir })).not.toContain('\n')
  backUpNikKeys({ dataDir }, join(outside, 'keys'))
  expect(backupWarning({ dataDir })).toBeUndefined()
  rmSync(join(dataDir, 'nik-keys'))
  loadOrCreateNikKeys({ dataDir, production: false })
  expect(backupWarning({ dataDir })).toContain('dev-1')
})

test('nobody is warned of keys from the environment, or of a hub in memory', () => {
  loadOrCreateNikKeys({ dataDir, production: false })
  expect(backupWarning({ dataDir, nikKeys: temporaryNikKeys() })).toBeUndefined()
  expect(backupWarning({ dataDir: 'memory' })).toBeUndefined()
})

test('what is noted in the folder names keys and has nothing of them', () => {
  loadOrCreateNikKeys({ dataDir, production: false })
  const key = readFileSync(join(dataDir, 'nik-keys'), 'utf8').trim().slice('dev-1:'.length)
  backUpNikKeys({ dataDir }, join(outside, 'keys'))
  const [noted] = readdirSync(dataDir).filter((file) => file !== 'nik-keys')
  const note = readFileSync(join(dataDir, noted!), 'utf8')
  expect(JSON.parse(note)).toMatchObject({
    at: expect.stringMatching(/^\d{4}-/),
    keys: [expect.stringMatching(/^dev-1 /)],
  })
  for (const half of [Buffer.from(key, 'base64').subarray(0, 32), Buffer.from(key, 'base64').subarray(32)]) {
    for (const form of ['hex', 'base64'] as const)
      expect(note).not.toContain(half.toString(form).slice(0, 16))
  }
})

test('nothing is overwritten, and no backup lands in the folder that it is to survive', () => {
  loadOrCreateNikKeys({ dataDir, production: false })
  const there = join(outside, 'there')
  backUpNikKeys({ dataDir }, there)
  const before = readFileSync(there)
  expect(() => backUpNikKeys({ dataDir }, there)).toThrow('exists already')
  expect(readFileSync(there)).toEqual(before)

  mkdirSync(join(dataDir, 'deep'))
  symlinkSync(dataDir, join(outside, 'detour'))
  for (const to of [join(dataDir, 'keys'), join(dataDir, 'deep', 'keys'), join(outside, 'detour', 'keys')]) {
    expect(() => backUpNikKeys({ dataDir }, to)).toThrow('is inside')
    expect(existsSync(to)).toBe(false)
  }
  // A name that only begins like the folder's is another folder.
  mkdirSync(`${dataDir}-2`)
  backUpNikKeys({ dataDir }, join(`${dataDir}-2`, '..keys'))
})

test('what cannot be backed up is told in plain words', () => {
  const to = join(outside, 'keys')
  expect(() => backUpNikKeys({ dataDir }, to)).toThrow('There are no keys')
  expect(() => backUpNikKeys({ dataDir, nikKeys: temporaryNikKeys() }, to)).toThrow('PAYUNG_NIK_KEYS')
  loadOrCreateNikKeys({ dataDir, production: false })
  expect(() => backUpNikKeys({ dataDir }, join(outside, 'nowhere', 'keys'))).toThrow(SetupError)
  expect(backupWarning({ dataDir })).toBeDefined()
})
