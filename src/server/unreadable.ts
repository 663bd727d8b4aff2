import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Fault } from '../kernel/errors.ts'
import { keepsItsOwnTime } from './arriving.ts'
import { faultShown } from './errors.ts'

/** Requests that Node or the router cannot read, before there is a route and its guard: answered as all others. */
export const unreadable = {
  frameworkErrors(_error: Error, _request: FastifyRequest, reply: FastifyReply): void {
    void reply.code(400).header('x-content-type-options', 'nosniff').send(BODY)
  },
  clientErrorHandler(error: Error & { code?: string }, socket: Socket): void {
    if (error.code === 'ECONNRESET' || socket.destroyed) return
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && keepsItsOwnTime(socket)) return
    if (!socket.writable) {
      socket.destroy()
      return
    }
    const head = [
      `HTTP/1.1 ${STATUS_LINES[error.code ?? ''] ?? '400 Bad Request'}`,
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(TEXT)}`,
      'connection: close',
    ]
    socket.end(`${head.join('\r\n')}\r\n\r\n${TEXT}`)
  },
}

const BODY = { errors: [faultShown(new Fault('BAD_USER_INPUT', 'The request cannot be read.'))] }
const TEXT = JSON.stringify(BODY)

const STATUS_LINES: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
}
