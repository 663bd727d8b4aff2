import type { ApolloServer } from '@apollo/server'
import { ROLES, type Role } from '../../src/access/permission.ts'
import type { Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import type { Context } from '../../src/contract/context.ts'
import type { RequestFacts } from '../../src/graph/context.ts'
import { gatekeeper } from '../../src/graph/gate.ts'
import { type Answer, askServer, startedServer, type Variables } from './operations.ts'

/** Somebody with a role's permissions, who sees the people of these areas. */
export function aViewer(
  role: Role,
  areas: readonly string[],
  more: Partial<Pick<Viewer, 'subject' | 'payer' | 'partner'>> = {},
): Viewer {
  return { subject: role, permissions: new Set(ROLES[role]), areas, ...more }
}

const servers = new WeakMap<Hub, ApolloServer<Context>>()

/** Answers one viewer as the server does: through the gate, then the planner, under his rules. */
export function askAs(
  hub: Hub,
  viewer: Viewer,
  query: string,
  variables: Variables = {},
  facts: Omit<RequestFacts, 'viewer'> = {},
): Promise<Answer> {
  return askServer(serverOf(hub), hub.context({ viewer, ...facts }), { query, variables })
}

function serverOf(hub: Hub): ApolloServer<Context> {
  let server = servers.get(hub)
  if (!server) {
    server = startedServer<Context>(hub.planner, [gatekeeper(hub.gate)])
    servers.set(hub, server)
  }
  return server
}

/** An event of the audit trail, as far as tests look at it. */
export interface RecordedEvent {
  readonly actor: string | null
  readonly action: string
  readonly outcome: string
  readonly purpose: string | null
  readonly what: string
  readonly workers: readonly string[]
  readonly people: number
  readonly reason: string | null
}

/** What the audit trail says since the last time it was asked, in the order in which it was written. */
export function auditReader({ db }: Pick<Hub, 'db'>): () => Promise<RecordedEvent[]> {
  let last = '0'
  return async () => {
    const events = await db.query<RecordedEvent & { id: string }>(
      `/* test.audit */ select id, actor, action, outcome, purpose, what, workers, people, reason
        from audit_event where id > $1::bigint order by id`,
      [last],
    )
    last = events.at(-1)?.id ?? last
    return events.map(({ id: _, ...event }) => event)
  }
}
