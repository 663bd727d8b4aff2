import { createHmac, randomUUID } from 'node:crypto'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createAuthenticator } from '../../../src/access/tokens/authenticator.ts'
import type { TrustedKeys } from '../../../src/access/tokens/trusted-keys.ts'
import { ANONYMOUS } from '../../../src/access/viewer.ts'
import { Fault } from '../../../src/kernel/errors.ts'
import type { TokenAlgorithm } from '../../../src/kernel/token-key.ts'
import { AUDIENCE, aKeyPair, claims, ISSUER, now, sign, trusting } from './issuer.ts'

const pair = aKeyPair()
const hub = authenticator(trusting(pair))

function authenticator(keys: TrustedKeys) {
  return createAuthenticator({ issuer: ISSUER, audience: AUDIENCE, keys })
}

/** What becomes of a token: the viewer, or the fault. */
function outcome(token: string, { viewerOf } = hub) {
  return viewerOf(`Bearer ${token}`).catch((fault: unknown) => fault)
}

/** A token whose parts nobody's library would write. */
function handMade(header: object, payload: object, signature: (signed: string) => string): string {
  const signed = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${signed}.${signature(signed)}`
}

afterEach(() => {
  vi.useRealTimers()
})

describe('a viewer', () => {
  test('is anonymous without the header', async () => {
    expect(await hub.viewerOf(undefined)).toBe(ANONYMOUS)
  })

  test('is who the token says, and cannot be changed', async () => {
    const exp = now() + 600
    const token = await sign(pair, {
      ...claims(),
      exp,
      areas: ['36', '36.03', '36.03.01', '36.03.01.2001', '*'],
      payer: '12',
      partner: 'kemensos-1',
    })
    const viewer = await hub.viewerOf(`Bearer ${token}`)
    expect(viewer).toEqual({
      subject: 'clerk-7',
      permissions: new Set(['registry:read', 'identity:read']),
      areas: ['36', '36.03', '36.03.01', '36.03.01.2001', '*'],
      payer: '12',
      partner: 'kemensos-1',
      validUntil: exp * 1000,
    })
    expect([Object.isFrozen(viewer), Object.isFrozen(viewer.areas)]).toEqual([true, true])
  })

  test('may do nothing and sees no area when the token names none', async () => {
    const { scope: _, areas: __, ...bare } = claims()
    expect(await outcome(await sign(pair, bare))).toEqual({
      subject: 'clerk-7',
      permissions: new Set(),
      areas: [],
      validUntil: bare.exp * 1000,
    })
  })

  test('keeps the scopes that are permissions here, and no others', async () => {
    const scope = 'openid  registry:read federation:gateway constructor registry:READ admin:all'
    expect(await outcome(await sign(pair, { ...claims(), scope }))).toMatchObject({
      permissions: new Set(['registry:read']),
    })
  })

  test.each(['bearer', 'BEARER', 'Bearer '])('may write the scheme as %j', async (scheme) => {
    const token = await sign(pair, claims())
    expect(await hub.viewerOf(`${scheme} ${token}`)).toMatchObject({ subject: 'clerk-7' })
  })

  test.each(['EdDSA', 'ES256', 'RS256', 'PS256'] as const)('may have a token signed with %s', async (alg) => {
    const own = aKeyPair(alg)
    const token = await sign(own, claims(), { alg })
    expect(await outcome(token, authenticator(trusting(own)))).toMatchObject({ subject: 'clerk-7' })
  })

  test('may come with one of several audiences, and with a clock 4 seconds off', async () => {
    const token = await sign(pair, { ...claims(), aud: ['other', AUDIENCE], nbf: now() + 4 })
    expect(await outcome(token)).toMatchObject({ subject: 'clerk-7' })
    const ended = await sign(pair, { ...claims(), exp: now() - 3 })
    expect(await outcome(ended)).toMatchObject({ subject: 'clerk-7' })
  })
})

const SECRET = 'rahasia'

/** Claims that differ in one thing; undefined leaves one out. */
const signedWith = (difference: Record<string, unknown>) => () =>
  sign(pair, { ...claims(), sub: SECRET, ...difference })

const REFUSED: readonly [string, () => Promise<string> | string, RegExp][] = [
  ['that has expired', signedWith({ exp: 1_600_000_000 }), /has expired/],
  ['that is not valid yet', signedWith({ nbf: 9_000_000_000, exp: 9_100_000_000 }), /not valid yet/],
  ['without an expiry', signedWith({ exp: undefined }), /does not say when it expires/],
  ['with an expiry in words', signedWith({ exp: SECRET }), /malformed/],
  ['of another issuer', signedWith({ iss: `https://${SECRET}.example` }), /issuer/],
  ['without an issuer', signedWith({ iss: undefined }), /issuer/],
  ['for another audience', signedWith({ aud: SECRET }), /audience/],
  ['without an audience', signedWith({ aud: undefined }), /audience/],
  ['without a subject', signedWith({ sub: undefined }), /claim sub must/],
  ['with an empty subject', signedWith({ sub: '' }), /claim sub must/],
  ['with a subject of 201 characters', signedWith({ sub: 'x'.repeat(201) }), /claim sub must/],
  ['with a zero byte in its subject', signedWith({ sub: `${SECRET}\0` }), /claim sub must/],
  ['with a list of scopes', signedWith({ scope: [SECRET] }), /claim scope must/],
  ['with one area that is no list', signedWith({ areas: '36' }), /claim areas must/],
  ['with an area without its dots', signedWith({ areas: ['36', '3603'] }), /claim areas must/],
  ['with an area in SQL', signedWith({ areas: [`36' or '${SECRET}`] }), /claim areas must/],
  ['with an area that is a prefix with a line end', signedWith({ areas: ['36\n'] }), /claim areas must/],
  ['with a number for its payer', signedWith({ payer: 3 }), /claim payer must/],
  ['with a payer beyond every id', signedWith({ payer: '9'.repeat(19) }), /claim payer must/],
  ['with a payer in words', signedWith({ payer: SECRET }), /claim payer must/],
  ['with a partner of 33 letters', signedWith({ partner: 'p'.repeat(33) }), /claim partner must/],
  ['with a partner in capitals', signedWith({ partner: SECRET.toUpperCase() }), /claim partner must/],
  ['signed by somebody else', () => sign(aKeyPair(), { ...claims(), sub: SECRET }), /not signed by a key/],
  [
    'signed with another kind of key',
    () => sign(aKeyPair('ES256'), { ...claims(), sub: SECRET }, { alg: 'ES256' }),
    /does not accept/,
  ],
  ['without a signature', () => handMade({ alg: 'none' }, claims(), () => ''), /does not accept/],
  ['whose algorithm is NONE', () => handMade({ alg: 'NONE' }, claims(), () => ''), /does not accept/],
  [
    'whose HMAC was made with the public key',
    () => {
      const pem = pair.publicKey.export({ type: 'spki', format: 'pem' })
      return handMade({ alg: 'HS256' }, claims(), (signed) =>
        createHmac('sha256', pem).update(signed).digest('base64url'),
      )
    },
    /does not accept/,
  ],
  [
    'with a critical header of its own',
    () => handMade({ alg: 'EdDSA', crit: [SECRET], [SECRET]: 1 }, claims(), () => 'AAAA'),
    /does not accept/,
  ],
  [
    'that brings its own key',
    () => {
      const own = aKeyPair()
      const jwk = own.publicKey.export({ format: 'jwk' })
      return sign(own, claims(), { jwk } as { kid?: string })
    },
    /not signed by a key/,
  ],
  [
    'whose claims were exchanged',
    async () => {
      const [header, , signature] = (await sign(pair, claims())).split('.')
      const payload = Buffer.from(JSON.stringify({ ...claims(), scope: 'admin' })).toString('base64url')
      return [header, payload, signature].join('.')
    },
    /not signed by a key/,
  ],
  ['of one part', () => SECRET, /malformed/],
  ['of five parts', () => 'a.b.c.d.e', /malformed/],
  ['of nothing', () => '', /malformed/],
  ['of dots', () => '..', /malformed/],
  ['of signs that are not base64', () => `${SECRET}!.é.%`, /malformed/],
  ['that is a list', () => handMade([], claims(), () => 'AAAA'), /malformed/],
  ['of 8,193 characters', () => 'a'.repeat(8_193), /too long/],
]

