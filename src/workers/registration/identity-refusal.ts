import { type Json, type Refused, refusal } from '../../contract/outcome.ts'
import type { RefusalCode } from '../../contract/refusal.type.ts'
import type { NikFinding } from '../../kernel/nik.ts'

const WHY = {
  INVALID_NIK: ['INVALID_NIK', 'This cannot be a NIK; the findings say why.'],
  ALREADY_REGISTERED: ['ALREADY_REGISTERED', 'Somebody with this NIK is registered already.'],
  /** Rows that were merged keep their NIKs, so that the merge can be undone. */
  MERGED_ROW: [
    'ALREADY_REGISTERED',
    'A row that was merged into this worker has this NIK. Undo the merge, and keep that row.',
  ],
  IDENTITY_CONFLICT: ['IDENTITY_CONFLICT', 'This NIK is registered under another name.'],
  SUSPECT_MATCH: [
    'SUSPECT_MATCH',
    'Somebody born on the same day has a similar name, and a NIK that differs by one digit or by two that are swapped.',
  ],
  NOTHING_TO_DO: ['NOTHING_TO_DO', 'This is what is recorded already.'],
} as const satisfies Record<string, readonly [code: RefusalCode, message: string]>

/**
 * Somebody's identity stands against it. Returns the refusal, so that `throw` stays visible.
 *
 * @param worker id of whom it was found to be; shown to those who may see him.
 */
export function identityRefusal(
  why: keyof typeof WHY,
  findings: readonly NikFinding[],
  worker: string | null = null,
): Refused {
  const [code, message] = WHY[why]
  return refusal('IdentityRefusal', { code, message, worker, findings: findingFacts(findings) })
}

/** Findings as facts of an outcome. */
export function findingFacts(findings: readonly NikFinding[]): Json {
  return findings.map(({ code, level, message }) => ({ code, level, message }))
}
