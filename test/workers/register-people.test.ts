import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { composeNik, type Nik } from '../../src/kernel/nik.ts'
import { readIdentities } from '../../src/workers/identity.ts'
import { admitKeys } from '../../src/workers/identity-keys.ts'
import { matchBeforeWriting, queueForRegistering } from '../../src/workers/registration/match-people.ts'
import { type NewPerson, registerPeople } from '../../src/workers/registration/register-people.ts'
import { ADMIN, TODAY } from '../harness/hub.ts'
import { peopleFinder } from '../harness/planted-people.ts'
import { describeOnServer } from '../harness/server-database.ts'
import { emptyRegistry, historyOf } from './registry.ts'
import {
  aNikKey,
  aPartnerKey,
  findWorkersByNik,
  keysByWorker,
  keysOf,
  onEmbedded,
  onServer,
  type VaultHouse,
  workersWithoutIdentity,
} from './vault-world.ts'

// Real: the embedded database, migrated; with TEST_DATABASE_URL also a PostgreSQL server.

const nikKeys = keysOf(aNikKey('current'), aNikKey('next'))
const partnerKeys = [aPartnerKey('kemensos', 1)]
const registering = { nikKeys, partnerKeys, viewer: ADMIN, today: TODAY }

const nikOf = (serial: number): Nik =>
  composeNik({ district: '36.03.01', birthDate: '1983-05-01', sex: 'FEMALE', serial })

/** The n-th person, unlike the ones before and after; what tests look for as identity is planted in all of them. */
const person = (n: number): NewPerson => ({
  nik: nikOf(9_000 + n),
  fullName: `Siti Rahasia Sekali ${n}`,
  birthDate: n % 2 === 0 ? '1983-05-01' : '1984-12-31',
  sex: n % 2 === 0 ? 'FEMALE' : 'MALE',
  category: n % 3 === 0 ? 'FARMER' : 'FISHER',
  village: '36.03.01.2001',
  domicileSince: '2020-02-02',
  welfareDecile: n % 5 === 0 ? null : 3,
  decileAsOf: n % 5 === 0 ? null : '2023-01-31',
  civilServant: n % 7 === 0,
  reason: n % 4 === 0 ? 'Twins, both cards were seen' : null,
})
const peopleFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => person(first + i))

describe('people on the embedded database', () => peopleAreRegistered(onEmbedded))
describeOnServer('people on a server', () => peopleAreRegistered(onServer))

