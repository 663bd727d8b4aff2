import { demoViewers } from '../../seeds/tangerang-2022/demo.ts'
import { type Hub, openHub } from '../../src/app.ts'
import { someAreas } from './areas.ts'
import { aPayer, aProgram, aWorker } from './builders.ts'
import { TODAY } from './hub.ts'

/**
 * A hub in development, with a key of its own that signs tokens: one worker of Kabupaten Tangerang, whom the regency
 * covers, and the demo's viewers.
 */
export async function hubWithViewers(): Promise<AsyncDisposable & { hub: Hub }> {
  const hub = await openHub({
    dataDir: 'memory',
    poolSize: 1,
    production: false,
    exposeSql: true,
    today: TODAY,
  })
  await someAreas(hub)
  // The first payer, as in the demo.
  const tangerang = await aPayer('REGENCY', { area: '36.03', name: 'Kabupaten Tangerang' }).in(hub)
  const sweep = await aProgram(tangerang).during('2022-12..2023-05').in(hub)
  await aWorker().aged(40).coveredBy(sweep, '2022-12..2023-05').in(hub)
  await rememberViewers(hub)
  return { hub, [Symbol.asyncDispose]: () => hub.close() }
}

/** Stores the demo's viewers, as filling a hub with the demo does. */
export async function rememberViewers({ db }: Pick<Hub, 'db'>): Promise<void> {
  await db.query(`/* test.viewers */ insert into setting (name, value) values ('viewers', $1)`, [
    JSON.stringify(demoViewers()),
  ])
}
