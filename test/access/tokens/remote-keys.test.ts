import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Authenticator, createAuthenticator } from '../../../src/access/tokens/authenticator.ts'
import { openTokenKeys } from '../../../src/access/tokens/open-token-keys.ts'
import { type RemoteKeysOptions, remoteKeys } from '../../../src/access/tokens/trusted-keys.ts'
import { createLogger } from '../../../src/kernel/log.ts'
import { AUDIENCE, aKeyPair, claims, ISSUER, type KeyPair, sign } from './issuer.ts'

// The key set comes from a real server over real HTTP; only the clock is turned.

let server: Server
let url: string
/** What the issuer answers, and how often it was asked. */
let issuer: { keys: unknown[]; status: number; asked: number; silent: boolean }
const first = aKeyPair()
const second = aKeyPair()

beforeEach(async () => {
  issuer = { keys: [published(first, 'first')], status: 200, asked: 0, silent: false }
  server = createServer((_, response) => {
    issuer.asked++
    if (issuer.silent) return
    response.writeHead(issuer.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ keys: issuer.keys }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`
})

afterEach(() => {
  vi.useRealTimers()
  server.closeAllConnections()
  server.close()
})

function published({ publicKey }: KeyPair, kid?: string, more = {}) {
  return { ...publicKey.export({ format: 'jwk' }), kid, ...more }
}

function hubWith(options: RemoteKeysOptions = {}): Authenticator {
  return createAuthenticator({ issuer: ISSUER, audience: AUDIENCE, keys: remoteKeys(url, options) })
}

let serial = 0
/** Another token every time, so that none is remembered. */
async function askWith(hub: Authenticator, pair: KeyPair, kid?: string): Promise<string> {
  const token = await sign(pair, { ...claims(), jti: `${serial++}` }, { kid })
  return hub.viewerOf(`Bearer ${token}`).then(
    () => 'welcome',
    (fault) => fault.message,
  )
}

const UNKNOWN = 'The token is not signed by a key this hub knows.'
const UNREACHABLE = 'The keys that tokens are checked with cannot be reached at the moment.'

test('the key set is fetched with the first token, and once for many', async () => {
  const hub = hubWith()
  expect(issuer.asked).toBe(0)
  const answers = await Promise.all(Array.from({ length: 20 }, () => askWith(hub, first, 'first')))
  expect(new Set(answers)).toEqual(new Set(['welcome']))
  expect(issuer.asked).toBe(1)
})

test('a new key of the issuer is found when a token names it', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const hub = hubWith()
  expect(await askWith(hub, first, 'first')).toBe('welcome')
  issuer.keys = [published(first, 'first'), published(second, 'second')]
  vi.setSystemTime(Date.now() + 10_001)
  expect(await askWith(hub, second, 'second')).toBe('welcome')
  expect(await askWith(hub, first, 'first')).toBe('welcome')
  expect(issuer.asked).toBe(2)
})

test('tokens that name invented keys do not make the hub flood the issuer', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const hub = hubWith()
  expect(await askWith(hub, first, 'first')).toBe('welcome')
  for (let i = 0; i < 50; i++) expect(await askWith(hub, second, `invented-${i}`)).toBe(UNKNOWN)
  expect(issuer.asked).toBe(1)
  vi.setSystemTime(Date.now() + 10_001)
  for (let i = 0; i < 50; i++) expect(await askWith(hub, second, `invented-${i}`)).toBe(UNKNOWN)
  expect(issuer.asked).toBe(2)
})

test('a key that the issuer withdrew ends within minutes, without anybody waiting for the look', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const hub = hubWith()
  expect(await askWith(hub, first, 'first')).toBe('welcome')
  issuer.keys = [published(second, 'second')]
  vi.setSystemTime(Date.now() + 5 * 60_000)
  expect(await askWith(hub, first, 'first')).toBe('welcome')
  await vi.waitFor(async () => expect(await askWith(hub, first, 'first')).toBe(UNKNOWN))
  for (let i = 0; i < 20; i++) expect(await askWith(hub, second, 'second')).toBe('welcome')
  expect(issuer.asked).toBe(2)
})

test('a known key serves on while the issuer is down, for an hour', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const hub = hubWith()
  expect(await askWith(hub, first, 'first')).toBe('welcome')
  issuer.status = 503
  for (const minutes of [6, 20, 30]) {
    vi.setSystemTime(Date.now() + minutes * 60_000)
    expect(await askWith(hub, first, 'first')).toBe('welcome')
    await wait(50)
  }
  expect(await askWith(hub, second, 'second')).toBe(UNREACHABLE)
  expect(await askWith(hub, first, 'first')).toBe('welcome')
  vi.setSystemTime(Date.now() + 5 * 60_000)
  expect(await askWith(hub, first, 'first')).toBe(UNREACHABLE)
})

test('an issuer that is down is asked again after a while only, reported once, and believed when it is back', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  issuer.status = 500
  const reports: unknown[] = []
  const hub = hubWith({ onUnreachable: (reason) => reports.push(reason) })
  for (let i = 0; i < 20; i++) expect(await askWith(hub, first, 'first')).toBe(UNREACHABLE)
  expect([issuer.asked, reports.length]).toEqual([1, 1])
  issuer.status = 200
  expect(await askWith(hub, first, 'first')).toBe(UNREACHABLE)
  vi.setSystemTime(Date.now() + 5_000)
  expect(await askWith(hub, first, 'first')).toBe('welcome')
})

test.each([
  ['does not answer', () => Object.assign(issuer, { silent: true })],
  ['is gone', () => server.close()],
  ['sends the hub elsewhere', () => Object.assign(issuer, { status: 302 })],
  ['answers with something else', () => Object.assign(issuer, { keys: 'none' })],
])('an issuer that %s lets nobody in, and the answer tells nothing of it', async (_, happens) => {
  happens()
  const hub = hubWith({ timeout: 200 })
  const token = await sign(first, { ...claims(), scope: 'federation:gateway' }, { kid: 'first' })
  const fault = await hub.viewerOf(`Bearer ${token}`).catch((error) => error)
  expect(fault).toMatchObject({
    code: 'UNAUTHENTICATED',
    message: UNREACHABLE,
    remedy: 'Try again in a minute.',
    cause: expect.anything(),
  })
  expect(await hub.isGateway(token)).toBe(false)
})

test('a token without a key id is checked with the only key, and refused when there are several', async () => {
  expect(await askWith(hubWith(), first)).toBe('welcome')
  issuer.keys = [published(first, 'first'), published(second, 'second')]
  expect(await askWith(hubWith(), first)).toBe('The token does not say with which key it was signed.')
})

test('keys of the set that are not for signatures, or too weak, let nobody in', async () => {
  issuer.keys = [published(first, 'first', { use: 'enc' })]
  expect(await askWith(hubWith(), first, 'first')).toBe(UNKNOWN)
  issuer.keys = [published(first, 'first', { x: 'AAAA' })]
  expect(await askWith(hubWith(), first, 'first')).toBe(UNKNOWN)
})

test('the log says that the key set cannot be reached, once', async () => {
  issuer.status = 500
  const lines: string[] = []
  const logger = createLogger({ level: 'info', destination: { write: (line: string) => lines.push(line) } })
  const tokens = { issuer: ISSUER, audience: AUDIENCE, jwksUrl: url }
  const { authenticator, developmentKey } = openTokenKeys(
    { tokens, dataDir: 'memory', production: true },
    logger,
  )
  expect(developmentKey).toBeUndefined()
  for (let i = 0; i < 3; i++) expect(await askWith(authenticator, first, 'first')).toBe(UNREACHABLE)
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0]!)).toMatchObject({
    level: 40,
    component: 'tokens',
    msg: 'the key set at JWKS_URL cannot be reached',
    err: { message: 'The key set was answered with status 500.' },
  })
})
