import { createHash } from 'node:crypto'

const names = new Map<string, string>()

/** More texts than the code has; it bounds what a server keeps for those that depend on who asks. */
const MOST_TEXTS = 500

/**
 * A statement of the code whose plan a server's connection keeps after its first sight: worth it for one that runs for
 * every mutation and takes longer to plan than to run. Its text depends on the code, and perhaps on how far who asks may
 * see, so there are not many.
 * Never for one whose best plan depends on how much it is given.
 */
export function prepared(text: string): string {
  if (!names.has(text) && names.size < MOST_TEXTS)
    names.set(text, `code_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`)
  return text
}

/** The name to prepare a statement under; undefined for one that is planned each time. */
export function preparedName(text: string): string | undefined {
  return names.get(text)
}
