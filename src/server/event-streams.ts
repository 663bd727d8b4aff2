import type { ServerResponse } from 'node:http'
import type { ExecutionResult } from 'graphql'
import { createHandler } from 'graphql-sse'
import type { Logger } from '../kernel/log.ts'
import { masked } from './errors.ts'
import { currentRequestId } from './request-id.ts'

/** What one stream tells. */
export interface Telling {
  readonly results: AsyncIterableIterator<ExecutionResult>
  /** When the stream ends at the latest: milliseconds since 1970. */
  readonly until: number
  /** A result as clients may see it. */
  shown(result: ExecutionResult): object
}

/** The streams of Server-Sent Events that a server has open. */
export class EventStreams {
  readonly #open = new Set<ServerResponse>()
  readonly #logger: Logger
  #isStopping = false

  constructor(logger: Logger) {
    this.#logger = logger
  }

  get size(): number {
    return this.#open.size
  }

  /**
   * Writes results as they come, a comment every 12 seconds so that nobody in between takes the connection for dead, and
   * `complete` when the results end by themselves. Whenever the response closes the results end, at once. Never throws.
   *
   * @param response open, nothing written yet.
   */
  async send(response: ServerResponse, { results, until, shown }: Telling): Promise<void> {
    const tooLong = setTimeout(() => cut(response), until - Date.now())
    this.#open.add(response)
    response.once('close', () => {
      clearTimeout(tooLong)
      this.#open.delete(response)
      void results.return?.()
    })
    try {
      const events = await eventsOf(asTaken(results, response, shown))
      response.writeHead(200, HEADERS)
      if (this.#isStopping) cut(response)
      for await (const text of events) {
        if (response.writableEnded || response.destroyed) break
        response.write(text)
      }
    } catch (error) {
      masked(this.#logger, currentRequestId() ?? 'unknown', error)
    }
    response.end()
  }

  /** Ends all streams, and those to come. */
  stop(): void {
    this.#isStopping = true
    for (const response of this.#open) cut(response)
  }
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // `no-transform` keeps proxies from compressing, and this header nginx from collecting, what has to arrive at once.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  // Nothing comes after a stream, and a server that stops waits for connections that might be used again.
  connection: 'close',
}

/** The protocol. Everything about the request is decided before: it is only handed what to tell. */
const tell = createHandler<undefined, AsyncIterable<object>>({
  authenticate: () => null,
  onSubscribe: ({ context }) => context,
})

async function eventsOf(results: AsyncIterable<object>): Promise<AsyncGenerator<string>> {
  const headers = { accept: 'text/event-stream', 'content-type': 'application/json' }
  const [body] = await tell({
    method: 'POST',
    url: '',
    headers: { get: (name) => headers[name as keyof typeof headers] },
    body: { query: '' },
    raw: undefined,
    context: results,
  })
  if (typeof body !== 'object' || body === null) throw new Error('graphql-sse has refused a stream')
  return body
}

/**
 * The results, each asked for when the one before is on its way. graphql-sse asks as fast as it is given and keeps what
 * a slow client has not taken yet.
 */
async function* asTaken(
  results: AsyncIterable<ExecutionResult>,
  response: ServerResponse,
  shown: Telling['shown'],
): AsyncGenerator<object> {
  for await (const result of results) {
    yield shown(result)
    await roomIn(response)
  }
}

/** Until the client has taken what was written, or is gone. */
async function roomIn(response: ServerResponse): Promise<void> {
  if (!response.writableNeedDrain) return
  await new Promise<void>((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}

/** Ends a response, and does not wait long for a client who does not read. */
function cut(response: ServerResponse): void {
  response.end()
  const late = setTimeout(() => response.destroy(), PATIENCE)
  response.once('close', () => clearTimeout(late))
}

/** Milliseconds. */
const PATIENCE = 500
