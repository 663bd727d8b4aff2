import { badInput } from '../../../kernel/errors.ts'

/**
 * UTF-8 as text, without a byte order mark.
 *
 * @throws Fault BAD_USER_INPUT at the first bytes that are none.
 */
export async function* utf8Text(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const piece of bytes) yield decoded(() => decoder.decode(piece, { stream: true }))
  yield decoded(() => decoder.decode())
}

function decoded(decode: () => string): string {
  try {
    return decode()
  } catch {
    throw badInput('file', 'The file is not in UTF-8.', 'Save it as "CSV UTF-8" in the spreadsheet.')
  }
}
