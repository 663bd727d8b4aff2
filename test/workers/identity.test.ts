// Real: the embedded database, migrated; with TEST_DATABASE_URL also a PostgreSQL server.
import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { SetupError } from '../../src/kernel/errors.ts'
import { readIdentities } from '../../src/workers/identity.ts'
import { admitKeys } from '../../src/workers/identity-keys.ts'
import { describeOnServer } from '../harness/server-database.ts'
import {
  aNikKey,
  aPartnerKey,
  findWorkersByNik,
  keysByWorker,
  keysOf,
  nikNumber,
  onEmbedded,
  onServer,
  PLANTED_NAME,
  register,
  type VaultHouse,
  workersWithoutIdentity,
} from './vault-world.ts'

const [first, second] = [aNikKey('first'), aNikKey('second')]
const keys = keysOf(first)

describe('identities on the embedded database', () => {
  identitiesAreKept(onEmbedded)
})

describeOnServer('identities on a server', () => {
  identitiesAreKept(onServer)
})

function identitiesAreKept(open: () => Promise<VaultHouse>): void {
  let db: Database
  let drop: () => Promise<void>

  beforeAll(async () => {
    ;({ db, drop } = await open())
    await db.migrate()
  })

  beforeEach(async () => {
    await workersWithoutIdentity(db, 5)
    await admitKeys(db.query, keys)
  })

  afterAll(async () => {
    await db?.close()
    await drop?.()
  })

  test('who was registered is read back and found, and nobody else', async () => {
    await register(db, 1, nikNumber(1), keys)
    await register(db, 2, nikNumber(2), keys)
    expect(await readIdentities(db.query, ['1', '2', '3'], keys)).toEqual(
      new Map([
        ['1', { nik: nikNumber(1), fullName: PLANTED_NAME, birthDate: '1990-03-12' }],
        ['2', { nik: nikNumber(2), fullName: PLANTED_NAME, birthDate: '1990-03-12' }],
      ]),
    )
    expect(await findWorkersByNik(db.query, [nikNumber(2), nikNumber(3)], keys)).toEqual(
      new Map([[nikNumber(2), '2']]),
    )
    expect(await findWorkersByNik(db.query, [], keys)).toEqual(new Map())
  })

  test('a NIK that is known is a conflict for a second worker, and nothing of the second stays', async () => {
    await register(db, 1, nikNumber(1), keys)
    const again = register(db, 2, nikNumber(1), keysOf(first, second))
    await expect(again).rejects.toMatchObject({ code: 'CONFLICT', field: 'nik' })
    expect(await keysByWorker(db)).toEqual({ 1: 'first*' })
  })

  test('a worker has one identity', async () => {
    await register(db, 1, nikNumber(1), keys)
    await expect(register(db, 1, nikNumber(2), keys)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await findWorkersByNik(db.query, [nikNumber(2)], keys)).toEqual(new Map())
  })

  test('a writer without the key in force is refused, and one with a second key writes both tokens', async () => {
    await expect(register(db, 1, nikNumber(1), keysOf(second))).rejects.toMatchObject({ code: 'INTERNAL' })
    await register(db, 1, nikNumber(1), keysOf(second, first))
    expect(await keysByWorker(db)).toEqual({ 1: 'first second*' })
  })

  test('nobody is written into a vault that knows no key', async () => {
    await db.query('truncate identity_key')
    await expect(register(db, 1, nikNumber(1), keys)).rejects.toMatchObject({ code: 'INTERNAL' })
  })

  test('a vault opens to its own keys only', async () => {
    await register(db, 1, nikNumber(1), keys)
    await expect(readIdentities(db.query, ['1'], [second])).rejects.toThrow('a key this hub was not given')
    await expect(readIdentities(db.query, ['1'], [aNikKey('first')])).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'An identity in the vault cannot be opened with its key.',
    })
    await db.query('delete from identity_token')
    await expect(readIdentities(db.query, ['1'], keys)).rejects.toMatchObject({ code: 'INTERNAL' })
  })

  test('a hub starts with the keys its vault knows, or says which are missing or have changed', async () => {
    await admitKeys(db.query, keysOf(second, first))
    await expect(admitKeys(db.query, keysOf(second))).rejects.toThrow(/not given.*\n {2}- first$/)
    await expect(admitKeys(db.query, keysOf(aNikKey('first')))).rejects.toThrow(/other bytes.*\n {2}- first:/)
    // A key in waiting is watched as well: tokens of two keys under one id would be no use.
    await expect(admitKeys(db.query, keysOf(first, aNikKey('second')))).rejects.toThrow(SetupError)
    await admitKeys(db.query, keys, [aPartnerKey('kemensos', 1)])
    await expect(admitKeys(db.query, keys, [aPartnerKey('kemensos', 2)])).rejects.toThrow('partner:kemensos')
  })

  test('no refusal repeats a NIK or a name', async () => {
    await register(db, 1, nikNumber(1), keys)
    const refusals = await Promise.allSettled([
      register(db, 2, nikNumber(1), keys),
      register(db, 1, nikNumber(2), keys),
      register(db, 3, nikNumber(3), keysOf(second)),
      register(db, 999, nikNumber(4), keys),
      readIdentities(db.query, ['1'], [aNikKey('first')]),
      admitKeys(db.query, keysOf(second)),
    ])
    expect(refusals.map(({ status }) => status)).toEqual(Array(6).fill('rejected'))
    const shown = inspect(refusals, { depth: 9, showHidden: true })
    for (const n of [1, 2, 3, 4]) expect(shown).not.toContain(nikNumber(n))
    expect(shown).not.toContain(PLANTED_NAME)
  })
}
