import type { Json } from '../../contract/outcome.ts'

/** INELIGIBLE: it cannot be. REVIEW: a person has to judge it, and say why. */
export const FindingLevel = { INELIGIBLE: 'INELIGIBLE', REVIEW: 'REVIEW' } as const
export type FindingLevel = keyof typeof FindingLevel

/** A rule that did not simply say yes. Without identity: safe to store, to show and to log. */
export interface Finding {
  readonly [name: string]: Json
  readonly code: string
  readonly level: FindingLevel
  readonly message: string
  /** What decided, as text: an age, a decile, months. */
  readonly fact: string | null
}