describe('a token is refused', () => {
  test.each(REFUSED)('%s', async (_, token, reason) => {
    const fault = await outcome(await token())
    expect(fault).toBeInstanceOf(Fault)
    const { code, message, remedy } = fault as Fault
    expect(code).toBe('UNAUTHENTICATED')
    expect(message).toMatch(reason)
    expect(remedy).toMatch(/^[A-Z].*\.$/)
    expect(`${message} ${remedy}`).not.toMatch(new RegExp(SECRET, 'i'))
  })

  test('of 8,193 characters although its signature is good', async () => {
    const token = await sign(pair, { ...claims(), more: 'x'.repeat(7_000) })
    expect(token.length).toBeGreaterThan(8_192)
    expect(await outcome(token)).toMatchObject({ message: 'The token is too long.' })
    const shorter = await sign(pair, { ...claims(), more: 'x'.repeat(5_000) })
    expect(await outcome(shorter)).toMatchObject({ subject: 'clerk-7' })
  })

  test.each(['', 'Basic ', 'Bearer', 'Bearer\t', 'Bearer Bearer '])(
    'when the header has %j before a good one',
    async (before) => {
      const header = `${before}${await sign(pair, claims())}`
      await expect(hub.viewerOf(header)).rejects.toMatchObject({ message: 'The token is malformed.' })
    },
  )

  test.each(['', 'Bearer', 'Bearer '])('when the header is %j', async (header) => {
    await expect(hub.viewerOf(header)).rejects.toMatchObject({ message: 'The token is malformed.' })
  })
})

