import { createHmac } from 'node:crypto'
import type { NikKeys } from '../../access/vault/nik-keys.ts'

/** What tells a file from every other, under one key of the vault. */
export interface FileDigest {
  readonly keyId: string
  /** 32 bytes: HMAC-SHA-256 of the file. Keyed, because a plain hash would tell who holds which list. */
  readonly digest: Buffer
}

export interface FileDigests {
  /** The same bytes, taken note of as they pass. */
  readonly bytes: AsyncIterable<Uint8Array>
  /** Of all bytes that have passed, in the order of the keys; asked for once, at the end. */
  digests(): readonly FileDigest[]
}

/** Digests of a file under all keys: whichever was the current one when it was sent before, it is found. */
export function digestWhilePassing(body: AsyncIterable<Uint8Array>, keys: NikKeys): FileDigests {
  const hashes = keys.map(({ id, hmacKey }) => ({ id, hmac: createHmac('sha256', hmacKey) }))
  // A NIK is hashed with the same key: no file may have the name of a NIK.
  for (const { hmac } of hashes) hmac.update('roster file ')
  async function* passing() {
    for await (const piece of body) {
      for (const { hmac } of hashes) hmac.update(piece)
      yield piece
    }
  }
  return {
    bytes: passing(),
    digests: () => hashes.map(({ id, hmac }) => ({ keyId: id, digest: hmac.digest() })),
  }
}
