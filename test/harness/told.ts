import type { Hub } from '../../src/app.ts'

/** An event of the audit trail with what it was about. */
export interface ToldEvent {
  readonly actor: string | null
  readonly what: string
  readonly outcome: string
  readonly reason: string | null
  readonly subject: string | null
}

/** What the audit trail says of changes since the last time it was asked. */
export function changesTold({ db }: Pick<Hub, 'db'>): () => Promise<ToldEvent[]> {
  let last = '0'
  return async () => {
    const events = await db.query<ToldEvent & { id: string }>(
      `/* test.told */ select id, actor, what, outcome, reason, subject from audit_event
        where id > $1::bigint order by id`,
      [last],
    )
    last = events.at(-1)?.id ?? last
    return events.map(({ id: _, ...event }) => event)
  }
}
