import { type Refused, refusal } from './outcome.ts'
import type { RefusalCode } from './refusal.type.ts'

/** Refuses a revision, about a field of its input: `ceiling`. Returns it, so that `throw` stays visible. */
export function revisionRefusal(code: RefusalCode, message: string, field: string | null = null): Refused {
  return refusal('RevisionRefusal', { code, message, field })
}
