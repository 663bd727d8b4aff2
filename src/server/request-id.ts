import { AsyncLocalStorage } from 'node:async_hooks'
import { randomInt } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export const REQUEST_ID_HEADER = 'x-request-id'

const WELL_FORMED = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
/** The log takes such numbers for identity and blanks them: nobody could find the request again. */
const LONG_NUMBER = /\d(?:[.-]*\d){15,}/

const letters = () => Array.from({ length: 8 }, () => String.fromCharCode(97 + randomInt(26))).join('')

/** Eight letters of this process and a count: unique enough to search a log for, short enough to read out. */
const process = letters()
let count = 0

/** The id a caller sent, when it is well formed and shows in logs as it is; otherwise one of our own. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const sent = headers[REQUEST_ID_HEADER]
  if (typeof sent === 'string' && WELL_FORMED.test(sent) && !LONG_NUMBER.test(sent)) return sent
  return `${process}-${(++count).toString(36)}`
}

/** Apollo formats and logs errors without saying for which request. */
const running = new AsyncLocalStorage<string>()

export function asRequest<Result>(requestId: string, work: () => Result): Result {
  return running.run(requestId, work)
}

/** The id of the request whose work is going on; undefined outside of any. */
export function currentRequestId(): string | undefined {
  return running.getStore()
}
