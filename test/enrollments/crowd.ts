import { fillVault } from '../../seeds/identities.ts'
import { loadRates } from '../../seeds/load-rates.ts'
import { ROLES } from '../../src/access/permission.ts'
import type { NikKeys } from '../../src/access/vault/nik-keys.ts'
import type { Viewer } from '../../src/access/viewer.ts'
import { type Hub, openHub } from '../../src/app.ts'
import { someAreas } from '../harness/areas.ts'
import { type InsertedPayer, nameOf } from '../harness/builders.ts'
import { TODAY } from '../harness/hub.ts'
import { newNik } from './world.ts'

/** A hub on a server with areas, rates and as many connections as clerks, and nobody in it. */
export async function openHubForMany(databaseUrl: string, nikKeys?: NikKeys): Promise<Hub> {
  const hub = await openHub({
    databaseUrl,
    dataDir: 'memory',
    poolSize: 20,
    nikKeys,
    production: false,
    today: TODAY,
    exposeSql: false,
  })
  await someAreas(hub)
  await hub.db.transaction(loadRates)
  return hub
}

/** People against whose enrollment nothing stands, in as few statements as a thousand need. Their ids, in order. */
export async function aCrowd({ db, nikKeys }: Pick<Hub, 'db' | 'nikKeys'>, count: number): Promise<string[]> {
  return db.transaction(async (query) => {
    const workers = await query<{ id: string }>(
      `/* test.crowd */ insert into worker (category, sex, birth_month, village_code, domicile_since, welfare_decile,
          decile_as_of)
        select 'FARMER', 'FEMALE', '1983-05-01', '36.03.01.2003', '2020-02-29', 2, '2023-01-31'
        from generate_series(1, $1::int) returning id`,
      [count],
    )
    const people = workers.map(({ id }) => ({
      id: Number(id),
      nik: newNik(),
      fullName: nameOf(id),
      birthDate: '1983-05-12',
    }))
    await fillVault(query, people, nikKeys)
    return workers.map(({ id }) => id)
  })
}

/** Somebody who enrolls for a payer and keeps its budgets. */
export function aClerk(payer: InsertedPayer, areas: readonly string[], name: string): Viewer {
  return {
    subject: name,
    permissions: new Set([...ROLES.clerk, ...ROLES.approver]),
    areas,
    payer: payer.id,
  }
}

/**
 * Does jobs with so many clerks at the same time, each of whom takes the next when he is done.
 *
 * @returns the results, in the order of the jobs.
 */
export async function shared<Job, Result>(
  clerks: number,
  jobs: readonly Job[],
  work: (job: Job, clerk: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const left = jobs.entries()
  const untilNoneIsLeft = async (clerk: number) => {
    for (const [at, job] of left) results[at] = await work(job, clerk)
  }
  await Promise.all(Array.from({ length: clerks }, (_, clerk) => untilNoneIsLeft(clerk)))
  return results
}
