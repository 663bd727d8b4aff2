import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import { connect } from 'node:net'

/** A request as HTTP clients can send it, to the letter: nothing is normalized on the way. */
export interface HttpRequest {
  readonly method?: string
  readonly path?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string | Buffer
  /** Sends the body in pieces, without saying how long it is. */
  readonly chunked?: boolean
}

/** Bytes for a socket: what no HTTP client would send. */
export interface BareRequest {
  readonly bytes: string
}

/** A request line and headers as they are, with the rest. */
export function bare(head: readonly string[], rest = ''): BareRequest {
  return { bytes: `${head.join('\r\n')}\r\n\r\n${rest}` }
}

export interface Answer {
  /** 0 when the connection was closed without a word. */
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /** How many responses came: a smuggled request would make it two. */
  readonly responses: number
  /** Milliseconds from the first byte sent to the last received. */
  readonly ms: number
}

/** Nothing is waited for longer: a request that hangs is answered by nobody. */
const PATIENCE_MS = 5_000
const PIECE = 64 * 1024

export async function send(port: number, request: HttpRequest | BareRequest): Promise<Answer> {
  const started = performance.now()
  const answer = await ('bytes' in request ? sendBare(port, request) : sendHttp(port, request))
  return { ...answer, ms: performance.now() - started }
}

type Untimed = Omit<Answer, 'ms'>

const SILENCE: Untimed = { status: 0, headers: {}, body: '', responses: 0 }

function sendHttp(port: number, { method = 'POST', path = '/graphql', headers, body, chunked }: HttpRequest) {
  const { promise, resolve } = Promise.withResolvers<Untimed>()
  const length = body === undefined || chunked ? {} : { 'content-length': Buffer.byteLength(body) }
  const sending = httpRequest({ port, method, path, headers: { ...length, ...headers }, agent: false })
  sending.on('response', (response) => {
    const pieces: Buffer[] = []
    const { statusCode: status = 0, headers } = response
    const done = (body: string) => resolve({ status, headers, body, responses: 1 })
    response.on('data', (piece: Buffer) => {
      pieces.push(piece)
      const event = isStream(headers) ? firstEvent(pieces) : undefined
      if (event === undefined) return
      // A stream has no end that one could wait for.
      done(event)
      sending.destroy()
    })
    response.on('close', () => done(Buffer.concat(pieces).toString()))
  })
  // A server that refuses while the body is still coming hangs up: what it said before that counts.
  sending.on('close', () => setTimeout(() => resolve(SILENCE), 50)).on('error', () => {})
  sending.setTimeout(PATIENCE_MS, () => sending.destroy())
  if (body !== undefined && chunked) writePieces(sending, Buffer.from(body))
  else sending.end(body)
  return promise
}

function isStream({ 'content-type': type }: IncomingHttpHeaders): boolean {
  return type?.startsWith('text/event-stream') ?? false
}

/** The data of the first event of a stream, as soon as it is there. */
function firstEvent(pieces: readonly Buffer[]): string | undefined {
  return /^event: next\ndata: (.*)\n\n/m.exec(Buffer.concat(pieces).toString())?.[1]
}

function writePieces(to: NodeJS.WritableStream, body: Buffer): void {
  for (let start = 0; start < body.length; start += PIECE) to.write(body.subarray(start, start + PIECE))
  to.end()
}

function sendBare(port: number, { bytes }: BareRequest): Promise<Untimed> {
  const { promise, resolve } = Promise.withResolvers<Untimed>()
  let text = ''
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'))
  socket.setEncoding('utf8').setTimeout(PATIENCE_MS, () => socket.destroy())
  socket.on('data', (piece) => {
    text += piece
    // Connections may be kept open for more: what is to come comes at once.
    socket.setTimeout(150)
  })
  socket.on('close', () => resolve(readBare(text))).on('error', () => {})
  return promise
}

const NO_CHUNKS = '0\r\n\r\n'

function readBare(text: string): Untimed {
  if (text === '') return SILENCE
  const end = text.indexOf('\r\n\r\n')
  const [line = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = Object.fromEntries(
    lines.map((header) => header.toLowerCase().split(/: ?/, 2) as [string, string]),
  )
  const responses = text.split(/^HTTP\/1\.1 \d{3} /m).length - 1
  const body = text.slice(end + 4)
  return { status: Number(line.split(' ')[1]), headers, body: body === NO_CHUNKS ? '' : body, responses }
}
