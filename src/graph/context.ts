import { randomUUID } from 'node:crypto'
import type { Allowance } from '../access/allowance.ts'
import type { TableRules } from '../access/table-rules.ts'
import { ANONYMOUS, type Viewer } from '../access/viewer.ts'
import type { Context } from '../contract/context.ts'
import { changesOf } from '../db/changes.ts'
import { prepared } from '../db/prepared.ts'
import { type Clock, currentMonth } from '../kernel/clock.ts'
import type { Month } from '../kernel/month.ts'
import { render } from '../planner/render.ts'
import type { Tables } from '../planner/tables.ts'

/** What a door knows of a request. */
export interface RequestFacts {
  readonly requestId?: string
  readonly overGet?: boolean
  /** Anybody, unless the door knows better. */
  readonly viewer?: Viewer
  /** Whether a gateway passes it on. */
  readonly gateway?: boolean
  /** Whom limits count. */
  readonly client?: string
}

/** What every request of a hub shares. */
export interface HubFacts extends Pick<Context, 'db' | 'limits' | 'nikKeys' | 'partnerKeys'> {
  readonly clock: Clock
  readonly rules: TableRules
  readonly tables: Tables
  /** How many people a client may look up. */
  readonly people: Allowance
  readonly exposeSql: boolean
}

/** The context of one request, in which every table is as its viewer may see it. */
export function contextOf(
  {
    requestId = randomUUID(),
    overGet = false,
    viewer = ANONYMOUS,
    gateway = false,
    client = '',
  }: RequestFacts,
  { clock, rules, tables, people, exposeSql, ...shared }: HubFacts,
): Context {
  const context = Object.assign(new Dated(clock), {
    ...shared,
    requestId,
    viewer,
    fromGateway: gateway,
    overGet,
    allow: (count: number) => people.take(client, count),
    changesOf: (...asked: Parameters<Context['changesOf']>) => changesOf(shared.db, ...asked),
    trace: exposeSql ? [] : undefined,
  })
  const visibility = rules.visibility(viewer, context)
  const read: Context['read'] = (fragment, query = shared.db.query) => {
    const { text, values } = render(fragment, tables, visibility)
    return query(
      prepared(text),
      values.map(({ value }) => value),
    )
  }
  return Object.assign(context, { visibility, read })
}

/**
 * The dates of a request, computed when they are asked for, as most never are. On a prototype, because Apollo copies a
 * context with `Object.assign`, which would compute them; so a context is never to be spread.
 */
class Dated {
  constructor(readonly clock: Clock) {}

  get today(): string {
    return this.clock.today()
  }

  get currentMonth(): Month {
    return currentMonth(this.clock)
  }
}
