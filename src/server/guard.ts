import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import type { Authenticator } from '../access/tokens/authenticator.ts'
import { ANONYMOUS, type Viewer } from '../access/viewer.ts'
import type { HttpLimits } from '../kernel/config.ts'
import { Fault, SetupError } from '../kernel/errors.ts'
import type { Logger } from '../kernel/log.ts'
import { limitBody } from './body-limit.ts'
import { type Door, doorOf } from './doors.ts'
import { countInFlight } from './in-flight.ts'
import { refuseUnderPressure } from './pressure.ts'
import { nothingHere, Refusal, type RefusalKind } from './refusals.ts'
import { REQUEST_ID_HEADER } from './request-id.ts'
import { securityHeaders } from './security-headers.ts'
import { limitTime } from './time-budget.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, at a `data` door; anybody elsewhere. */
    viewer: Viewer
    /** Whether a gateway has proved itself. */
    gateway: boolean
    /** Whom limits count: the subject of the token, else the address. */
    client: string
  }
  interface FastifyContextConfig {
    /** Set by the guard. */
    securityHeaders?: readonly (readonly [name: string, value: string])[]
  }
}

/** Where a gateway proves itself, beside the token of the person it asks for. */
const GATEWAY_HEADER = 'payung-gateway'

export interface GuardOptions {
  readonly authenticator: Authenticator
  readonly limits: HttpLimits
  readonly logger: Logger
  /** Hears of each refusal. */
  readonly count: (kind: RefusalKind) => void
  /**
   * Hears of each token that was refused, before the client does. Those beyond an address's requests per minute
   * are not told, so that nobody fills a journal with them.
   */
  readonly loginFailed: (request: { readonly requestId: string }) => Promise<void>
}

/**
 * One guard for every door. It stands before each route that is added to the server or to its plugins from now on,
 * and before addresses where nothing is; a route that does not say which door it is does not start. By the door it
 * adds security headers, answers 503 early under pressure, checks tokens, limits requests per minute, at the same
 * time, in size and in time. What routes throw is for `explainFailures` to mask.
 */
export async function guard(server: FastifyInstance, options: GuardOptions): Promise<void> {
  const { limits } = options
  // The first hook fills it in: Fastify lets requests share no object.
  server.decorateRequest('viewer', null as unknown as Viewer)
  server.decorateRequest('gateway', false)
  server.decorateRequest('client', '')

  const nowhere = Object.entries(securityHeaders('page'))
  server.addHook('onRequest', (request, { raw }, done) => {
    request.viewer = ANONYMOUS
    // On the bare response, because whoever streams writes his head himself and knows nothing of Fastify's.
    raw.setHeader(REQUEST_ID_HEADER, request.id)
    const headers = request.routeOptions.config?.securityHeaders ?? nowhere
    for (const [name, value] of headers) raw.setHeader(name, value)
    done()
  })
  await refuseUnderPressure(server, limits)
  await server.register(rateLimit, { global: false })
  const passes = hooksOf(server, options)

  server.addHook('onRoute', function (route) {
    const door = doorOf(this, route)
    const policy = route.config?.contentPolicy ?? this.contentPolicy
    route.config = { ...route.config, door, securityHeaders: Object.entries(securityHeaders(door, policy)) }
    if (door === 'probe') return
    route.onRequest = before(passes[door], route.onRequest)
    route.preParsing = before(limitBody(route.bodyLimit ?? limits.bodyBytes), route.preParsing)
  })
  server.addHook('onReady', async () => refuseSideEntrances(server))
  server.setNotFoundHandler({ preHandler: passes.page }, nothingHere(options.count))
}

/** Bare WebSocket servers hang themselves beside Fastify's routes, where no hook of it runs. */
function refuseSideEntrances(server: FastifyInstance): void {
  const guarded = server.hasPlugin('@fastify/websocket') ? 1 : 0
  if (server.server.listenerCount('upgrade') <= guarded) return
  throw new SetupError(
    'Something takes WebSocket upgrades beside the guard. Serve them from a route of @fastify/websocket.',
  )
}

