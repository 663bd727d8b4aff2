import fc from 'fast-check'
import { expect, test } from 'vitest'
import { temporaryNikKeys } from '../../../src/access/vault/nik-keys.ts'
import { keyNamed, nikToken, openNik, sealNik } from '../../../src/access/vault/vault.ts'
import { Fault } from '../../../src/kernel/errors.ts'
import type { Nik } from '../../../src/kernel/nik.ts'

const [key] = temporaryNikKeys()
const [otherKey] = temporaryNikKeys()
const aNik = fc.stringMatching(/^[0-9]{16}$/) as fc.Arbitrary<Nik>

test('a NIK has one token under one key, and another token under another key', () => {
  fc.assert(
    fc.property(aNik, aNik, (a, b) => {
      expect(nikToken(a, key)).toHaveLength(32)
      expect(nikToken(a, key).equals(nikToken(b, key))).toBe(a === b)
      expect(nikToken(a, key).equals(nikToken(a, otherKey))).toBe(false)
    }),
  )
})

test('what was sealed opens to the same NIK, and never looks the same twice', () => {
  fc.assert(
    fc.property(aNik, (nik) => {
      const token = nikToken(nik, key)
      const sealed = sealNik(nik, token, key)
      expect(sealed).toHaveLength(12 + 16 + 16)
      expect(openNik(sealed, token, key)).toBe(nik)
      expect(sealNik(nik, token, key).equals(sealed)).toBe(false)
      expect(sealed.includes(nik)).toBe(false)
    }),
  )
})

test('a NIK sealed for one person does not open in the row of another', () => {
  const [nik, other] = ['3603011203909001', '3603011203909002'] as Nik[]
  const sealed = sealNik(nik!, nikToken(nik!, key), key)
  expect(() => openNik(sealed, nikToken(other!, key), key)).toThrow(Fault)
})

test('a changed byte, a cut end and another key are all refused without a word about the person', () => {
  const nik = '3603011203909001' as Nik
  const token = nikToken(nik, key)
  const sealed = sealNik(nik, token, key)
  fc.assert(
    fc.property(fc.nat({ max: sealed.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Buffer.from(sealed)
      changed[at]! ^= flip
      expect(() => openNik(changed, token, key)).toThrow(Fault)
    }),
  )
  for (const end of [0, 5, 27, 43]) expect(() => openNik(sealed.subarray(0, end), token, key)).toThrow(Fault)
  expect(() => openNik(sealed, token, otherKey)).toThrow(
    'An identity in the vault cannot be opened with its key.',
  )
})

test('a vault row written with a key the hub was not given says so', () => {
  expect(keyNamed(key.id, [key])).toBe(key)
  expect(() => keyNamed('older', [key])).toThrow('a key this hub was not given')
})
