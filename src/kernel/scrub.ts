const REDACTED = '[redacted]'
const NIK = '[NIK]'

/** Keys whose values are never written, whatever their case and separators: `fullName`, `full_name`. */
const SECRET_KEYS = new Set(
  'name authorization proxyauthorization cookie setcookie password databaseurl nikkeys'.split(' '),
)
/** Also with something in front: `declaredBirthDate`, `workerNik`. */
const IDENTITY_KEY = /(niks?|fullnames?|birthdates?)$/
/** What database drivers attach to an error: the values of the row that failed, and where they came from. */
const ROW_VALUES = new Set(['detail', 'parameters', 'params', 'where'])
/** SQLSTATEs of data exceptions: `invalid input syntax for type date: "…"` repeats a value, which may be a name. */
const DATA_EXCEPTION = /^22[0-9A-Z]{3}$/

/**
 * A run of 16 digits or more, also with separators between them. Longer runs go too: a NIK may stand next
 * to another number, and what else has 18 digits (NIP) is personal as well.
 */
const LONG_NUMBER = /\d(?:[\s.\-\u2010-\u2015]*\d){15,}/g

/** Replaces everything in a text that could be a NIK by `[NIK]`. Prefers to take out too much. */
export function scrubText(text: string): string {
  return text.replace(LONG_NUMBER, NIK)
}

/**
 * Takes identity out of one line of JSON, at any depth: values of the keys nik, name, fullName, birthDate
 * (and their compounds), of authorization, cookie and password, and row values on database errors or in their
 * messages become `[redacted]`; whatever looks like a NIK in a text, a number or a key becomes `[NIK]`.
 */
export function scrubLine(line: string): string {
  try {
    return `${JSON.stringify(JSON.parse(line, scrubValue as (key: string, value: unknown) => unknown))}\n`
  } catch {
    return `${JSON.stringify({ level: 50, msg: 'A log line could not be read and was dropped.' })}\n`
  }
}

/** A reviver: called for the innermost values first. `source` is the text of a primitive value. */
function scrubValue(key: string, value: unknown, { source }: { source?: string }): unknown {
  if (isSecret(key)) return REDACTED
  if (typeof value === 'string') return scrubText(value)
  // By its source: NIKs of provinces 91 to 96 have already lost digits as a number.
  if (typeof value === 'number') return /^-?\d{16,}$/.test(source ?? '') ? NIK : value
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return scrubObject(value)
  return value
}

function scrubObject(object: object): object {
  const ofError = 'stack' in object
  const repeats = ofError && 'code' in object && DATA_EXCEPTION.test(String(object.code))
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      scrubText(key),
      ofError && ROW_VALUES.has(key) ? REDACTED : repeats ? withoutQuoted(value) : value,
    ]),
  )
}

function withoutQuoted(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/".*"/s, REDACTED) : value
}

function isSecret(key: string): boolean {
  const plain = key.toLowerCase().replace(/[^a-z]/g, '')
  return SECRET_KEYS.has(plain) || IDENTITY_KEY.test(plain)
}