describe('a gateway', () => {
  test('is known by the scope of its token', async () => {
    const token = await sign(pair, { ...claims(), scope: 'federation:gateway' })
    expect(await hub.isGateway(token)).toBe(true)
    expect(await hub.isGateway(token)).toBe(true)
  })

  test('is not whoever has another token, none, or a bad one', async () => {
    const viewers = await sign(pair, { ...claims(), scope: 'admin federation:gatewayx' })
    const forged = await sign(aKeyPair(), { ...claims(), scope: 'federation:gateway' })
    const expired = await sign(pair, { ...claims(), scope: 'federation:gateway', exp: now() - 60 })
    for (const token of [undefined, '', viewers, forged, expired, 'x'.repeat(100_000)]) {
      expect(await hub.isGateway(token)).toBe(false)
    }
  })
})

describe('a verified token', () => {
  /** Counts how often a signature is looked at. */
  function counted() {
    const { algorithms, keyFor } = trusting(pair)
    const count = { verified: 0 }
    const counting: TrustedKeys = {
      algorithms,
      keyFor: (header, token) => {
        count.verified++
        return keyFor(header, token)
      },
    }
    return { count, hub: authenticator(counting) }
  }

  test('is remembered, for viewers and gateways alike, and gives the same viewer', async () => {
    const { count, hub } = counted()
    const token = await sign(pair, claims())
    const first = await outcome(token, hub)
    expect(await outcome(token, hub)).toBe(first)
    await hub.isGateway(token)
    expect(count.verified).toBe(1)
  })

  test('is looked at again after a minute, when its key may be gone', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { count, hub } = counted()
    const token = await sign(pair, claims())
    await outcome(token, hub)
    vi.setSystemTime(Date.now() + 59_000)
    await outcome(token, hub)
    expect(count.verified).toBe(1)
    vi.setSystemTime(Date.now() + 1_000)
    await outcome(token, hub)
    expect(count.verified).toBe(2)
  })

  test('is remembered no longer than it lasts', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { hub } = counted()
    const token = await sign(pair, { ...claims(), exp: now() + 10 })
    expect(await outcome(token, hub)).toMatchObject({ subject: 'clerk-7' })
    vi.setSystemTime(Date.now() + 16_000)
    expect(await outcome(token, hub)).toMatchObject({ message: 'The token has expired.' })
  })

  test('stays remembered while 1,500 forged ones are refused', async () => {
    const { count, hub } = counted()
    const token = await sign(pair, claims())
    await outcome(token, hub)
    const [header, payload] = token.split('.')
    for (let i = 0; i < 1_500; i++) {
      const signature = Buffer.from(`${i}`.padStart(64, 'x')).toString('base64url')
      expect(await outcome(`${header}.${payload}.${signature}`, hub)).toBeInstanceOf(Fault)
    }
    const before = count.verified
    expect(before).toBe(1_501)
    await outcome(token, hub)
    expect(count.verified).toBe(before)
  })

  test('whose claims are refused is not remembered', async () => {
    const { hub } = counted()
    const token = await sign(pair, { ...claims(), scope: 'federation:gateway', areas: ['x'] })
    expect([await hub.isGateway(token), await hub.isGateway(token)]).toEqual([false, false])
  })

  test('makes room for others: 1,000 are remembered, the oldest goes', async () => {
    const { count, hub } = counted()
    const token = () => sign(pair, { ...claims(), jti: randomUUID() })
    const [first, second] = [await token(), await token()]
    for (const each of [first, second]) await outcome(each, hub)
    for (let i = 0; i < 999; i++) await outcome(await token(), hub)
    expect(count.verified).toBe(1_001)
    await outcome(second, hub)
    expect(count.verified).toBe(1_001)
    await outcome(first, hub)
    expect(count.verified).toBe(1_002)
  })
})

test.each([
  ['EdDSA', 'EdDSA'],
  ['RS256', 'RS256 or PS256'],
] as [TokenAlgorithm, string][])('a hub with a key for %s asks for signatures by %s', async (alg, words) => {
  const fault = await outcome(
    handMade({ alg: 'none' }, {}, () => ''),
    authenticator(trusting(aKeyPair(alg))),
  )
  expect(fault).toMatchObject({ remedy: `Tokens must be signed with ${words}.` })
})
