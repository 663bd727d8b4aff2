import { Readable } from 'node:stream'
import { tooLarge } from '../../kernel/errors.ts'

/** So much is read at a time, whatever the sender's pieces: between two of them others get their turn. */
const PIECE = 65_536

/**
 * The bytes of a body in pieces of at most 64 KiB.
 *
 * @param most bytes the body may have.
 * @throws Fault BAD_USER_INPUT at the first byte beyond. A `Readable` is left open then: a server has yet to answer on
 *   its connection.
 */
export async function* limitedBody(
  body: AsyncIterable<Uint8Array> | Readable,
  most: number,
): AsyncGenerator<Uint8Array, void> {
  let bytes = 0
  for await (const chunk of opened(body)) {
    bytes += chunk.length
    if (bytes > most) {
      const message = `The file is larger than ${most.toLocaleString('en')} bytes.`
      throw tooLarge('file', message, 'Split the roster into several files.')
    }
    for (let at = 0; at < chunk.length; at += PIECE) yield chunk.subarray(at, at + PIECE)
  }
}

function opened(body: AsyncIterable<Uint8Array> | Readable): AsyncIterable<Uint8Array> {
  if (!(body instanceof Readable)) return body
  return { [Symbol.asyncIterator]: () => body.iterator({ destroyOnReturn: false }) }
}
