import { dateInJakarta } from './clock.ts'
import { ageOn, isDate } from './date.ts'
import { badInput } from './errors.ts'

declare const nikBrand: unique symbol

/**
 * Nomor Induk Kependudukan, the 16-digit population number `PPKKCC DDMMYY SSSS`: the district that first
 * issued it, the birth date (day + 40 for women), a serial. Always text: NIKs of provinces 91 to 96 do not
 * fit a JavaScript number. There is no check digit, so a well-formed NIK may still belong to nobody.
 */
export type Nik = string & { readonly [nikBrand]: true }

export type NikFindingCode =
  | 'LENGTH'
  | 'SPREADSHEET'
  | 'DATE'
  | 'SERIAL'
  | 'PROVINCE'
  | 'PREFIX'
  | 'MOVED'
  | 'DOB'
  | 'SEX'
  | 'AGE'

export interface NikFinding {
  readonly code: NikFindingCode
  /** ERROR: this cannot be a NIK. WARN: ask. INFO: normal, worth knowing. */
  readonly level: 'ERROR' | 'WARN' | 'INFO'
  /** A sentence without the NIK, a name or a birth date: safe to show and to log. */
  readonly message: string
}

export interface NikInspection {
  /** The 16 digits without separators; only when no finding is an ERROR. */
  readonly nik?: Nik
  /** District of first issue, `36.03.01`; empty when there are no 16 digits to read it from. */
  readonly prefix: string
  /** `YYYY-MM-DD`, when the digits are a day that exists. */
  readonly birthDate?: string
  readonly sex?: Sex
  /** `0001` to `9999`. */
  readonly serial?: string
  readonly findings: readonly NikFinding[]
}

export type Sex = 'FEMALE' | 'MALE'

/** What else is known about the person, to compare the NIK with. */
export interface NikContext {
  /** The reference day `YYYY-MM-DD` of the century rule. */
  readonly today: string
  /** `YYYY-MM-DD`. */
  readonly declaredBirthDate?: string
  readonly declaredSex?: Sex
  /** `36.03` */
  readonly domicileRegency?: string
  /** Knows today's district codes and retired ones (`36.03.01`). Without it the prefix is not checked. */
  readonly knownDistrict?: (code: string) => boolean
  /** Provinces besides the built-in ones of all editions: it can add codes, never take one away. */
  readonly knownProvince?: (code: string) => boolean
  /** Whole years, both included, on the day `at` (`YYYY-MM-DD`, or `YYYY-MM` for its first day). */
  readonly ageLimits?: { readonly minAge: number; readonly maxAge: number; readonly at: string }
}

/**
 * The 38 provinces of Kepmendagri 300.2.2-2138/2025, and 54 (Timor Timur, until 1999). NIKs are never
 * re-issued, so a code that once existed stays acceptable.
 */
const PROVINCES_OF_ALL_EDITIONS: ReadonlySet<string> = new Set(
  (
    '11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 54 ' +
    '61 62 63 64 65 71 72 73 74 75 76 81 82 91 92 93 94 95 96'
  ).split(' '),
)

