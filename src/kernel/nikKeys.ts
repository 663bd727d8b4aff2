import type { KeyObject } from 'node:crypto'
import { createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto'

/** What makes tokens of NIKs. */
export interface NikTokenKey {
  /** Written next to what was made with it: 1 to 32 letters, digits, `_` or `-`, for a partner after `partner:`. */
  readonly id: string
  /** 32 bytes, for HMAC-SHA-256. */
  readonly hmacKey: KeyObject
}

/**
 * The two keys of the identity vault, kept apart from each other: a plain hash of a NIK can be reversed by
 * trying all of them. `KeyObject`s, so that printing or serialising one shows nothing; `createHmac` and
 * `createCipheriv` take them as they are.
 */
export interface NikKey extends NikTokenKey {
  /** 32 bytes, for AES-256. */
  readonly encryptionKey: KeyObject
}

const HALF = 32

/**
 * Reads `id:base64,id:base64`; each base64 is 64 bytes, HMAC key first. The first key is the current one,
 * the others still read older data. Problems never quote key material.
 */
export function parseNikKeys(text: string): { keys: NikKey[]; problems: string[] } {
  const keys: NikKey[] = []
  const problems: string[] = []
  for (const [index, entry] of text.split(',').entries()) {
    const key = parseNikKey(entry.trim())
    if (typeof key === 'string') problems.push(`key ${index + 1} ${key}`)
    else if (keys.some(({ id }) => id === key.id)) problems.push(`key ${index + 1} repeats an earlier id`)
    else keys.push(key)
  }
  return { keys, problems }
}

/** A new random key in the form {@link parseNikKeys} reads. Secret: write it to a file only its owner reads. */
export function generateNikKey(id: string): string {
  return `${id}:${randomBytes(2 * HALF).toString('base64')}`
}

function parseNikKey(entry: string): NikKey | string {
  const [, id, encoded] = /^([A-Za-z0-9_-]{1,32}):(.*)$/.exec(entry) ?? []
  if (id === undefined || encoded === undefined) return 'is not an id, a colon and base64'
  const bytes = Buffer.from(encoded, 'base64')
  // Node decodes what it can and skips the rest, so only the way back proves that nothing was skipped.
  if (bytes.toString('base64') !== encoded) return 'is not base64'
  if (bytes.length !== 2 * HALF) return `has ${bytes.length} bytes instead of 64`
  const [first, last] = [bytes.subarray(0, HALF), bytes.subarray(HALF)]
  if (timingSafeEqual(first, last)) return 'uses the same 32 bytes twice'
  return { id, hmacKey: createSecretKey(first), encryptionKey: createSecretKey(last) }
}
