/** A word or a title as it is compared: `No. KK`, `no_kk` and `NO KK` are the same one, `nokk`. */
export function plainWord(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
}
