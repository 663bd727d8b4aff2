import { createHmac } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lookupTokens, parsePartnerToken, partnerLookupTokens } from '../../../src/access/vault/lookup.ts'
import { temporaryNikKeys } from '../../../src/access/vault/nik-keys.ts'
import { nikToken, vaultNik } from '../../../src/access/vault/vault.ts'
import { readConfig } from '../../../src/kernel/config.ts'
import type { Nik } from '../../../src/kernel/nik.ts'
import { generateNikKey } from '../../../src/kernel/nik-keys.ts'
import { partnerKeyId } from '../../../src/kernel/partner-keys.ts'

const nik = '3603011203909001' as Nik
const base64 = (byte: number, length = 32) => Buffer.alloc(length, byte).toString('base64')
const partners = (text: string) => readConfig({ PAYUNG_PARTNER_KEYS: text }).partnerKeys

test("a partner's token is the HMAC-SHA-256 of the 16 digits with his own key, as anybody can compute it", () => {
  const [kemensos, bappenas] = partners(`kemensos:${base64(1)}, bappenas:${base64(2)}`)
  const computed = createHmac('sha256', Buffer.alloc(32, 1)).update('3603011203909001').digest()
  expect(nikToken(nik, kemensos!)).toEqual(computed)
  expect(nikToken(nik, bappenas!)).not.toEqual(computed)
  const { tokens } = vaultNik(nik, temporaryNikKeys(), [kemensos!, bappenas!])
  expect(tokens.map(({ keyId }) => keyId)).toEqual(['memory', 'partner:kemensos', 'partner:bappenas'])
  expect(tokens[1]!.token).toEqual(computed)
})

test('a token is looked for among those of its own key only, in the order asked', () => {
  const [kemensos, bappenas] = partners(`kemensos:${base64(1)},bappenas:${base64(2)}`)
  const token = nikToken(nik, kemensos!)
  expect(partnerLookupTokens([undefined, token], bappenas!)).toEqual([
    { index: 1, keyId: partnerKeyId('bappenas'), token },
  ])
  const [key] = temporaryNikKeys()
  expect(lookupTokens([undefined, nik], [key, kemensos!])).toEqual([
    { index: 1, keyId: 'memory', token: nikToken(nik, key) },
    { index: 1, keyId: 'partner:kemensos', token },
  ])
})

test('a token is read from hexadecimal digits and from base64url, and from nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      const token = Buffer.from(bytes)
      for (const text of [
        token.toString('hex'),
        token.toString('hex').toUpperCase(),
        token.toString('base64url'),
      ]) {
        expect(parsePartnerToken(text)).toEqual(token)
      }
      expect(parsePartnerToken(token.toString('base64'))).toBeUndefined()
      expect(parsePartnerToken(token.toString('hex').slice(2))).toBeUndefined()
      expect(parsePartnerToken(`${token.toString('base64url')}A`)).toBeUndefined()
    }),
  )
  // The last of 43 characters has two bits to spare: only one spelling of a token is one.
  expect(parsePartnerToken('A'.repeat(43))).toEqual(Buffer.alloc(32))
  expect(parsePartnerToken(`${'A'.repeat(42)}B`)).toBeUndefined()
  for (const text of ['', nik, ' '.repeat(43), `${'ab'.repeat(31)}zz`])
    expect(parsePartnerToken(text)).toBeUndefined()
})

const nikKey = generateNikKey('k')
const itsHmacHalf = Buffer.from(nikKey.slice(2), 'base64').subarray(0, 32).toString('base64')

test.each([
  ['no name', base64(1), 'is not a partner'],
  ['a name in capitals', `KEMENSOS:${base64(1)}`, 'a partner (1 to 32 small letters, digits or dashes)'],
  ['a name with an underscore', `a_b:${base64(1)}`, 'is not a partner'],
  ['a name of 33 letters', `${'p'.repeat(33)}:${base64(1)}`, 'is not a partner'],
  ['a name with a colon', `a:b:${base64(1)}`, 'is not base64'],
  ['31 bytes', `a:${base64(1, 31)}`, '31 bytes instead of 32'],
  ['a partner twice', `a:${base64(1)},a:${base64(2)}`, 'key 2 repeats an earlier partner'],
  ['one key for two partners', `a:${base64(1)},b:${base64(1)}`, 'key 2 repeats an earlier key'],
  ["the vault's own key", `a:${itsHmacHalf}`, 'a has a key of the vault'],
])('partner keys with %s are refused, and no key is repeated', (_, PAYUNG_PARTNER_KEYS, reason) => {
  const attempt = () => readConfig({ PAYUNG_PARTNER_KEYS, PAYUNG_NIK_KEYS: nikKey })
  expect(attempt).toThrow(reason)
  expect(attempt).not.toThrow(PAYUNG_PARTNER_KEYS.split(':').at(-1)!)
})

test('printing the configuration shows no key of a partner', () => {
  const printed = inspect(partners(`kemensos:${base64(7)}`), { depth: 9, showHidden: true })
  expect(printed).toContain('kemensos')
  expect(printed).not.toContain(base64(7).slice(0, 10))
  expect(printed).not.toMatch(/(07 ?){8}/)
})
