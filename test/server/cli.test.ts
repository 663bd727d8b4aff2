import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hubSdl } from '../../src/graph/schema.ts'
import { finished, Payung } from './payung.ts'

describe('the command line', { timeout: 120_000 }, () => {
  const payung = new Payung()
  beforeAll(() => payung.compile())
  afterAll(() => payung.remove())

  test('helps with every command', async () => {
    for (const args of [[], ['serve'], ['migrate'], ['seed'], ['schema'], ['verify'], ['verify', 'schema']]) {
      const { code, stdout } = await payung.run([...args, '--help'])
      expect(code).toBe(0)
      expect(stdout).toContain(['Usage: payung', ...args].join(' '))
    }
  })

  test('exits 2 when it was not understood', async () => {
    for (const args of [['serv'], ['seed', '--workers', 'many'], ['migrate', '--nosuch'], ['verify']]) {
      const { code, stdout, stderr } = await payung.run(args)
      expect([args, code, stdout]).toEqual([args, 2, ''])
      expect(stderr).not.toBe('')
    }
  })

  test('exits 1 and says every mistake of the configuration in plain words, without a stack', async () => {
    const { code, stderr } = await payung.run(['serve'], { PORT: 'http', HOST: '0.0.0.0' })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^The configuration has mistakes:/)
    expect(stderr).toContain('PORT must be a whole number')
    expect(stderr).toContain('HOST must be a loopback address')
    expect(stderr).not.toContain('    at ')
  })

  test('prints the contract, and finds a file that is not it', async () => {
    expect((await payung.run(['schema'])).stdout).toBe(hubSdl())
    const file = join(payung.folder, 'hub.graphql')
    expect((await payung.run(['schema', '--check', file])).stderr).toBe(`There is no ${file}.\n`)
    await payung.run(['schema', '--out', file])
    expect((await payung.run(['schema', '--check', file])).code).toBe(0)
    writeFileSync(file, 'type Query { other: Int }')
    expect((await payung.run(['schema', '--check', file])).code).toBe(1)
  })

  test('migrates once, and finds that tables and entities agree', async () => {
    const first = await payung.run(['migrate', '--json'])
    expect([first.code, JSON.parse(first.stdout).applied.length]).toEqual([0, 1])
    const second = await payung.run(['migrate', '--json'])
    expect(JSON.parse(second.stdout)).toEqual({ applied: [] })
    const verified = await payung.run(['verify', 'schema', '--json'])
    expect([verified.code, JSON.parse(verified.stdout)]).toEqual([0, { differences: [] }])
  })

  test('refuses a scenario that does not exist, and names those that do', async () => {
    const { code, stderr } = await payung.run(['seed', 'atlantis'])
    expect(code).toBe(1)
    expect(stderr).toContain('tangerang-2022')
  })

  test('serves until a signal stops it, and refuses a second process on the same folder with the reason', async () => {
    const env = { PORT: '0', PAYUNG_SEED: 'none' }
    const child = payung.start(['serve'], env)
    const end = finished(child)
    const address = await new Promise<string>((resolve, reject) => {
      let said = ''
      child.stderr!.on('data', (text) => {
        said += text
        const found = /GraphQL +(http:\S+)\/graphql/.exec(said)?.[1]
        if (found) resolve(found)
      })
      child.on('close', () => reject(new Error(said)))
    })
    expect(await (await fetch(`${address}/health/ready`)).json()).toEqual({ status: 'ready' })

    const second = await payung.run(['serve'], env)
    expect(second.code).toBe(1)
    expect(second.stderr).toContain(`is in use by process ${child.pid}`)
    expect(second.stderr).not.toContain('    at ')

    child.kill('SIGTERM')
    expect((await end).code).toBe(0)
    expect((await payung.run(['migrate'])).stdout).toBe('The database is up to date.\n')
  })
})

test('a command line that is not built yet says how to build it', async () => {
  const payung = new Payung()
  payung.copyBin()
  const { code, stderr } = await payung.run(['serve'])
  payung.remove()
  expect([code, stderr]).toEqual([1, 'Payung is not built yet. Run: npm run build\n'])
})
