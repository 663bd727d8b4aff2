import { z } from 'zod'
import { badInput } from '../kernel/errors.ts'
import { isMonth, type Month } from '../kernel/month.ts'
import { holdsNik } from '../kernel/nik.ts'

// What the facts of a payer, a program, a budget or a rate must look like, wherever they come from: an input of a
// mutation, a file that is applied, a data file of this package. Messages go on after the name of the field.

/** A month `YYYY-MM`. */
export const month = z
  .string()
  .refine(isMonth, { error: 'must be a month such as 2022-12' }) as z.ZodType<Month>

/** A day `YYYY-MM-DD`. */
export const day = z.iso.date({ error: 'must be a day such as 2022-12-31' })

/** Whole rupiah, below 0 too: a number in a file, a bigint from GraphQL. */
export const signedRupiah = z
  .union([z.number().int(), z.bigint()], { error: 'must be whole rupiah, as 16800' })
  .transform(BigInt)

/** Whole rupiah, 0 or more. */
export const rupiah = signedRupiah.refine((amount) => amount >= 0n, { error: 'must be 0 or more' })

/** An official code of an area; in a file in quotes, because 36.10 is a number otherwise. */
export const areaCode = z
  .string({ error: 'must be an area code in quotes: "36.03"' })
  .regex(/^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$/, { error: 'must be an area code' })

/** 1 to `most` characters without blanks around them, and without a NIK: everybody may read them. */
export const words = (most: number) =>
  z
    .string({ error: 'must be text' })
    .trim()
    .min(1, { error: `must have 1 to ${most} characters` })
    .max(most, { error: `must have 1 to ${most} characters` })
    .refine((text) => !holdsNik(text), { error: 'must not hold a NIK' })

/** One or more of some values, each once. */
export const some = <Value extends z.ZodType>(value: Value) =>
  z
    .array(value)
    .nonempty({ error: 'must name one at least' })
    .refine((values) => new Set(values).size === values.length, { error: 'must name each once' })

/**
 * The input of a mutation as facts: nulls are what is not there.
 *
 * @throws Fault BAD_USER_INPUT that names the first wrong field, as `input.name`.
 */
export function checkedInput<Schema extends z.ZodType>(schema: Schema, input: object): z.output<Schema> {
  const given = Object.entries(input).filter(
    ([name, value]) => name !== 'idempotencyKey' && value !== null && value !== undefined,
  )
  const result = schema.safeParse(Object.fromEntries(given))
  if (result.success) return result.data
  const [issue] = result.error.issues
  const { path, message } = issue!
  // A rule about several fields says which of them to look at.
  const about = path[0] ?? (issue as { params?: { field?: string } }).params?.field
  throw badInput(`input.${String(about)}`, `${String(about)} ${message}.`)
}
