import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTokenKeys } from '../../../src/access/tokens/open-token-keys.ts'
import { generateNikKey } from '../../../src/kernel/nik-keys.ts'
import { Payung } from '../../server/payung.ts'
import { aKeyPair } from './issuer.ts'

describe('payung token', { timeout: 120_000 }, () => {
  const payung = new Payung()
  const data = join(payung.folder, 'data')
  beforeAll(() => payung.compile())
  afterAll(() => payung.remove())

  const viewerOf = (token: string) =>
    openTokenKeys({ dataDir: data, production: false }).authenticator.viewerOf(`Bearer ${token.trim()}`)

  test('prints a token that this hub believes, and nothing else', async () => {
    const { code, stdout, stderr } = await payung.run(['token', '--role', 'clerk', '--area', '36.03'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    expect(await viewerOf(stdout)).toMatchObject({ subject: 'clerk', areas: ['36.03'] })
    expect(readdirSync(data)).toEqual(['token-key'])
  })

  test('takes everything that a token can say', async () => {
    const told = ['--area', '36.03', '--area', '36.71.01', '--permission', 'audit:read', '--payer', '3']
    const more = ['--partner', 'kemensos', '--subject', 'Ani', '--expires', '2d', '--json']
    const { code, stdout } = await payung.run(['token', '--role', 'partner', ...told, ...more])
    expect(code).toBe(0)
    const { token, expiresAt, ...viewer } = JSON.parse(stdout)
    expect(viewer).toEqual({
      subject: 'Ani',
      permissions: ['coverage:check', 'coverage:report', 'audit:read'],
      areas: ['36.03', '36.71.01'],
      payer: '3',
      partner: 'kemensos',
    })
    const validUntil = Date.parse(expiresAt)
    expect(await viewerOf(token)).toEqual({ ...viewer, permissions: new Set(viewer.permissions), validUntil })
    expect(Math.abs(Date.parse(expiresAt) - Date.now() - 2 * 86_400_000)).toBeLessThan(60_000)
  })

  test('signs for everywhere, and for gateways', async () => {
    const { stdout } = await payung.run(['token', '--permission', 'federation:gateway', '--area', '*'])
    const { authenticator } = openTokenKeys({ dataDir: data, production: false })
    expect(await authenticator.isGateway(stdout.trim())).toBe(true)
    expect(await viewerOf(stdout)).toMatchObject({ subject: 'developer', areas: ['*'] })
  })

  test.each([
    ['a role', ['--role', 'king'], 2, 'clerk, approver, analyst, partner, auditor, admin'],
    ['a permission', ['--permission', 'registry:rule'], 2, 'registry:read, registry:write'],
    ['a province', ['--role', 'clerk', '--area', '99'], 1, '36 Banten'],
    ['a regency', ['--role', 'clerk', '--area', '36', '36.99'], 1, '36.03 Kabupaten Tangerang'],
    ['a district', ['--role', 'clerk', '--area', '36.03.99'], 1, '36.03.01 Balaraja'],
    ['a village', ['--role', 'clerk', '--area', '36.03.01.0000'], 1, '36.03.01.1001 Balaraja'],
    ['something smaller', ['--role', 'clerk', '--area', '36.03.01.1001.1'], 1, 'no area 36.03.01.1001.1'],
  ])('refuses %s that does not exist, and says what there is', async (_, args, exit, known) => {
    const { code, stdout, stderr } = await payung.run(['token', ...args])
    expect([code, stdout]).toEqual([exit, ''])
    expect(stderr).toContain(known)
    expect(stderr).not.toContain('    at ')
  })

  test.each([
    ['nothing that it may do', [], 1, 'Say what the token may do'],
    ['a payer in words', ['--role', 'clerk', '--payer', 'APBD'], 1, 'claim payer must be'],
    ['a partner in capitals', ['--role', 'partner', '--partner', 'KEMENSOS'], 1, 'claim partner must be'],
    ['no end', ['--role', 'clerk', '--expires', 'never'], 2, 'a time up to 30d'],
    ['a year', ['--role', 'clerk', '--expires', '365d'], 2, 'a time up to 30d'],
  ])('refuses a token with %s', async (_, args, exit, reason) => {
    const { code, stdout, stderr } = await payung.run(['token', ...args])
    expect([code, stdout]).toEqual([exit, ''])
    expect(stderr).toContain(reason)
  })

  test('does not sign where somebody else does, nor in production', async () => {
    const elsewhere = join(payung.folder, 'elsewhere')
    mkdirSync(elsewhere)
    const JWT_PUBLIC_KEY = JSON.stringify(aKeyPair().publicKey.export({ format: 'jwk' }))
    const production = {
      NODE_ENV: 'production',
      JWT_ISSUER: 'i',
      JWT_AUDIENCE: 'a',
      PAYUNG_NIK_KEYS: generateNikKey('k1'),
    }
    for (const [env, reason] of [
      [{ JWT_PUBLIC_KEY }, 'get one from there'],
      [{ JWKS_URL: 'https://login.example/keys' }, 'get one from there'],
      [{ ...production, JWT_PUBLIC_KEY }, 'get one from there'],
      [production, 'JWKS_URL or JWT_PUBLIC_KEY is required in production'],
      [{ PAYUNG_DATA: 'memory' }, 'keeps its key to itself'],
    ] as const) {
      const { code, stdout, stderr } = await payung.run(['token', '--role', 'admin'], {
        PAYUNG_DATA: elsewhere,
        ...env,
      })
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toContain(reason)
    }
    expect(readdirSync(elsewhere)).toEqual([])
  })

  test('works while a server has the folder open', async () => {
    const child = payung.start(['serve'], { PORT: '0', PAYUNG_SEED: 'none' })
    const stopped = new Promise((resolve) => child.on('close', resolve))
    await expect
      .poll(() => statSync(join(data, 'database.lock'), { throwIfNoEntry: false }), { timeout: 30_000 })
      .toBeTruthy()
    const { code, stdout } = await payung.run(['token', '--role', 'clerk'])
    child.kill('SIGTERM')
    await stopped
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^eyJ/)])
  })
})
