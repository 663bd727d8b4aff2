import { badInput } from './errors.ts'

/** Whole rupiah. Never a float; the database keeps it as `bigint` (64 bits). */
export type Rupiah = bigint

/**
 * Reads a decimal integer such as `16800` or `-16800`.
 *
 * @throws Fault BAD_USER_INPUT for anything else: spaces, separators, decimals, `+`, leading zeros, `-0`,
 *   and amounts that do not fit 64 bits.
 */
export function parseRupiah(text: string): Rupiah {
  // The length bound comes first: reading a million digits costs seconds.
  const amount = /^(0|-?[1-9]\d{0,18})$/.test(text) ? BigInt(text) : undefined
  if (amount === undefined || BigInt.asIntN(64, amount) !== amount) {
    throw badInput(
      'rupiah',
      'An amount is a whole number of rupiah.',
      'Write digits only, without separators, decimals or leading zeros: 16800.',
    )
  }
  return amount
}

/** `1234567n` as people in Indonesia write it: `Rp 1.234.567`; below zero `-Rp 1.234.567`. */
export function formatRupiah(amount: Rupiah): string {
  const digits = (amount < 0n ? -amount : amount).toString().replace(/\B(?=(\d{3})+$)/g, '.')
  return `${amount < 0n ? '-' : ''}Rp ${digits}`
}
