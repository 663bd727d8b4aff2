import type { Nik } from '../../kernel/nik.ts'
import type { NikTokenKey } from '../../kernel/nik-keys.ts'
import type { PartnerKey } from '../../kernel/partner-keys.ts'
import { nikToken } from './vault.ts'

/** A token to look for, and whose question it answers. */
export interface WantedToken {
  /** Position of the person among those asked about, from 0. */
  readonly index: number
  /** The key it was made with: it is looked for among the tokens of this key only. */
  readonly keyId: string
  /** 32 bytes. */
  readonly token: Uint8Array
}

/** What to look for to find people by NIK: their tokens under every key, while keys rotate that is two each. */
export function lookupTokens(
  niks: readonly (Nik | undefined)[],
  keys: readonly NikTokenKey[],
): WantedToken[] {
  return niks.flatMap((nik, index) =>
    nik === undefined ? [] : keys.map((key) => ({ index, keyId: key.id, token: nikToken(nik, key) })),
  )
}

/** What to look for to find people by the tokens that one partner computed. */
export function partnerLookupTokens(
  tokens: readonly (Uint8Array | undefined)[],
  { id }: Pick<PartnerKey, 'id'>,
): WantedToken[] {
  return tokens.flatMap((token, index) => (token === undefined ? [] : [{ index, keyId: id, token }]))
}

/**
 * Reads a token as a partner writes it: 32 bytes as 64 hexadecimal digits or as 43 characters of base64url.
 *
 * @returns nothing when it is neither.
 */
export function parsePartnerToken(text: string): Buffer | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex')
  const bytes = Buffer.from(text, 'base64url')
  // Only the way back proves that nothing was skipped, and that no second spelling is taken for the same token.
  return bytes.length === 32 && bytes.toString('base64url') === text ? bytes : undefined
}
