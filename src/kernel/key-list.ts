/** What configuration says about one key: `name:base64`. */
export interface NamedBytes {
  readonly name: string
  readonly bytes: Buffer
}

/**
 * Reads keys with commas between.
 *
 * @param read a key, or what is wrong with it, completing "key 2 …"; the keys before it are those that were right.
 */
export function parseKeyList<Key>(
  text: string,
  read: (entry: string, before: readonly Key[]) => Key | string,
): { keys: Key[]; problems: string[] } {
  const keys: Key[] = []
  const problems: string[] = []
  for (const [index, entry] of text.split(',').entries()) {
    const key = read(entry.trim(), keys)
    if (typeof key === 'string') problems.push(`key ${index + 1} ${key}`)
    else keys.push(key)
  }
  return { keys, problems }
}

/**
 * Reads `name:base64`.
 *
 * @param form what the part before the colon is, as `an id`, and how it is written; how many bytes the other part is.
 * @returns what is wrong with it, without key material, when it is not of this form.
 */
export function parseNamedBytes(
  entry: string,
  { what, name: pattern, length }: { what: string; name: RegExp; length: number },
): NamedBytes | string {
  const [, name, encoded] = /^([^:]*):(.*)$/.exec(entry) ?? []
  if (name === undefined || encoded === undefined || !pattern.test(name)) {
    return `is not ${what}, a colon and base64`
  }
  const bytes = Buffer.from(encoded, 'base64')
  // Node decodes what it can and skips the rest, so only the way back proves that nothing was skipped.
  if (bytes.toString('base64') !== encoded) return 'is not base64'
  if (bytes.length !== length) return `has ${bytes.length} bytes instead of ${length}`
  return { name, bytes }
}
