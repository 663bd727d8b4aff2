import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { Fault } from '../../kernel/errors.ts'
import type { Nik } from '../../kernel/nik.ts'
import type { NikKey, NikTokenKey } from '../../kernel/nik-keys.ts'
import type { NikKeys } from './nik-keys.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * The name of a NIK in the vault: 32 bytes, HMAC-SHA-256 of its 16 digits. The same NIK has the same token as
 * long as the key is the same; without the key nobody can compute it or try all NIKs.
 */
export function nikToken(nik: Nik, key: NikTokenKey): Buffer {
  return createHmac('sha256', key.hmacKey).update(nik).digest()
}

/**
 * Encrypts a NIK with AES-256-GCM: 12 random bytes of nonce, the ciphertext, 16 bytes of tag. The token goes
 * in as additional data, so that a ciphertext moved to another person's row no longer opens.
 *
 * A random nonce is safe for about 2^32 NIKs under one key (NIST SP 800-38D §8.3), more than there are people
 * in Indonesia.
 *
 * @param token what {@link nikToken} says of the same NIK under the same key.
 */
export function sealNik(nik: Nik, token: Uint8Array, key: NikKey): Buffer {
  const nonce = freshNonce()
  const cipher = createCipheriv('aes-256-gcm', key.encryptionKey, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(token)
  return Buffer.concat([nonce, cipher.update(nik, 'latin1'), cipher.final(), cipher.getAuthTag()])
}

let nonces = Buffer.alloc(0)

/** Random bytes that nobody gets twice, drawn many at a time: the system is asked as long for twelve as for thousands. */
function freshNonce(): Buffer {
  if (nonces.length === 0) nonces = randomBytes(NONCE_BYTES * 512)
  const nonce = nonces.subarray(0, NONCE_BYTES)
  nonces = nonces.subarray(NONCE_BYTES)
  return nonce
}

/**
 * Decrypts what {@link sealNik} made.
 *
 * @throws Fault INTERNAL when it was sealed with another key or for another token, or was changed since. The
 *   message says nothing about the person.
 */
export function openNik(sealed: Uint8Array, token: Uint8Array, key: NikKey): Nik {
  try {
    const bytes = Buffer.from(sealed)
    const nonce = bytes.subarray(0, NONCE_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', key.encryptionKey, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(token)
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    const opened = [decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]
    return Buffer.concat(opened).toString('latin1') as Nik
  } catch (cause) {
    throw new Fault('INTERNAL', 'An identity in the vault cannot be opened with its key.', { cause })
  }
}

/** A NIK as the vault keeps it. */
export interface VaultedNik {
  /** The key it is sealed with. */
  readonly keyId: string
  readonly cipher: Buffer
  /** One token per key, with the id of the key. */
  readonly tokens: readonly { readonly keyId: string; readonly token: Buffer }[]
}

/**
 * Seals a NIK with the current key and makes its tokens for all keys.
 *
 * @param others keys that only find people, of partners.
 */
export function vaultNik(nik: Nik, keys: NikKeys, others: readonly NikTokenKey[] = []): VaultedNik {
  const [current] = keys
  const tokens = [...keys, ...others].map((key) => ({ keyId: key.id, token: nikToken(nik, key) }))
  return { keyId: current.id, cipher: sealNik(nik, tokens[0]!.token, current), tokens }
}

/**
 * The key a vault row names.
 *
 * @throws Fault INTERNAL when this process was not given that key.
 */
export function keyNamed(id: string, keys: readonly NikKey[]): NikKey {
  const key = keys.find((candidate) => candidate.id === id)
  if (key) return key
  throw new Fault('INTERNAL', 'An identity in the vault was written with a key this hub was not given.')
}
