import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Policy } from '../../src/access/policy.ts'
import { packageRoot } from '../../src/kernel/package-root.ts'
import { someAreas } from '../harness/areas.ts'
import { serving } from '../server/serving.ts'
import { named, openStreams, openWatchedHub, rename, WATCH } from '../server/stream/watching.ts'
import { findChromium } from './chromium.ts'
import { openGraphiql } from './graphiql.ts'

// Real: Chromium, GraphiQL as built, the server over HTTP. Of this suite: two subscriptions that are added to the hub's
// resolvers and policies.

vi.mock('../../src/graph/resolvers.ts', async (original) => {
  const { resolvers } = await original<{ resolvers: readonly unknown[] }>()
  const { Watched } = await import('../server/stream/watched.ts')
  return { resolvers: [...resolvers, Watched] }
})
vi.mock('../../src/graph/policies.ts', async (original) => {
  const { policies } = await original<{ policies: readonly Policy[] }>()
  const { watchedPolicy } = await import('../server/stream/watched.ts')
  return { policies: [...policies, watchedPolicy] }
})

const canOpen = findChromium() !== undefined && existsSync(join(packageRoot, 'dist/graphiql/index.html'))

test.runIf(canOpen)(
  'GraphiQL shows each event of a subscription until it is stopped, and why one is refused',
  async () => {
    const hub = await openWatchedHub()
    await someAreas(hub)
    await using running = await serving({ hub })
    const address = await running.server.listen({ port: 0, host: '127.0.0.1' })
    await using graphiql = await openGraphiql(address)
    const { page } = graphiql

    await graphiql.write(WATCH)
    expect(await graphiql.run()).toEqual(named('Kabupaten Tangerang'))
    await rename(hub, 'Tangerang Raya')
    await expect.poll(graphiql.shown).toEqual(named('Tangerang Raya'))
    await page.getByRole('button', { name: /^Stop/ }).click()
    await expect.poll(() => openStreams(running)).toBe(0)

    await graphiql.write('subscription { watchWorker(id: "1") { id } }')
    expect((await graphiql.run()).errors[0].extensions.code).toBe('UNAUTHENTICATED')
    expect(await page.getByRole('alert', { name: 'Refused' }).innerText()).toContain('registry:read')
    expect(graphiql.requests.filter((url) => !url.startsWith(`${address}/`))).toEqual([])
    await hub.close()
  },
  120_000,
)
