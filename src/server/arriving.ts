import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { badInput, Fault } from '../kernel/errors.ts'
import { Refusal } from './refusals.ts'

/** How slowly a large file may arrive; only the time that is spent waiting for its sender counts, in milliseconds. */
export interface Patience {
  /** For the next piece. */
  readonly silence: number
  /** For all of it, however much there is. */
  readonly beginning: number
  /** Bytes that earn one millisecond more. */
  readonly bytesPerMs: number
  readonly most: number
}

/** A megabyte needs 2 kB a second, which every village has; a file of 64 MB half an hour at most. */
export const PATIENCE: Patience = { silence: 30_000, beginning: 30_000, bytesPerMs: 2, most: 1_800_000 }

const ownTime = new WeakSet<Socket>()

/**
 * Lets a request take longer to arrive than others may: Node, which gives every request the same time, asks
 * {@link keepsItsOwnTime} before it hangs up. Whoever reads it has to keep it from taking for ever.
 */
export function keepOwnTime({ socket }: IncomingMessage, response: ServerResponse): void {
  ownTime.add(socket)
  response.once('close', () => ownTime.delete(socket))
}

export function keepsItsOwnTime(socket: Socket): boolean {
  return ownTime.has(socket)
}

/**
 * The bytes of a large body as they arrive; the stream stays open when nobody wants more.
 *
 * @throws Refusal 408 when they come too slowly, and the refusal of one that is too large; Fault BAD_USER_INPUT about
 *   `file` when the sender hangs up.
 */
export async function* arriving(
  body: Readable,
  patience: Patience = PATIENCE,
): AsyncGenerator<Uint8Array, void> {
  const pieces = body.iterator({ destroyOnReturn: false })
  let bytes = 0
  let waited = 0
  let isOpen = true
  try {
    while (isOpen) {
      const earned = Math.min(patience.most, patience.beginning + bytes / patience.bytesPerMs)
      const began = performance.now()
      isOpen = false
      const { value: piece, done } = await within(Math.min(patience.silence, earned - waited), pieces.next())
      if (done) return
      isOpen = true
      waited += performance.now() - began
      bytes += (piece as Uint8Array).length
      yield piece
    }
  } finally {
    // Who waits for a piece cannot be told to stop; who does not leaves the stream to be read by others.
    if (isOpen) await pieces.return?.()
  }
}

async function within(
  ms: number,
  piece: Promise<IteratorResult<Uint8Array, undefined>>,
): Promise<IteratorResult<Uint8Array, undefined>> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(tooSlow()), ms)
  try {
    return await Promise.race([piece, late])
  } catch (error) {
    if (error instanceof Fault) throw error
    throw badInput('file', 'The file broke off before its end.', 'Send it again.')
  } finally {
    clearTimeout(timer)
  }
}

function tooSlow(): Refusal {
  const fault = badInput(
    'file',
    'The file arrives too slowly.',
    'Send it over a faster connection, or in parts.',
  )
  return new Refusal('time', 408, fault)
}
