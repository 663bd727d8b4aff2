import { createSecretKey, timingSafeEqual } from 'node:crypto'
import { parseKeyList, parseNamedBytes } from './key-list.ts'
import type { NikTokenKey } from './nik-keys.ts'

/**
 * What the hub and one ministry share, so that the ministry can ask about people without sending NIKs. Each has a
 * key of its own: the same person has another token with each, and two ministries cannot join their lists.
 */
export interface PartnerKey extends NikTokenKey {
  /** The partner's name in configuration, `kemensos`. `id` is {@link partnerKeyId} of it. */
  readonly partner: string
}

/** How a partner is named, in configuration and in tokens of access. */
export const PARTNER_NAME = /^[a-z0-9-]{1,32}$/

/** What {@link PARTNER_NAME} asks for, in words. */
export const PARTNER_NAME_IN_WORDS = '1 to 32 small letters, digits or dashes'

/** What the ids of partners' keys begin with. Keys of the vault have no colon in their id. */
export const PARTNER_KEY_PREFIX = 'partner:'

const BYTES = 32

/** How tokens of a partner are marked among the others. */
export function partnerKeyId(partner: string): string {
  return `${PARTNER_KEY_PREFIX}${partner}`
}

/** Reads `kemensos:base64,bappenas:base64`; each base64 is 32 bytes. Problems never quote key material. */
export function parsePartnerKeys(text: string): { keys: PartnerKey[]; problems: string[] } {
  return parseKeyList<PartnerKey>(text, (entry, before) => {
    const key = parsePartnerKey(entry)
    if (typeof key === 'string') return key
    if (before.some(({ id }) => id === key.id)) return 'repeats an earlier partner'
    return before.some((other) => isSameKey(other, key)) ? 'repeats an earlier key' : key
  })
}

/** Whether two keys make the same tokens. */
export function isSameKey(one: NikTokenKey, other: NikTokenKey): boolean {
  return timingSafeEqual(one.hmacKey.export(), other.hmacKey.export())
}

function parsePartnerKey(entry: string): PartnerKey | string {
  const what = `a partner (${PARTNER_NAME_IN_WORDS})`
  const read = parseNamedBytes(entry, { what, name: PARTNER_NAME, length: BYTES })
  if (typeof read === 'string') return read
  const { name, bytes } = read
  return { partner: name, id: partnerKeyId(name), hmacKey: createSecretKey(bytes) }
}
