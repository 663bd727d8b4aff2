import type { KeyObject } from 'node:crypto'
import { createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto'
import { parseKeyList, parseNamedBytes } from './key-list.ts'

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
const ID = /^[A-Za-z0-9_-]{1,32}$/

/**
 * Reads `id:base64,id:base64`; each base64 is 64 bytes, HMAC key first. The first key is the current one,
 * the others still read older data. Problems never quote key material.
 */
export function parseNikKeys(text: string): { keys: NikKey[]; problems: string[] } {
  return parseKeyList<NikKey>(text, (entry, before) => {
    const key = parseNikKey(entry)
    if (typeof key === 'string') return key
    return before.some(({ id }) => id === key.id) ? 'repeats an earlier id' : key
  })
}

/** A new random key in the form {@link parseNikKeys} reads. Secret: write it to a file only its owner reads. */
export function generateNikKey(id: string): string {
  return `${id}:${randomBytes(2 * HALF).toString('base64')}`
}

function parseNikKey(entry: string): NikKey | string {
  const read = parseNamedBytes(entry, { what: 'an id', name: ID, length: 2 * HALF })
  if (typeof read === 'string') return read
  const { name: id, bytes } = read
  const [first, last] = [bytes.subarray(0, HALF), bytes.subarray(HALF)]
  if (timingSafeEqual(first, last)) return 'uses the same 32 bytes twice'
  return { id, hmacKey: createSecretKey(first), encryptionKey: createSecretKey(last) }
}
