// Real: the embedded database, migrated; with TEST_DATABASE_URL also a PostgreSQL server, with writers beside the
// rotation, and a rotation in another process that is killed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { NikKeys } from '../../src/access/vault/nik-keys.ts'
import { keyNamed, openNik, vaultNik } from '../../src/access/vault/vault.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { Fault, SetupError } from '../../src/kernel/errors.ts'
import type { Nik } from '../../src/kernel/nik.ts'
import { generateNikKey, parseNikKeys } from '../../src/kernel/nik-keys.ts'
import { packageRoot } from '../../src/kernel/package-root.ts'
import { silentProgress } from '../../src/kernel/progress.ts'
import { readIdentities } from '../../src/workers/identity.ts'
import { admitKeys, putInForce } from '../../src/workers/identity-keys.ts'
import { indexPartner, removePartner, rotateKeys } from '../../src/workers/identity-rotation.ts'
import { entities } from '../harness/entities.ts'
import { describeOnServer } from '../harness/server-database.ts'
import {
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

const [oldText, nextText] = [generateNikKey('old'), generateNikKey('next')]
const [old, next] = parseNikKeys(`${oldText},${nextText}`).keys as [NikKeys[0], NikKeys[0]]
const inSmallBatches = { progress: silentProgress, batch: 2 }

describe('rotation on the embedded database', () => {
  keysRotate(onEmbedded)
})

describeOnServer('rotation on a server', () => {
  keysRotate(onServer)
})

function keysRotate(open: () => Promise<VaultHouse>): void {
  let db: Database
  let drop: () => Promise<void>

  beforeAll(async () => {
    ;({ db, drop } = await open())
    await db.migrate()
  })

  beforeEach(async () => {
    await workersWithoutIdentity(db, 12)
    await admitKeys(db.query, keysOf(old))
  })

  afterAll(async () => {
    await db?.close()
    await drop?.()
  })

  test('the recipe: everybody is sealed anew and found under both keys, then the former key is gone', async () => {
    for (const n of [1, 2, 3, 4, 5]) await register(db, n, nikNumber(n), keysOf(old))
    await register(db, 6, nikNumber(6), keysOf(old, next))
    await register(db, 7, nikNumber(7), keysOf(next, old))
    const rotated = await rotateKeys(db, keysOf(next, old), inSmallBatches)
    expect(rotated).toEqual({ key: 'next', identities: 6 })
    expect(new Set(Object.values(await keysByWorker(db)))).toEqual(new Set(['next* old']))
    await register(db, 8, nikNumber(8), keysOf(next))

    const retired = await rotateKeys(db, keysOf(next), { ...inSmallBatches, retire: 'old' })
    expect(retired).toEqual({ key: 'next', identities: 0, dropped: 7 })
    expect(new Set(Object.values(await keysByWorker(db)))).toEqual(new Set(['next*']))
    const niks = [1, 2, 3, 4, 5, 6, 7, 8].map(nikNumber)
    expect([...(await findWorkersByNik(db.query, niks, [next])).values()].sort()).toEqual([...'12345678'])
    const people = await readIdentities(db.query, [...'12345678'], [next])
    expect([...people.values()].map(({ nik }) => nik).sort()).toEqual(niks)
  })

  test('a rotation may also be begun before the next key writes, and repeated at any time', async () => {
    for (const n of [1, 2, 3]) await register(db, n, nikNumber(n), keysOf(old))
    expect(await rotateKeys(db, keysOf(old, next), inSmallBatches)).toEqual({ key: 'old', identities: 3 })
    expect(await rotateKeys(db, keysOf(old, next), inSmallBatches)).toEqual({ key: 'old', identities: 0 })
    expect(await rotateKeys(db, keysOf(next, old), inSmallBatches)).toEqual({ key: 'next', identities: 3 })
    expect(await rotateKeys(db, keysOf(next, old), inSmallBatches)).toEqual({ key: 'next', identities: 0 })
  })

  test('the former key is not retired while it writes, while it is needed, or when nobody knows it', async () => {
    await register(db, 1, nikNumber(1), keysOf(old))
    const retire = (keys: NikKeys, key: string) => rotateKeys(db, keys, { ...inSmallBatches, retire: key })
    await expect(retire(keysOf(old, next), 'old')).rejects.toThrow('The key old writes')
    await expect(retire(keysOf(next), 'old')).rejects.toThrow('not given')
    await expect(retire(keysOf(next, old), 'older')).rejects.toThrow('knows no key older')
    // All is done but for somebody whom a hub with the former order registers: his NIK must not be lost.
    await rotateKeys(db, keysOf(next, old), inSmallBatches)
    await register(db, 2, nikNumber(2), keysOf(old, next))
    await expect(retire(keysOf(next), 'old')).rejects.toBeInstanceOf(Fault)
    expect(await keysByWorker(db)).toMatchObject({ 2: 'next old*' })
    expect(await retire(keysOf(next, old), 'old')).toMatchObject({ identities: 1, dropped: 2 })
  })

  test.each([
    ['identity.sealed_by', 'refused'],
    ['identity.drop_tokens', 'retired'],
  ])('somebody a hub seals with the former key just before %s stays readable', async (moment, outcome) => {
    for (const n of [1, 2, 3]) await register(db, n, nikNumber(n), keysOf(next, old))
    const busy = happening(db, 'before', moment, () => register(db, 4, nikNumber(4), keysOf(old, next)))
    const retiring = rotateKeys(busy, keysOf(next, old), { ...inSmallBatches, retire: 'old' })
    expect(await retiring.then(() => 'retired', expectRefusal)).toBe(outcome)
    expect(await keysByWorker(db)).toMatchObject({ 4: 'next old*' })
    expect((await readIdentities(db.query, ['4'], [old, next])).get('4')?.nik).toBe(nikNumber(4))
  })

  test('an identity that was corrected is sealed anew as well, and keeps a key from being retired', async () => {
    for (const n of [1, 2, 3, 4, 5]) await register(db, n, nikNumber(n), keysOf(old))
    // As a correction leaves it: sealed as it was, and nobody is found by it.
    const setAside = () =>
      db.query(
        `/* test.set_aside */ insert into former_identity (worker_id, key_id, nik_token, nik_cipher, full_name, birth_date)
          select worker_id, key_id, nik_token, nik_cipher, full_name, birth_date
          from worker_identity join identity_token using (worker_id, key_id) where worker_id <= 3`,
      )
    await setAside()
    const opened = async (keys: NikKeys) => {
      const rows = await db.query<{ key_id: string; nik_token: Uint8Array; nik_cipher: Uint8Array }>(
        '/* test.former */ select key_id, nik_token, nik_cipher from former_identity order by worker_id, id',
      )
      return rows.map(({ key_id, nik_token, nik_cipher }) =>
        openNik(nik_cipher, nik_token, keyNamed(key_id, keys)),
      )
    }
    const niks = [1, 2, 3].map(nikNumber)
    // One that knows only the next key would lose them.
    await expect(rotateKeys(db, keysOf(next), inSmallBatches)).rejects.toThrow(SetupError)
    expect(await rotateKeys(db, keysOf(next, old), inSmallBatches)).toMatchObject({ identities: 5 + 3 })
    expect(await opened(keysOf(next))).toEqual(niks)
    expect(await findWorkersByNik(db.query, niks, [next, old])).toEqual(
      new Map(niks.map((nik, i) => [nik, String(i + 1)])),
    )

    // A hub that still seals with the former key corrects somebody: the key is needed, whatever the present ones say.
    await db.query(`/* test.former */ delete from former_identity where worker_id > 1`)
    const old1 = vaultNik(nikNumber(9), keysOf(old))
    const late = happening(db, 'before', 'identity.sealed_by', () =>
      db.query('/* test.late */ update former_identity set key_id = $1, nik_token = $2, nik_cipher = $3', [
        old.id,
        old1.tokens[0]!.token,
        old1.cipher,
      ]),
    )
    const retire = { ...inSmallBatches, retire: 'old' }
    await expect(rotateKeys(late, keysOf(next, old), retire)).rejects.toThrow('still seals with old')
    expect(await rotateKeys(db, keysOf(next, old), retire)).toMatchObject({ identities: 1, dropped: 5 })
    expect(await opened(keysOf(next))).toEqual([nikNumber(9)])
  })

  test('two rotations in opposite directions do not end with somebody who lacks the key in force', async () => {
    await register(db, 1, nikNumber(1), keysOf(next, old))
    const disturbed = happening(db, 'after', 'identity.count_behind', async () => {
      await rotateKeys(db, keysOf(old, next), inSmallBatches)
      await register(db, 2, nikNumber(2), keysOf(old))
      // And a third one begins.
      await putInForce(db, ['next', 'old'])
    })
    await expect(rotateKeys(disturbed, keysOf(next, old), inSmallBatches)).rejects.toThrow('at the same time')
    await expect(register(db, 3, nikNumber(2), keysOf(next))).rejects.toMatchObject({ code: 'INTERNAL' })
  })

  test('a NIK that two workers have since before the vault could tell is found, without saying it', async () => {
    await register(db, 1, nikNumber(1), keysOf(old))
    await db.query('truncate identity_key')
    await db.query(`insert into identity_key values ('next', ''::bytea, now())`)
    await register(db, 2, nikNumber(1), keysOf(next))
    await db.query('truncate identity_key')
    const found = await rotateKeys(db, keysOf(next, old), inSmallBatches).catch((error) => error)
    expect(found).toMatchObject({ code: 'CONFLICT', message: 'The workers 1 and 2 have the same NIK.' })
    expect(inspect(found, { depth: 9 })).not.toContain(nikNumber(1))
    await expect(admitKeys(db.query, keysOf(next))).rejects.toThrow(SetupError)
  })

  test('a vault written before keys were registered opens to all keys it was written with', async () => {
    await register(db, 1, nikNumber(1), keysOf(old))
    await db.query('truncate identity_key')
    await expect(admitKeys(db.query, keysOf(next))).rejects.toThrow(SetupError)
    await expect(register(db, 2, nikNumber(1), keysOf(next))).rejects.toMatchObject({ code: 'INTERNAL' })
    await admitKeys(db.query, keysOf(next, old))
    await expect(register(db, 2, nikNumber(1), keysOf(next, old))).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('no NIK is registered twice, whichever keys hubs run with and whatever rotations come between', async () => {
    const someKeys = fc.constantFrom(
      ...[[old], [old, next], [next, old], [next]].map((keys) => keys as unknown as NikKeys),
    )
    const registering = fc.record({ does: fc.constant('register'), keys: someKeys, nik: fc.nat(3) })
    const rotating = fc.record({
      does: fc.constantFrom('rotate', 'retire old', 'retire next'),
      keys: someKeys,
    })
    const steps = fc.array(fc.oneof({ weight: 3, arbitrary: registering }, rotating), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(steps, async (story) => {
        await workersWithoutIdentity(db, 12)
        await admitKeys(db.query, keysOf(old))
        const registered = new Map<Nik, string>()
        for (const [index, step] of story.entries()) {
          const worker = index + 1
          if (!('nik' in step)) {
            const retire = step.does.split(' ')[1]
            await rotateKeys(db, step.keys, { ...inSmallBatches, retire }).catch(expectRefusal)
            continue
          }
          const nik = nikNumber(step.nik)
          const outcome = await register(db, worker, nik, step.keys).then(() => 'written', expectRefusal)
          if (outcome !== 'written') continue
          expect(registered.has(nik), `${nik} a second time`).toBe(false)
          registered.set(nik, String(worker))
        }
        const readable = [old, next]
        expect(await findWorkersByNik(db.query, [...registered.keys()], readable)).toEqual(registered)
        const people = await readIdentities(db.query, [...registered.values()], readable)
        expect([...people].map(([worker, { nik }]) => [nik, worker]).sort()).toEqual([...registered].sort())
      }),
      { numRuns: db.kind === 'embedded' ? 100 : 20 },
    )
  })

  test('partners find the same person by other tokens, and nobody by the tokens of another', async () => {
    const [kemensos, bappenas] = [aPartnerKey('kemensos', 1), aPartnerKey('bappenas', 2)]
    for (const n of [1, 2, 3, 4, 5]) await register(db, n, nikNumber(n), keysOf(old))
    expect(await indexPartner(db, keysOf(old), kemensos, inSmallBatches)).toBe(5)
    expect(await indexPartner(db, keysOf(old), kemensos, inSmallBatches)).toBe(0)
    await register(db, 6, nikNumber(6), keysOf(old), [kemensos, bappenas])
    expect(await indexPartner(db, keysOf(old), bappenas, inSmallBatches)).toBe(5)
    expect(await keysByWorker(db)).toMatchObject({
      1: 'old* partner:bappenas partner:kemensos',
      6: 'old* partner:bappenas partner:kemensos',
    })
    expect(await removePartner(db, 'kemensos', inSmallBatches)).toBe(6)
    expect((await keysByWorker(db))[1]).toBe('old* partner:bappenas')
    // Forgotten with his tokens, so that the partner may come back with another key.
    expect(await indexPartner(db, keysOf(old), aPartnerKey('kemensos', 3), inSmallBatches)).toBe(6)
  })
}

/** The vault, where something else happens just before or after the first statement of that name. */
function happening(db: Database, when: 'before' | 'after', name: string, what: () => Promise<unknown>) {
  let happened = false
  const query: Database['query'] = async (text, values) => {
    const now = text.includes(name) && !happened
    happened ||= now
    if (now && when === 'before') await what()
    const rows = await db.query<never>(text, values)
    if (now && when === 'after') await what()
    return rows
  }
  return { query, transaction: db.transaction }
}

/** What may go wrong in these stories, and never with a NIK or a name in it. */
function expectRefusal(error: unknown): string {
  if (!(error instanceof Fault || error instanceof SetupError)) throw error
  const shown = inspect(error, { depth: 9, showHidden: true })
  for (const n of [0, 1, 2, 3]) expect(shown).not.toContain(nikNumber(n))
  expect(shown).not.toContain(PLANTED_NAME)
  return 'refused'
}

describeOnServer('rotation beside hubs that write', () => {
  let db: Database
  let url: string
  let drop: () => Promise<void>
  const PEOPLE = 200

  beforeAll(async () => {
    ;({ db, drop, url } = await onServer())
    await db.migrate()
  })

  beforeEach(async () => {
    await workersWithoutIdentity(db, 5 * PEOPLE)
    await admitKeys(db.query, keysOf(old))
  })

  afterAll(async () => {
    await db?.close()
    await drop?.()
  })

  test('writers with the old key, with both and with the next race for the same NIKs: one gets each', async () => {
    const hubs = [keysOf(old), keysOf(old, next), keysOf(next, old), keysOf(next)]
    const written = new Map<Nik, number>()
    const refusals = new Set<string>()
    const write = async (hub: number) => {
      for (let n = 0; n < PEOPLE; n++) {
        const nik = nikNumber(n)
        await register(db, hub * PEOPLE + n + 1, nik, hubs[hub]!).then(
          () => written.set(nik, (written.get(nik) ?? 0) + 1),
          (error: Fault) => refusals.add(error.message),
        )
      }
    }
    const rotate = async () => {
      for (const keys of [keysOf(old, next), keysOf(next, old)]) {
        await rotateKeys(db, keys, { progress: silentProgress, batch: 10 })
      }
    }
    await Promise.all([write(0), write(1), write(2), write(3), rotate()])
    await rotateKeys(db, keysOf(next, old), { progress: silentProgress, retire: 'old' })

    expect([...new Set(written.values())]).toEqual([1])
    expect(written.size).toBe(PEOPLE)
    expect((await findWorkersByNik(db.query, [...written.keys()], [next])).size).toBe(PEOPLE)
    const [people] = await db.query('select count(*) from worker_identity')
    expect(people).toEqual({ count: String(PEOPLE) })
    // And no deadlock among them.
    expect(refusals).toEqual(
      new Set([
        'A worker with this NIK is registered already.',
        'The keys of the vault have changed since this process was started.',
      ]),
    )
  })

  test('two rotations at once share the work', async () => {
    for (let n = 1; n <= 60; n++) await register(db, n, nikNumber(n), keysOf(old))
    const both = await Promise.all(
      [0, 1].map(() => rotateKeys(db, keysOf(next, old), { progress: silentProgress, batch: 3 })),
    )
    expect(both.reduce((sum, { identities }) => sum + identities, 0)).toBe(60)
    expect(new Set(Object.values(await keysByWorker(db)))).toEqual(new Set(['next* old']))
  })

  test('a writer who began before the next key was in force is waited for, and gets its token', async () => {
    const elsewhere = await openDatabase({ databaseUrl: url }, entities)
    let rotating: Promise<unknown> | undefined
    await db.transaction(async (query) => {
      await register({ query }, 1, nikNumber(1), keysOf(old))
      rotating = rotateKeys(elsewhere, keysOf(next, old), inSmallBatches)
      await expect(Promise.race([rotating, later(300)])).resolves.toBe('later')
    })
    await rotating
    await elsewhere.close()
    expect(await keysByWorker(db)).toEqual({ 1: 'next* old' })
    await expect(register(db, 2, nikNumber(1), keysOf(next))).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('a rotation that was killed leaves everybody readable, and the next one goes on', async () => {
    for (let n = 1; n <= 100; n++) await register(db, n, nikNumber(n), keysOf(old))
    const child = spawn(process.execPath, [join(packageRoot, 'test/workers/rotate-elsewhere.ts'), url], {
      env: { PATH: process.env.PATH, PAYUNG_NIK_KEYS: `${nextText},${oldText}` },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'close')

    const workers = Array.from({ length: 100 }, (_, index) => String(index + 1))
    expect((await readIdentities(db.query, workers, [old, next])).size).toBe(100)
    const { identities } = await rotateKeys(db, keysOf(next, old), inSmallBatches)
    expect(identities).toBeGreaterThan(0)
    expect(identities).toBeLessThan(100)
    expect(new Set(Object.values(await keysByWorker(db)))).toEqual(new Set(['next* old']))
  })
})

function later(ms: number): Promise<string> {
  return new Promise((resolve) => setTimeout(resolve, ms, 'later'))
}
