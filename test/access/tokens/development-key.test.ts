import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { ROLES } from '../../../src/access/permission.ts'
import {
  loadOrCreateDevelopmentKey,
  signDevelopmentToken,
} from '../../../src/access/tokens/development-key.ts'
import { openTokenKeys } from '../../../src/access/tokens/open-token-keys.ts'
import { SetupError } from '../../../src/kernel/errors.ts'
import type { TokenKey } from '../../../src/kernel/token-key.ts'
import { AUDIENCE, aKeyPair, claims, ISSUER, sign } from './issuer.ts'

const aFolder = () => join(mkdtempSync(join(tmpdir(), 'payung-token-key-')), 'data')
const development = (dataDir: string) => {
  const { authenticator, developmentKey } = openTokenKeys({ dataDir, production: false })
  return { authenticator, key: developmentKey! }
}

describe('the development key', () => {
  test('is made once, and read by its owner only', async () => {
    const dataDir = aFolder()
    const signed = await signDevelopmentToken(development(dataDir).key, { subject: 'Ani', role: 'clerk' })
    const { authenticator } = development(dataDir)
    expect(await authenticator.viewerOf(`Bearer ${signed}`)).toMatchObject({ subject: 'Ani' })
    expect(readdirSync(dataDir)).toEqual(['token-key'])
    expect(statSync(join(dataDir, 'token-key')).mode & 0o777).toBe(0o600)
  })

  test('is the same for processes that make it at once', async () => {
    const dataDir = aFolder()
    const module = new URL('../../../src/access/tokens/development-key.ts', import.meta.url).href
    const start = Date.now() + 1_500
    const script = `
      import { createPublicKey } from 'node:crypto'
      import { loadOrCreateDevelopmentKey } from ${JSON.stringify(module)}
      while (Date.now() < ${start});
      const key = loadOrCreateDevelopmentKey(${JSON.stringify(dataDir)})
      console.log(createPublicKey(key).export({ format: 'jwk' }).x)`
    const keys = await Promise.all(Array.from({ length: 4 }, () => outputOf(script)))
    expect(keys[0]).toMatch(/^[\w-]{43}\n$/)
    expect(new Set(keys).size).toBe(1)
    expect(readdirSync(dataDir)).toEqual(['token-key'])
  })

  test('of a hub in memory is its own, and leaves no file', async () => {
    const [one, other] = [development('memory'), development('memory')]
    const signed = await signDevelopmentToken(one.key, { subject: 'Ani', role: 'clerk' })
    expect(await one.authenticator.viewerOf(`Bearer ${signed}`)).toMatchObject({ subject: 'Ani' })
    await expect(other.authenticator.viewerOf(`Bearer ${signed}`)).rejects.toThrow('not signed by a key')
    expect(() => statSync('memory')).toThrow()
  })

  test.each([
    ['cut short', (pem: string) => pem.slice(0, 60)],
    [
      'of another kind',
      () => aKeyPair('ES256').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
  ])('%s is refused and left as it is, its content not repeated', (_, damage) => {
    const dataDir = aFolder()
    loadOrCreateDevelopmentKey(dataDir)
    const file = join(dataDir, 'token-key')
    const damaged = damage(readFileSync(file, 'utf8'))
    writeFileSync(file, damaged)
    const attempt = () => loadOrCreateDevelopmentKey(dataDir)
    expect(attempt).toThrow(SetupError)
    expect(attempt).toThrow('Delete the file')
    expect(attempt).not.toThrow(damaged.slice(30, 50))
    expect(readFileSync(file, 'utf8')).toBe(damaged)
  })

  test('that cannot be written is told in plain words', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'payung-token-key-')), 'a-file')
    writeFileSync(file, '')
    expect(() => loadOrCreateDevelopmentKey(join(file, 'data'))).toThrow(SetupError)
  })

  test('shows nothing when it is printed', () => {
    const { key } = development('memory')
    const secret = key.privateKey.export({ format: 'jwk' }).d!
    const hex = Buffer.from(secret, 'base64url').toString('hex')
    const printed = inspect(key, { depth: 9, showHidden: true }) + JSON.stringify(key)
    expect(printed).not.toContain(secret)
    expect(printed).not.toContain(hex)
  })

  test('is not made in production, nor where an issuer is configured', async () => {
    const dataDir = aFolder()
    expect(() => openTokenKeys({ dataDir, production: true })).toThrow(SetupError)
    expect(() => openTokenKeys({ dataDir: 'memory', production: true })).toThrow(SetupError)
    const pair = aKeyPair()
    const publicKey: TokenKey = { key: pair.publicKey, algorithms: ['EdDSA'] }
    const { authenticator, developmentKey } = openTokenKeys({
      tokens: { issuer: ISSUER, audience: AUDIENCE, publicKey },
      dataDir,
      production: false,
    })
    expect(developmentKey).toBeUndefined()
    expect(await authenticator.viewerOf(`Bearer ${await sign(pair, claims())}`)).toMatchObject({
      subject: 'clerk-7',
    })
    expect(() => readdirSync(dataDir)).toThrow()
  })
})

describe('a development token', () => {
  const { authenticator, key } = development('memory')

  test('allows what its role and its permissions say together, for eight hours', async () => {
    const signed = await signDevelopmentToken(key, {
      subject: 'Budi',
      role: 'analyst',
      permissions: ['audit:read', 'registry:read'],
      areas: ['36', '36.03'],
      payer: '3',
      partner: 'kemensos',
    })
    const { iat, exp } = decodeJwt(signed)
    expect(await authenticator.viewerOf(`Bearer ${signed}`)).toEqual({
      subject: 'Budi',
      permissions: new Set([...ROLES.analyst, 'audit:read']),
      areas: ['36', '36.03'],
      payer: '3',
      partner: 'kemensos',
      validUntil: exp! * 1000,
    })
    expect(exp! - iat!).toBe(8 * 3600)
  })

  test('lasts as long as it is asked to', async () => {
    const signed = await signDevelopmentToken(key, { subject: 'Budi', role: 'clerk', expiresIn: -60 })
    await expect(authenticator.viewerOf(`Bearer ${signed}`)).rejects.toThrow('expired')
  })

  test('may be that of a gateway', async () => {
    const signed = await signDevelopmentToken(key, {
      subject: 'gateway',
      permissions: ['federation:gateway'],
    })
    expect(await authenticator.isGateway(signed)).toBe(true)
  })
})

/** What a process of its own writes. */
function outputOf(script: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script])
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text
    })
  }
  return new Promise((resolve) => child.on('close', () => resolve(output)))
}
