import type { Answer } from '../../harness/operations.ts'

export interface Answers {
  readonly fast: Answer
  readonly plain: Answer
  readonly naive: Pick<Answer, 'data' | 'errors'>
}

/**
 * What differs between the three answers to one operation, in words; undefined when they agree. Data are compared
 * as text, so that the order of the keys counts.
 *
 * The planner calls a describing resolver once for all rows, before it knows whether there are any, and fails the
 * whole root field; the reference calls it for each row. So where a refusal is possible, a root field that the
 * reference answers may be refused by the planner, but never the other way round.
 */
export function differenceBetween(
  { fast, plain, naive }: Answers,
  mayBeRefused: boolean,
): string | undefined {
  if (JSON.stringify(fast.data) !== JSON.stringify(plain.data)) return 'the fast and the plain data differ'
  if (!sameFailures(fast, plain)) return 'the fast and the plain errors differ'
  if (!fast.errors && !naive.errors) {
    return JSON.stringify(fast.data) === JSON.stringify(naive.data)
      ? undefined
      : 'the reference has other data'
  }
  if (!mayBeRefused && !fast.errors) return 'only the reference fails'
  if (!mayBeRefused && !naive.errors) return 'only the planner fails'
  if (isInternal(fast)) return 'an error is not one that a caller can understand'
  if (fast.data == null) return naive.errors || mayBeRefused ? undefined : 'only the planner has no data'
  const failed = new Set(fast.errors?.map(({ path }) => path?.[0]))
  for (const { path } of naive.errors ?? []) {
    if (!failed.has(path?.[0])) return `only the reference fails at ${path?.[0]}`
  }
  for (const [key, value] of Object.entries(fast.data)) {
    if (failed.has(key)) continue
    if (JSON.stringify(value) !== JSON.stringify(naive.data?.[key])) return `the reference has another ${key}`
  }
  return undefined
}

/**
 * Where one error takes all data with it, graphql-js reports the others only if they came first, and which of two
 * root fields fails first is a matter of time. Then the two paths agree unless they tell different things of one
 * field.
 */
function sameFailures(fast: Answer, plain: Answer): boolean {
  const [ofFast, ofPlain] = [failures(fast), failures(plain)]
  const same = (a: readonly string[], b: readonly string[]) => a.every((failure) => b.includes(failure))
  if (fast.data === null) {
    const elsewhere = rootFields(fast).every((field) => !rootFields(plain).includes(field))
    return elsewhere || ofFast.some((failure) => ofPlain.includes(failure))
  }
  return same(ofFast, ofPlain) && same(ofPlain, ofFast)
}

function rootFields({ errors = [] }: Answer): readonly unknown[] {
  return errors.map(({ path }) => path?.[0])
}

function failures({ errors = [] }: Pick<Answer, 'errors'>): readonly string[] {
  return errors.map(({ message, path, code, field }) => JSON.stringify([path, message, code, field]))
}

/** Errors of the hub have a code, errors of graphql-js about arguments none; anything else is a mistake of ours. */
function isInternal({ errors = [] }: Answer): boolean {
  return errors.some(
    ({ message, code, path }) =>
      path &&
      code !== 'BAD_USER_INPUT' &&
      !/must not be null|was not provided|runtime value|has invalid value/.test(message),
  )
}