/** As nearly all numbers are typed: then there is nothing to take away. */
const BARE = /^\d+$/
/** Characters without width come along when people copy from web pages. */
const INVISIBLE = /[\u200b-\u200f\u2060\ufeff]/g
/** People type spaces (also non-breaking), dots and every kind of dash between the groups. */
const SEPARATORS = /[\s.\-\u2010-\u2015\u200b-\u200f\u2060]/g
const SIXTEEN_DIGITS = /(?<!\d)\d(?:[\s.\-\u2010-\u2015\u200b-\u200f\u2060]*\d){15}(?!\d)/g
/** What keeps a number from becoming one in a spreadsheet: `'3603…`, `="3603…"`. */
const ARMOUR = /^=?["'`‘’]|["'`‘’]$/g
/** A number of 16 digits as programs write it that keep numbers as floating-point ones. */
const FLOAT = /^(\d{16})\.0+$/
/** What a spreadsheet makes of a long number: `3.60301E+15`, `3,60301E+15`. */
const SCIENTIFIC = /\dE\+?\d/i
const LOWEST_WORKING_AGE = 15

/**
 * Everything that can be said about a NIK without asking the population register (UU 23/2006, PP 40/2019).
 * Structure can only reject: that NIK and person belong together, only Dukcapil can confirm.
 *
 * Century: 2000+YY unless that person would be younger than 15 on `today`, then 1900+YY. A declared birth
 * date that has the same day, month and two-digit year settles the century instead.
 *
 * @param against without it, the NIK is judged alone, as of today in Jakarta.
 */
export function inspectNik(
  input: string,
  against: NikContext = { today: dateInJakarta(new Date()) },
): NikInspection {
  if (isInexact(input)) {
    const message =
      'A spreadsheet turned the number into a rounded one; format the column as text and retype.'
    return { prefix: '', findings: [{ code: 'SPREADSHEET', level: 'ERROR', message }] }
  }
  const digits = withoutSeparators(input)
  if (!/^[0-9]{16}$/.test(digits)) {
    return { prefix: '', findings: [{ code: 'LENGTH', level: 'ERROR', message: 'A NIK has 16 digits.' }] }
  }
  const read = readDigits(digits, against)
  const findings = [...structureFindings(digits, read, against), ...comparisonFindings(read, against)]
  const refused = findings.some(({ level }) => level === 'ERROR')
  return { ...(refused ? {} : { nik: digits as Nik }), ...read, findings }
}

interface Reading {
  prefix: string
  birthDate?: string
  sex?: Sex
  serial: string
}

function readDigits(digits: string, { today, declaredBirthDate }: NikContext): Reading {
  const prefix = `${digits.slice(0, 2)}.${digits.slice(2, 4)}.${digits.slice(4, 6)}`
  const serial = digits.slice(12)
  const shifted = Number(digits.slice(6, 8))
  const female = shifted > 40
  const day = String(female ? shifted - 40 : shifted).padStart(2, '0')
  const rest = `${digits.slice(10, 12)}-${digits.slice(8, 10)}-${day}`
  const birthDate = settleCentury(rest, today, declaredBirthDate)
  if (birthDate === undefined) return { prefix, serial }
  return { prefix, birthDate, sex: female ? 'FEMALE' : 'MALE', serial }
}

/** @param rest the birth date without its century, `YY-MM-DD`. */
function settleCentury(rest: string, today: string, declared?: string): string | undefined {
  if (declared?.slice(2) === rest && isDate(declared) && declared <= today) return declared
  const [recent, old] = [`20${rest}`, `19${rest}`]
  // 29 February 1900 did not exist, so the day itself can settle the century.
  if (!isDate(recent) || !isDate(old)) return [recent, old].find(isDate)
  return ageOn(recent, today) < LOWEST_WORKING_AGE ? old : recent
}

function structureFindings(digits: string, { prefix, birthDate, serial }: Reading, against: NikContext) {
  const findings: NikFinding[] = []
  const province = digits.slice(0, 2)
  if (birthDate === undefined) {
    findings.push({ code: 'DATE', level: 'ERROR', message: 'Digits 7 to 12 are not a day that exists.' })
  }
  if (serial === '0000') {
    findings.push({ code: 'SERIAL', level: 'ERROR', message: 'The last four digits are never 0000.' })
  }
  if (!PROVINCES_OF_ALL_EDITIONS.has(province) && !against.knownProvince?.(province)) {
    findings.push({ code: 'PROVINCE', level: 'ERROR', message: 'The first two digits are no province.' })
  } else if (against.knownDistrict && !against.knownDistrict(prefix)) {
    const message = 'The first six digits are no known district; it may have been split or renumbered.'
    findings.push({ code: 'PREFIX', level: 'WARN', message })
  }
  return findings
}

function comparisonFindings({ prefix, birthDate, sex }: Reading, against: NikContext) {
  const { declaredBirthDate, declaredSex, domicileRegency, ageLimits } = against
  const findings: NikFinding[] = []
  if (domicileRegency !== undefined && domicileRegency !== prefix.slice(0, 5)) {
    const message = 'The NIK was first issued in another regency than the domicile; it is kept after a move.'
    findings.push({ code: 'MOVED', level: 'INFO', message })
  }
  if (declaredBirthDate !== undefined && birthDate !== undefined && declaredBirthDate !== birthDate) {
    const message = 'The declared birth date differs from the NIK; a correction does not change the NIK.'
    findings.push({ code: 'DOB', level: 'WARN', message })
  }
  if (declaredSex !== undefined && sex !== undefined && declaredSex !== sex) {
    findings.push({ code: 'SEX', level: 'WARN', message: 'The declared sex differs from the NIK.' })
  }
  // The declared date goes first: the register corrects it without re-issuing the NIK.
  const born = declaredBirthDate !== undefined && isDate(declaredBirthDate) ? declaredBirthDate : birthDate
  if (ageLimits && born !== undefined) {
    const { minAge, maxAge, at } = ageLimits
    const age = ageOn(born, at.length === 7 ? `${at}-01` : at)
    if (age < minAge || age > maxAge) {
      const message = `The age at the start is outside ${minAge} to ${maxAge} years.`
      findings.push({ code: 'AGE', level: 'WARN', message })
    }
  }
  return findings
}

/**
 * Whether a column of NIKs went through a spreadsheet, which keeps 15 significant digits and makes the 16th
 * a 0. Empty cells do not count.
 */
export function looksLikeSpreadsheetDamage(niks: readonly string[]): boolean {
  const filled = niks.map(withoutSeparators).filter((nik) => nik !== '')
  return isDamagedColumn({ filled: filled.length, rounded: filled.filter(looksRounded).length })
}

/** Whether a number without separators may have lost its last digit: it ends in 0, or is in scientific notation. */
export function looksRounded(digits: string): boolean {
  return digits.endsWith('0') || SCIENTIFIC.test(digits)
}

/** Of 50 filled rows or more, over 30 % look rounded; chance gives 10 %. */
export function isDamagedColumn({ filled, rounded }: { filled: number; rounded: number }): boolean {
  return filled >= 50 && rounded > 0.3 * filled
}

/**
 * A number as it is meant: without the spaces, dots and dashes that people type between its groups, and without what
 * spreadsheets and programs leave around it: `="3603015705909001"`, `3603015705909001.0`.
 */
export function withoutSeparators(typed: string): string {
  if (BARE.test(typed)) return typed
  const bare = withoutArmour(typed)
  return (FLOAT.exec(bare)?.[1] ?? bare).replace(SEPARATORS, '')
}

/** Whether a number went through one of too few digits: a spreadsheet's, or a floating-point one above 2^53. */
function isInexact(typed: string): boolean {
  if (BARE.test(typed)) return false
  const digits = FLOAT.exec(withoutArmour(typed))?.[1]
  return SCIENTIFIC.test(typed) || (digits !== undefined && !Number.isSafeInteger(Number(digits)))
}

function withoutArmour(typed: string): string {
  return typed.replace(INVISIBLE, '').trim().replace(ARMOUR, '')
}

/**
 * Whether a text holds a NIK: a run of exactly 16 digits, separators between them allowed, that is a valid one. Other
 * numbers may be as long, as account numbers of identity providers are.
 */
export function holdsNik(text: string): boolean {
  const candidates = text.match(SIXTEEN_DIGITS) ?? []
  return candidates.some((digits) => inspectNik(digits).nik !== undefined)
}

/** Whether a NIK, also one with a mistake elsewhere, was given out for this birth date `YYYY-MM-DD`, whatever its century. */
export function saysBirthDate(nik: string, birthDate: string): boolean {
  const digits = withoutSeparators(nik).slice(6, 12)
  return digits === birthDigits(birthDate, 'MALE') || digits === birthDigits(birthDate, 'FEMALE')
}

/** Whether a slip of the pen could have made one NIK of the other: one digit differs, or two neighbors are swapped. */
export function isOneSlipAway(one: Nik, other: Nik): boolean {
  const [first, second, ...more] = Array.from(one, (_, i) => i).filter((i) => one[i] !== other[i])
  if (first === undefined || more.length > 0) return false
  if (second === undefined) return true
  return second === first + 1 && one[first] === other[second] && one[second] === other[first]
}

/** First and last four digits, `3603********0001`: the form to display. Nothing of what is not 16 digits. */
export function maskNik(nik: string): string {
  return /^[0-9]{16}$/.test(nik) ? `${nik.slice(0, 4)}********${nik.slice(12)}` : '*'.repeat(16)
}

/**
 * Builds a NIK for seeds and tests. Use serials 9001 to 9999: real ones are small, so no living person is
 * hit.
 *
 * @param parts district `36.03.01`; birthDate `YYYY-MM-DD` in 1900 to 2099; serial 1 to 9999.
 * @throws Fault BAD_USER_INPUT when a part is outside these.
 */
export function composeNik(parts: { district: string; birthDate: string; sex: Sex; serial: number }): Nik {
  const { district, birthDate, sex, serial } = parts
  if (!/^\d{2}\.\d{2}\.\d{2}$/.test(district)) throw badInput('district', 'A district is written 36.03.01.')
  if (!isDate(birthDate) || !/^(19|20)/.test(birthDate)) {
    throw badInput('birthDate', 'A birth date is a day from 1900 to 2099.')
  }
  if (!Number.isInteger(serial) || serial < 1 || serial > 9999) {
    throw badInput('serial', 'A serial is a whole number from 1 to 9999.')
  }
  return `${district.replaceAll('.', '')}${birthDigits(birthDate, sex)}${String(serial).padStart(4, '0')}` as Nik
}

/** Digits 7 to 12 of a NIK. */
function birthDigits(birthDate: string, sex: Sex): string {
  const [year, month, day] = [birthDate.slice(2, 4), birthDate.slice(5, 7), Number(birthDate.slice(8))]
  return `${String(sex === 'FEMALE' ? day + 40 : day).padStart(2, '0')}${month}${year}`
}
