import type { Sex } from '../../kernel/nik.ts'
import { withoutSeparators } from '../../kernel/nik.ts'
import { plainWord } from './plain-word.ts'

/** Longer than any number people type, with whatever between its digits. */
const LONGEST_NIK = 64

const SEX_OF_WORD: ReadonlyMap<string, Sex> = new Map<string, Sex>([
  ...['L', 'LAKI-LAKI', 'M', 'MALE', 'PRIA'].map((word) => [plainWord(word), 'MALE'] as const),
  ...['P', 'PEREMPUAN', 'F', 'FEMALE', 'WANITA'].map((word) => [plainWord(word), 'FEMALE'] as const),
])

/** A NIK as it was typed, right or wrong; null when it is nothing that can be kept and shown. */
export function readNik(text: string): string | null {
  const typed = text.replace(/\s+/g, ' ')
  return typed.length > LONGEST_NIK || /[\p{Cc}\p{Cs}]/u.test(typed) ? null : typed
}

export function readSex(text: string): Sex | null {
  return SEX_OF_WORD.get(plainWord(text)) ?? null
}

/** `36.03.01.2001`, also written without the dots. */
export function readVillageCode(text: string): string | null {
  const code = /^\d{10}$/.test(text) ? dotted(text) : text
  return /^\d{2}\.\d{2}\.\d{2}\.\d{4}$/.test(code) ? code : null
}

function dotted(code: string): string {
  return `${code.slice(0, 2)}.${code.slice(2, 4)}.${code.slice(4, 6)}.${code.slice(6)}`
}

/** The 16 digits of a family card, also written in groups. */
export function readFamilyCard(text: string): string | null {
  const digits = withoutSeparators(text)
  return /^\d{16}$/.test(digits) ? digits : null
}

export function readDecile(text: string): number | null {
  return /^([1-9]|10)$/.test(text) ? Number(text) : null
}
