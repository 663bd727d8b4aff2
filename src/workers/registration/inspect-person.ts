import type { Query } from '../../db/database.ts'
import { isDate } from '../../kernel/date.ts'
import { badInput } from '../../kernel/errors.ts'
import { holdsNik, inspectNik, type NikInspection } from '../../kernel/nik.ts'
import type { Sex } from '../worker.entity.ts'

const LONGEST_NAME = 200

/** What a NIK is compared with. */
export interface DeclaredPerson {
  /** As it was typed. */
  readonly nik: string
  /** `YYYY-MM-DD` */
  readonly birthDate: string
  readonly sex: Sex
  /** `36.03.01.2001`, of the domicile. */
  readonly village: string
}

/**
 * What can be said about a person's NIK (DOMAIN.md §3.1), in one statement: a known district is one of the areas.
 *
 * @throws Fault BAD_USER_INPUT when there is no such village.
 */
export async function inspectPerson(
  query: Query,
  { nik, birthDate, sex, village }: DeclaredPerson,
  today: string,
): Promise<NikInspection> {
  const [known] = await query<{ village: boolean; district: boolean }>(
    `/* identity.areas */ select exists (select from village where code = $1) as village,
      exists (select from district where code = $2) as district`,
    [village, inspectNik(nik, { today }).prefix],
  )
  if (!known!.village)
    throw badInput('input.village', 'There is no village of this code.', 'Look it up with regency.')
  return inspectNik(nik, {
    today,
    declaredBirthDate: birthDate,
    declaredSex: sex,
    domicileRegency: village.slice(0, 5),
    knownDistrict: () => known!.district,
  })
}

/**
 * A name as the vault keeps it.
 *
 * @throws Fault BAD_USER_INPUT about `input.fullName` when {@link readName} finds none.
 */
export function checkedName(text: string): string {
  const name = readName(text)
  if (name !== null) return name
  throw badInput(
    'input.fullName',
    `A name has letters, no NIK, no control characters, and at most ${LONGEST_NAME} characters.`,
  )
}

/**
 * A name with single spaces, or null: it has letters, at most 200 characters, and nothing that PostgreSQL refuses (a
 * zero byte) or that a list would act on (other control characters, halves of characters). With a NIK in it, it is no name:
 * two cells have run together, perhaps of two people.
 */
export function readName(text: string): string | null {
  const name = text.trim().replace(/\s+/g, ' ')
  if (name.length > LONGEST_NAME || !/\p{L}/u.test(name) || /[\p{Cc}\p{Cs}]/u.test(name)) return null
  return holdsNik(name) ? null : name
}

/** @throws Fault BAD_USER_INPUT about `input.birthDate` for a day that {@link isBirthDate} refuses. */
export function checkedBirthDate(birthDate: string, today: string): string {
  if (isBirthDate(birthDate, today)) return birthDate
  throw badInput('input.birthDate', 'A birth date is a day from 1900 until today.')
}

/** Whether a living person may be born on this day: one that exists, from 1900 until today. All `YYYY-MM-DD`. */
export function isBirthDate(day: string, today: string): boolean {
  return isDate(day) && day >= '1900-01-01' && day <= today
}