function peopleAreRegistered(open: () => Promise<VaultHouse>): void {
  let db: Database
  let drop: () => Promise<void>

  beforeAll(async () => {
    ;({ db, drop } = await open())
    await db.migrate()
  })

  beforeEach(async () => {
    await workersWithoutIdentity(db, 1)
    await emptyRegistry({ db })
    await admitKeys(db.query, nikKeys, partnerKeys)
  })

  afterAll(async () => {
    await db?.close()
    await drop?.()
  })

  test('each has what was said of him, in the order given and in two statements', async () => {
    const people = peopleFrom(0, 40).toReversed()
    const statements: string[] = []
    const ids = await db.transaction((query) =>
      registerPeople(
        (text, values) => {
          statements.push(/\/\* ([\w.]+) \*\//.exec(text)![1]!)
          return query(text, values)
        },
        people,
        registering,
      ),
    )
    expect(statements).toEqual(['worker.register', 'identity.insert'])
    const identities = await readIdentities(db.query, ids, nikKeys)
    expect(ids.map((id) => identities.get(id))).toEqual(
      people.map(({ nik, fullName, birthDate }) => ({ nik, fullName, birthDate })),
    )
    const workers = await db.query<{ id: string }>(
      `/* test.workers */ select id, sex, category, birth_month, village_code, domicile_since, welfare_decile,
        decile_as_of, civil_servant from worker`,
    )
    const byId = new Map(workers.map(({ id, ...worker }) => [id, worker]))
    expect(ids.map((id) => byId.get(id))).toEqual(
      people.map((one) => ({
        sex: one.sex,
        category: one.category,
        birth_month: `${one.birthDate.slice(0, 7)}-01`,
        village_code: one.village,
        domicile_since: one.domicileSince,
        welfare_decile: one.welfareDecile,
        decile_as_of: one.decileAsOf,
        civil_servant: one.civilServant,
      })),
    )
    for (const [index, { reason }] of people.entries()) {
      expect(await historyOf({ db }, ids[index]!)).toEqual([
        { kind: 'REGISTERED', reason, actor: 'admin', entered_on: TODAY },
      ])
    }
    expect(new Set(Object.values(await keysByWorker(db)))).toEqual(
      new Set(['current* next partner:kemensos']),
    )
  })

  test('nobody is nothing to do', async () => {
    expect(await registerPeople(db.query, [], registering)).toEqual([])
  })

  test('when one of them is known already nobody is registered, and no refusal repeats who', async () => {
    await registerPeople(db.query, [person(3)], registering)
    const find = peopleFinder()
    for (const people of [peopleFrom(1, 9), [person(20), person(21), person(20)]]) {
      const refused = db.transaction((query) => registerPeople(query, people, registering))
      const error = await refused.catch((error: Error) => error)
      expect(error).toMatchObject({ code: 'CONFLICT', field: 'nik' })
      expect(find(`${error} ${JSON.stringify(error)} ${(error as Error).cause}`)).toEqual([])
    }
    expect(await db.query('/* test.count */ select from worker')).toHaveLength(1)
    expect((await findWorkersByNik(db.query, [person(1).nik], nikKeys)).size).toBe(0)
  })

  test('who does not hold the keys in force registers nobody', async () => {
    const other = { ...registering, nikKeys: keysOf(aNikKey('other')) }
    const refused = db.transaction((query) => registerPeople(query, peopleFrom(1, 3), other))
    await expect(refused).rejects.toMatchObject({ code: 'INTERNAL' })
    expect(await db.query('/* test.count */ select from worker')).toHaveLength(0)
  })
}

describeOnServer('people and others at the same time', () => {
  let db: Database
  let drop: () => Promise<void>

  beforeAll(async () => {
    ;({ db, drop } = await onServer())
    await db.migrate()
  })

  beforeEach(async () => {
    await workersWithoutIdentity(db, 1)
    await emptyRegistry({ db })
    await admitKeys(db.query, nikKeys, partnerKeys)
  })

  afterAll(async () => {
    await db?.close()
    await drop?.()
  })

  test('two lists that share people, in opposite orders: one is written, the other refused without a deadlock', async () => {
    for (let round = 0; round < 5; round++) {
      await emptyRegistry({ db })
      const lists = [peopleFrom(0, 200), peopleFrom(100, 200).toReversed()]
      const written = await Promise.allSettled(
        lists.map((people) => db.transaction((query) => registerPeople(query, people, registering))),
      )
      const refused = written.filter(({ status }) => status === 'rejected')
      expect(refused).toMatchObject([{ reason: { code: 'CONFLICT', field: 'nik' } }])
      expect(await db.query('/* test.count */ select from worker')).toHaveLength(200)
    }
  })

  test('who registers one person waits for a list, and finds whom it brought, a slip apart', async () => {
    const queued = Promise.withResolvers<void>()
    const one = { ...person(11), nik: nikOf(9_012) }
    const list = db.transaction(async (query) => {
      await queueForRegistering(query)
      queued.resolve()
      await waitingForALock(db)
      return registerPeople(query, [person(11)], registering)
    })
    await queued.promise
    const match = await db.transaction((query) => matchBeforeWriting(query, one, nikKeys))
    expect(match).toEqual({ kind: 'SUSPECT', worker: (await list)[0] })
  })

  test('two who register people born on two days do not wait for each other, and a list waits for both', async () => {
    const done: string[] = []
    const bothHave = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const singles = [1, 2].map((n) =>
      db.transaction(async (query) => {
        await matchBeforeWriting(query, person(n), nikKeys)
        bothHave[n - 1]!.resolve()
        await Promise.all(bothHave.map(({ promise }) => promise))
        await waitingForALock(db)
        done.push('one person')
      }),
    )
    await Promise.all(bothHave.map(({ promise }) => promise))
    await db.transaction(async (query) => {
      await queueForRegistering(query)
      done.push('a list')
    })
    await Promise.all(singles)
    expect(done).toEqual(['one person', 'one person', 'a list'])
  })
})

/** Until somebody waits for an advisory lock of this database. */
async function waitingForALock({ pool }: Database): Promise<void> {
  for (;;) {
    // Past the guard against the use of a second connection in a transaction: that is what this is about.
    const { rowCount } = await pool!.query(
      `/* test.waiting */ select from pg_locks join pg_database on pg_database.oid = pg_locks.database
        where locktype = 'advisory' and not granted and datname = current_database()`,
    )
    if (rowCount) return
  }
}