/** After the hooks of the scope, such as CORS, and before those of the route itself. */
function before<Hook>(own: Hook, others: Hook | Hook[] | undefined): Hook[] {
  return others === undefined ? [own] : [own, ...([others].flat() as Hook[])]
}

function hooksOf(
  server: FastifyInstance,
  { authenticator, limits, logger, loginFailed }: GuardOptions,
): Record<Exclude<Door, 'probe'>, onRequestAsyncHookHandler> {
  const perMinute = (max: number) =>
    server.createRateLimit({ max, timeWindow: 60_000, keyGenerator: ({ client }) => client })
  const known = { most: limits.requestsPerMinute, count: perMinute(limits.requestsPerMinute) }
  const strangers = {
    most: limits.anonymousRequestsPerMinute,
    count: perMinute(limits.anonymousRequestsPerMinute),
  }
  const timeFor = ({ routeOptions }: FastifyRequest) => routeOptions.config.requestMs ?? limits.requestMs
  const inFlight = countInFlight(limits.concurrentRequests || Number.POSITIVE_INFINITY)

  const page: onRequestAsyncHookHandler = async (request, reply) => {
    limitTime(reply, timeFor(request))
    request.client = addressOf(request)
    await refuseExcess(strangers, request)
    if (!inFlight.enter(request.client, reply.raw)) throw tooManyAtOnce(limits.concurrentRequests)
  }
  const data: onRequestAsyncHookHandler = async (request, reply) => {
    const { authorization, [GATEWAY_HEADER]: gateway } = request.headers
    try {
      request.viewer = await authenticator.viewerOf(authorization)
      if (gateway !== undefined) request.gateway = await authenticator.isGateway(String(gateway))
    } catch (error) {
      request.client = addressOf(request)
      await refuseExcess(strangers, request)
      if (!(error instanceof Fault) || error.cause !== undefined) throw cannotTell(logger, request, error)
      await loginFailed({ requestId: request.id })
      throw error
    }
    const { subject } = request.viewer
    if (subject === undefined) return page.call(server, request, reply)
    limitTime(reply, timeFor(request))
    request.client = `subject ${subject}`
    await refuseExcess(known, request)
    if (!inFlight.enter(request.client, reply.raw)) throw tooManyAtOnce(limits.concurrentRequests)
  }
  return { page, data }
}

interface Counted {
  readonly most: number
  readonly count: ReturnType<FastifyInstance['createRateLimit']>
}

/** Addresses of one IPv6 network are one client: it is given out as a whole. */
function addressOf({ ip }: FastifyRequest): string {
  return `address ${normalizeIP(ip)}`
}

/** The token may be good: whoever signs could not be asked. */
function cannotTell(logger: Logger, { id: requestId }: FastifyRequest, err: unknown): Refusal {
  logger.error({ component: 'guard', requestId, err }, 'a token could not be checked')
  const fault = new Fault('UNAUTHENTICATED', 'The token cannot be checked at the moment.', {
    remedy: 'Try again in a few seconds.',
  })
  return new Refusal('failed', 503, fault, 5)
}

async function refuseExcess({ most, count }: Counted, request: FastifyRequest): Promise<void> {
  if (most === 0) return
  const counted = await count(request)
  if (counted.isAllowed || !counted.isExceeded) return
  const fault = new Fault('TOO_COMPLEX', `More than ${most} requests in a minute.`, {
    remedy: `Try again in ${counted.ttlInSeconds} seconds.`,
  })
  throw new Refusal('rate', 429, fault, counted.ttlInSeconds)
}

function tooManyAtOnce(most: number): Refusal {
  const fault = new Fault('TOO_COMPLEX', `More than ${most} requests at the same time.`, {
    remedy: 'Wait for answers before asking on.',
  })
  return new Refusal('concurrency', 429, fault, 1)
}
