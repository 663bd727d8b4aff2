import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Hub } from '../app.ts'
import type { Logger } from '../kernel/log.ts'
import { receiveAnswers } from '../rosters/bpjs/receive-answers.ts'
import { rosterSubmission } from '../rosters/bpjs/submission.ts'
import { contextOf, noRoster, type RosterDoor, readFile } from './files.ts'
import { asRequest } from './request-id.ts'
import { sendCsv } from './send-csv.ts'

/** Milliseconds in which somebody has to have read a submission. */
const SUBMITTING = 600_000
/** Milliseconds for an answer to arrive (`arriving.ts` waits for 30 minutes of them) and to be taken. */
const ANSWERING = 2_700_000

/**
 * To BPJS and back: `GET /rosters/ID/submission.csv`, and `POST /rosters/ID/acceptance` with a CSV or an XLSX workbook as
 * its body, which is taken as it arrives.
 *
 * @param rosters a scope that takes files (`files.ts`).
 */
export function serveBpjs(rosters: FastifyInstance, hub: Hub, door: RosterDoor): void {
  rosters.route({
    method: 'GET',
    url: '/rosters/:id/submission.csv',
    exposeHeadRoute: false,
    config: { door: 'data', requestMs: SUBMITTING },
    handler: (request, reply) => asRequest(request.id, () => submission(request, reply, hub, door.logger)),
  })
  rosters.route({
    method: 'POST',
    url: '/rosters/:id/acceptance',
    config: { door: 'data', requestMs: ANSWERING },
    bodyLimit: door.limits.bytes,
    handler: (request, reply) => asRequest(request.id, () => acceptance(request, reply, hub, door)),
  })
}

async function submission(
  request: FastifyRequest,
  reply: FastifyReply,
  hub: Hub,
  logger: Logger,
): Promise<FastifyReply> {
  const found = await rosterSubmission(contextOf(request, hub), idOf(request))
  if (reply.sent) return reply
  if (!found) throw noRoster()
  return sendCsv(request, reply, { name: `roster-${found.id}-submission.csv`, csv: found.csv }, logger)
}

async function acceptance(
  request: FastifyRequest,
  reply: FastifyReply,
  hub: Hub,
  door: RosterDoor,
): Promise<FastifyReply> {
  const { limits } = door
  const received = await readFile(request, reply, door, async ({ bytes, ...file }) => {
    const taken = await receiveAnswers(contextOf(request, hub), idOf(request), bytes, { ...file, limits })
    if (!taken) throw noRoster()
    return taken
  })
  // Its time was over meanwhile, and the client has been told.
  if (reply.sent) return reply
  return reply.send(received)
}

function idOf({ params }: FastifyRequest): string {
  return (params as { readonly id: string }).id
}
