import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/kernel/package-root.ts'
import { serving } from '../server/serving.ts'
import { findChromium } from './chromium.ts'
import { openGraphiql } from './graphiql.ts'

const canOpen = findChromium() !== undefined && existsSync(join(packageRoot, 'dist/graphiql/index.html'))

test.runIf(canOpen)(
  'GraphiQL answers in a browser under its policy, and nothing leaves the machine',
  async () => {
    await using running = await serving()
    const address = await running.server.listen({ port: 0, host: '127.0.0.1' })
    const { requests, consoleErrors, answer } = await openGraphiql(address)
    expect(consoleErrors).toEqual([])
    expect(requests.filter((url) => !url.startsWith(`${address}/`))).toEqual([])
    expect(JSON.parse(answer)).toHaveProperty('data')
  },
)
