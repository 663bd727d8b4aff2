import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Hub } from '../app.ts'
import type { Context } from '../contract/context.ts'
import type { RosterLimits } from '../kernel/config.ts'
import { badInput } from '../kernel/errors.ts'
import type { Logger } from '../kernel/log.ts'
import type { TableOptions } from '../rosters/file/read-table.ts'
import { arriving } from './arriving.ts'
import { readAway } from './read-away.ts'
import { Refusal } from './refusals.ts'

type Format = TableOptions['format']

/** What the doors of rosters have in common. */
export interface RosterDoor {
  readonly limits: RosterLimits
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

const FORMAT_OF_TYPE: Readonly<Record<string, Format>> = {
  'text/csv': 'csv',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
}

/** @throws Refusal 415 for what is no file of people. */
export function formatOf({ headers }: FastifyRequest): Format {
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
    throw otherType(
      'The file has to be a CSV or an XLSX workbook.',
      `Send content-type: ${Object.keys(FORMAT_OF_TYPE).join(' or ')}.`,
    )
  }
  if (charset !== undefined && charset !== 'utf-8')
    throw otherType('The file has to be in UTF-8.', 'Save it as "CSV UTF-8" in the spreadsheet.')
  if (encoding !== 'identity') throw otherType('The file must not be packed.', 'Send it as it is.')
  return format
}

function otherType(message: string, remedy: string): Refusal {
  return new Refusal('media_type', 415, badInput('file', message, remedy))
}

/** The bytes of the file as they arrive; without a body Fastify reads none. */
export function bodyOf({ body }: FastifyRequest): AsyncIterable<Uint8Array> {
  return arriving(body instanceof Readable ? body : Readable.from([]))
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
