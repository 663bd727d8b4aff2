import { finished, type Readable, Transform } from 'node:stream'
import type { preParsingHookHandler } from 'fastify'
import { Fault } from '../kernel/errors.ts'
import { Refusal } from './refusals.ts'

/**
 * Refuses bodies of more than so many bytes, also those that a route reads as a stream: Fastify itself counts
 * only what it collects. A parser has to read the payload it is handed, not the raw request.
 */
export function limitBody(most: number): preParsingHookHandler {
  return (request, _reply, payload, done) => {
    const { 'content-length': announced, 'transfer-encoding': chunked } = request.headers
    if (announced !== undefined && Number(announced) > most) return done(tooLarge(most))
    // An announced length holds: Node reads no byte beyond it.
    if (chunked === undefined) return done(null, payload)
    done(null, payload.pipe(counterOf(payload as Readable, most)))
  }
}

/** Not a pipeline, which would close the request with the counter: whoever sends too much has to hear it. */
function counterOf(payload: Readable, most: number): Transform {
  let bytes = 0
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes > most) done(tooLarge(most))
      else done(null, chunk)
    },
  })
  // Its reader hears of failures; this only keeps them from being nobody's.
  counted.on('error', () => {})
  finished(payload, (error) => {
    if (error) counted.destroy(error)
  })
  return counted
}

function tooLarge(most: number): Refusal {
  const remedy = `Send at most ${most} bytes.`
  return new Refusal('size', 413, new Fault('BAD_USER_INPUT', 'The body is too large.', { remedy }))
}
