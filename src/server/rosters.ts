import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Hub } from '../app.ts'
import { badInput, Fault } from '../kernel/errors.ts'
import type { Logger } from '../kernel/log.ts'
import { type RosterFacts, receiveRoster } from '../rosters/receiving/receive-roster.ts'
import { rosterReport } from '../rosters/report/roster-report.ts'
import { contextOf, noRoster, type RosterDoor, readFile, takeFiles } from './files.ts'
import { countFiles } from './files-at-once.ts'
import { asRequest } from './request-id.ts'
import { serveBpjs } from './rosters-at-bpjs.ts'
import { sendCsv } from './send-csv.ts'

/** Milliseconds for a file to arrive (`arriving.ts` waits for 30 minutes of them) and to be written. */
const RECEIVING = 2_700_000
/** Milliseconds in which somebody has to have read a report. */
const REPORTING = 600_000

/**
 * Files of people, in and out: `POST /rosters?program=CODE&from=2023-06&to=2023-12` with a CSV or an XLSX workbook as its
 * body, which is read as it arrives and never held, and `GET /rosters/ID/report.csv`; and what goes to BPJS and comes back
 * (`rosters-at-bpjs.ts`). Refusals look as everywhere.
 */
export async function serveRosters(
  server: FastifyInstance,
  hub: Hub,
  { limits, logger }: Omit<RosterDoor, 'files'>,
): Promise<void> {
  const door = { limits, logger, files: countFiles(limits) }
  await server.register(async (rosters) => {
    takeFiles(rosters)
    rosters.route({
      method: 'POST',
      url: '/rosters',
      config: { door: 'data', requestMs: RECEIVING },
      bodyLimit: limits.bytes,
      handler: (request, reply) => asRequest(request.id, () => receive(request, reply, hub, door)),
    })
    rosters.route({
      method: 'GET',
      url: '/rosters/:id/report.csv',
      exposeHeadRoute: false,
      config: { door: 'data', requestMs: REPORTING },
      handler: (request, reply) => asRequest(request.id, () => report(request, reply, hub, logger)),
    })
    serveBpjs(rosters, hub, door)
  })
}

async function receive(
  request: FastifyRequest,
  reply: FastifyReply,
  hub: Hub,
  door: RosterDoor,
): Promise<FastifyReply> {
  const received = await readFile(request, reply, door, ({ format, bytes, checkAwaited }) =>
    receiveRoster(
      contextOf(request, hub),
      { ...factsIn(request), format },
      bytes,
      door.limits,
      // A workbook has arrived before its first row is read: nobody else would notice that its sender has left.
      checkAwaited,
    ),
  )
  // Its time was over meanwhile, and the client has been told.
  if (reply.sent) return reply
  if (received.isNew) reply.header('location', `/rosters/${received.id}/report.csv`)
  return reply.code(received.isNew ? 201 : 200).send(received)
}

function factsIn({ query }: FastifyRequest): Omit<RosterFacts, 'format'> {
  const { program, from, to, replaces, ...others } = query as Record<string, unknown>
  if (Object.keys(others).length > 0) {
    // Whoever misspelt `replaces` would have sent a roster of its own.
    throw new Fault('BAD_USER_INPUT', 'The address has something that a roster does not have.', {
      remedy: 'Write /rosters?program=CODE&from=2023-06&to=2023-12, and &replaces=ID for a correction.',
    })
  }
  return {
    program: told(program, 'program'),
    from: told(from, 'from'),
    to: told(to, 'to'),
    replaces: replaces === undefined ? null : told(replaces, 'replaces'),
  }
}

function told(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw badInput(
    name,
    `Say ${name} once in the address.`,
    'Write /rosters?program=CODE&from=2023-06&to=2023-12.',
  )
}

async function report(
  request: FastifyRequest,
  reply: FastifyReply,
  hub: Hub,
  logger: Logger,
): Promise<FastifyReply> {
  const { id } = request.params as { id: string }
  const found = await rosterReport(contextOf(request, hub), id)
  if (reply.sent) return reply
  if (!found) throw noRoster()
  return sendCsv(request, reply, { name: `roster-${found.id}-report.csv`, csv: found.csv }, logger)
}
