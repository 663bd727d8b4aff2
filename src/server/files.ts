import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Hub } from '../app.ts'
import type { Context } from '../contract/context.ts'
import type { RosterServerLimits } from '../kernel/config.ts'
import { badInput } from '../kernel/errors.ts'
import type { Logger } from '../kernel/log.ts'
import type { TableOptions } from '../rosters/file/read-table.ts'
import { arriving, keepOwnTime } from './arriving.ts'
import type { FilesAtOnce } from './files-at-once.ts'
import { readAway } from './read-away.ts'
import { Refusal } from './refusals.ts'

type Format = TableOptions['format']

/** What the doors of rosters have in common. */
export interface RosterDoor {
  readonly limits: RosterServerLimits
  readonly files: FilesAtOnce
  /** Hears of what fails when nobody can be told any more. */
  readonly logger: Logger
}

/** Bodies of files are handed on as they are, whatever a scope took before. */
export function takeFiles(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (request, payload, done) => {
    try {
      formatOf(request)
      done(null, payload)
    } catch (error) {
      readAway(request.raw)
      done(error as Error)
    }
  })
}

const CSV = 'text/csv'
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

const FORMAT_OF_TYPE: Readonly<Record<string, Format>> = {
  [CSV]: 'csv',
  'application/csv': 'csv',
  // What browsers call a .csv where Excel is installed. A workbook of its old format is refused as no UTF-8.
  'application/vnd.ms-excel': 'csv',
  [XLSX]: 'xlsx',
}

/** @throws Refusal 415 for what is no file of people. */
function formatOf({ headers }: FastifyRequest): Format {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers
  const [media = '', ...parameters] = type
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const format = FORMAT_OF_TYPE[media]
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '')
  if (format === undefined) {
    throw otherType('The file has to be a CSV or an XLSX workbook.', `Send content-type: ${CSV} or ${XLSX}.`)
  }
  if (charset !== undefined && !/^utf-?8$/.test(charset))
    throw otherType('The file has to be in UTF-8.', 'Save it as "CSV UTF-8" in the spreadsheet.')
  if (encoding !== 'identity') throw otherType('The file must not be packed.', 'Send it as it is.')
  return format
}

function otherType(message: string, remedy: string): Refusal {
  return new Refusal('media_type', 415, badInput('file', message, remedy))
}

/** A file that somebody is sending. */
export interface ArrivingFile {
  readonly format: Format
  readonly bytes: AsyncIterable<Uint8Array>
  /** @throws Fault BAD_USER_INPUT when nobody waits for an answer any more. */
  readonly checkAwaited: () => void
}

/**
 * Reads the file of a request, as one of few at the same time and in a time of its own. Whoever is refused while he is
 * still sending is heard to his end.
 *
 * @param read does all the work on it: with its end the place is another's.
 * @throws Refusal 503 when too many files are being read; whatever `read` throws.
 */
export async function readFile<Result>(
  request: FastifyRequest,
  reply: FastifyReply,
  { files }: Pick<RosterDoor, 'files'>,
  read: (file: ArrivingFile) => Promise<Result>,
): Promise<Result> {
  keepOwnTime(request.raw, reply.raw)
  try {
    const format = formatOf(request)
    const leave = files.enter(format)
    try {
      return await read({ format, bytes: bytesOf(request), checkAwaited: () => checkAwaited(reply) })
    } finally {
      leave()
    }
  } catch (error) {
    readAway(request.raw)
    throw error
  }
}

/** The bytes of the file as they arrive; without a body Fastify reads none. */
function bytesOf({ body }: FastifyRequest): AsyncIterable<Uint8Array> {
  return arriving(body instanceof Readable ? body : Readable.from([]))
}

function checkAwaited({ raw }: FastifyReply): void {
  if (raw.destroyed) throw badInput('file', 'The sender has left before he was answered.', 'Send it again.')
}

export function contextOf({ id: requestId, viewer, gateway, client }: FastifyRequest, hub: Hub): Context {
  return hub.context({ requestId, viewer, gateway, client })
}

/** For one that is not there, and for another payer's. */
export function noRoster(): Refusal {
  return new Refusal(
    'nowhere',
    404,
    badInput('id', 'There is no roster of this id.', 'Look it up with rosters.'),
  )
}
