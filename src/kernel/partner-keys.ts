import { createSecretKey, timingSafeEqual } from 'node:crypto'
import type { NikTokenKey } from './nikKeys.ts'

/**
 * What the hub and one ministry share, so that the ministry can ask about people without sending NIKs. Each has a
 * key of its own: the same person has another token with each, and two ministries cannot join their lists.
 */
export interface PartnerKey extends NikTokenKey {
  /** The partner's name in configuration, `kemensos`. `id` is {@link partnerTokenColumnKey} of it. */
  readonly partner: string
}

const BYTES = 32

/** How tokens of a partner are marked among the others. Keys of the vault have no colon in their id. */
export function partnerTokenColumnKey(partner: string): string {
  return `partner:${partner}`
}

/** Reads `kemensos:base64,bappenas:base64`; each base64 is 32 bytes. Problems never quote key material. */
export function parsePartnerKeys(text: string): { keys: PartnerKey[]; problems: string[] } {
  const keys: PartnerKey[] = []
  const problems: string[] = []
  for (const [index, entry] of text.split(',').entries()) {
    const key = parsePartnerKey(entry.trim())
    if (typeof key === 'string') problems.push(`key ${index + 1} ${key}`)
    else if (keys.some(({ id }) => id === key.id))
      problems.push(`key ${index + 1} repeats an earlier partner`)
    else if (keys.some((other) => isSameKey(other, key)))
      problems.push(`key ${index + 1} repeats an earlier key`)
    else keys.push(key)
  }
  return { keys, problems }
}

/** Whether two keys make the same tokens. */
export function isSameKey(one: NikTokenKey, other: NikTokenKey): boolean {
  return timingSafeEqual(one.hmacKey.export(), other.hmacKey.export())
}

function parsePartnerKey(entry: string): PartnerKey | string {
  const [, partner, encoded] = /^([A-Za-z0-9_-]{1,32}):(.*)$/.exec(entry) ?? []
  if (partner === undefined || encoded === undefined) return 'is not a partner, a colon and base64'
  const bytes = Buffer.from(encoded, 'base64')
  // Node decodes what it can and skips the rest, so only the way back proves that nothing was skipped.
  if (bytes.toString('base64') !== encoded) return 'is not base64'
  if (bytes.length !== BYTES) return `has ${bytes.length} bytes instead of ${BYTES}`
  return { partner, id: partnerTokenColumnKey(partner), hmacKey: createSecretKey(bytes) }
}
