import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/kernel/package-root.ts'
import { hubWithViewers } from '../harness/hub-with-viewers.ts'
import { serving } from '../server/serving.ts'
import { findChromium } from './chromium.ts'
import { openGraphiql } from './graphiql.ts'

const canOpen = findChromium() !== undefined && existsSync(join(packageRoot, 'dist/graphiql/index.html'))

test.runIf(canOpen)(
  'GraphiQL answers in a browser under its policy, and nothing leaves the machine',
  async () => {
    await using running = await serving()
    const address = await running.server.listen({ port: 0, host: '127.0.0.1' })
    await using graphiql = await openGraphiql(address)
    expect(await graphiql.run()).toHaveProperty('data.coverageSummary.exact', false)
    expect(graphiql.consoleErrors).toEqual([])
    expect(graphiql.requests.filter((url) => !url.startsWith(`${address}/`))).toEqual([])
    // Whom no scenario gave viewers has nobody to choose from.
    expect(await graphiql.page.getByRole('combobox').count()).toBe(0)
  },
)

const CLERK = 'Petugas Kabupaten Tangerang'
const ANALYST = 'Analis Provinsi Banten'

test.runIf(canOpen)(
  'GraphiQL asks as whom its menu says: each sees what he may, nobody is told why not, and no token is kept',
  async () => {
    await using world = await hubWithViewers()
    await using running = await serving({ hub: world.hub })
    const address = await running.server.listen({ port: 0, host: '127.0.0.1' })
    await using graphiql = await openGraphiql(address)
    const { page } = graphiql
    const menu = page.getByLabel('Lihat sebagai / view as')
    const refusal = page.getByRole('alert', { name: 'Refused' })
    const chosen = () => menu.locator('option:checked').innerText()
    const payersIn = ({ data }: { data: Pages }) =>
      data.regency.workers.nodes.flatMap(({ coverage }) => coverage.map(({ payer }) => payer?.name))

    expect(await menu.locator('option').allInnerTexts()).toEqual([
      'nobody (no token)',
      CLERK,
      'Penyetuju Kabupaten Tangerang',
      ANALYST,
      'Mitra kementerian',
    ])
    expect(await chosen()).toBe('nobody (no token)')

    // An example of the clerk chooses him, as long as nobody is chosen.
    await graphiql.openExample('PagesOfWorkers')
    expect(await chosen()).toBe(CLERK)
    expect(payersIn(await graphiql.run())).toEqual(['Kabupaten Tangerang', 'Kabupaten Tangerang'])
    await graphiql.openExample('BudgetsAndPrograms')
    expect(await chosen()).toBe(CLERK)

    // He is remembered by his name, with a new token.
    await graphiql.reload()
    expect(await chosen()).toBe(CLERK)
    const stored = await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))
    expect(stored).toContain(CLERK)
    expect(stored).not.toContain('eyJ')
    expect(await refusal.count()).toBe(0)

    // Nobody is refused, and told who might see it.
    await graphiql.openExample('PagesOfWorkers')
    await menu.selectOption('nobody (no token)')
    const refused = await graphiql.run()
    expect(refused.errors[0].extensions.code).toBe('UNAUTHENTICATED')
    expect(await refusal.innerText()).toContain('Nobody is asking')
    expect(await refusal.innerText()).toContain(refused.errors[0].message)

    // One step further: somebody else runs the same.
    const analysts = await graphiql.answerTo(() => refusal.getByRole('button', { name: ANALYST }).click())
    expect(payersIn(analysts)).toEqual([undefined, undefined])
    expect(await chosen()).toBe(ANALYST)
    expect(await refusal.count()).toBe(0)

    // The partner may not ask for exact numbers at all.
    await graphiql.openExample('WhoPays')
    await menu.selectOption('Mitra kementerian')
    expect((await graphiql.run()).errors[0].extensions.code).toBe('FORBIDDEN')
    expect(await refusal.innerText()).toContain('Mitra kementerian may not see this')

    // The browser itself complains of the two refusals' status.
    expect(graphiql.consoleErrors.map((text) => /status of (\d+)/.exec(text)?.[1] ?? text)).toEqual([
      '401',
      '403',
    ])
    expect(graphiql.requests.filter((url) => !url.startsWith(`${address}/`))).toEqual([])
    expect(graphiql.requests.filter((url) => url.includes('eyJ'))).toEqual([])
  },
  // Monaco starts twice, and CI has few cores.
  120_000,
)

/** What the example PagesOfWorkers asks for, as far as it is looked at here. */
interface Pages {
  regency: { workers: { nodes: { coverage: { payer: { name: string } | null }[] }[] } }
}
