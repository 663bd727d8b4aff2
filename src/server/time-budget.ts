import type { FastifyReply } from 'fastify'
import { Fault } from '../kernel/errors.ts'
import { Refusal } from './refusals.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The time of a route whose requests or answers are too large for the usual one, in milliseconds. */
    requestMs?: number
  }
}

/**
 * Gives an answer so many milliseconds, then 503; what is being sent by then is broken off. A door that has taken the
 * response over (`hijack`), as one for events does, keeps its own time. In place of Fastify's
 * `handlerTimeout`, which makes an AbortController and an error for every request.
 */
export function limitTime(reply: FastifyReply, ms: number): void {
  const timer = setTimeout(() => giveUp(reply), ms)
  reply.raw.once('close', () => clearTimeout(timer))
}

function giveUp(reply: FastifyReply): void {
  if (reply.sent) return
  if (reply.raw.headersSent) reply.raw.destroy()
  else reply.send(tooLate())
}

function tooLate(): Refusal {
  const fault = new Fault('TOO_COMPLEX', 'The answer took too long and was given up.', {
    remedy: 'Ask for less at once.',
  })
  return new Refusal('time', 503, fault, 5)
}
