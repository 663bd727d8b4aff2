/**
 * What the audit trail calls a thing: `Budget:12`. Undefined for a code that was made before codes had a form; then the
 * trail tells which mutation it was, and not of what.
 */
export function subjectOf(type: string, key: string): string | undefined {
  return /^[A-Za-z0-9._-]{1,60}$/.test(key) ? `${type}:${key}` : undefined
}
