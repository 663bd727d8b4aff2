import type { Hub } from '../../src/app.ts'
import { emptyTables } from '../harness/empty-tables.ts'

export const REGISTER = `mutation ($input: RegisterWorkerInput!) { registerWorker(input: $input) {
  __typename
  ... on RegisteredWorker { worker { id birthMonth } findings { code level } }
  ... on IdentityRefusal { code message worker { id } findings { code level } } } }`

export const CORRECT = `mutation ($input: CorrectIdentityInput!) { correctIdentity(input: $input) {
  __typename
  ... on CorrectedIdentity { worker { id birthMonth } findings { code level } }
  ... on IdentityRefusal { code message worker { id } findings { code level } } } }`

/** Nobody is registered, and nothing has happened to anybody. */
export async function emptyRegistry({ db }: Pick<Hub, 'db'>): Promise<void> {
  await emptyTables(db, 'worker')
}

export interface HistoryEvent {
  readonly kind: string
  readonly reason: string | null
  readonly actor: string | null
  readonly entered_on: string
}

/** What happened to a worker, in order. */
export function historyOf({ db }: Pick<Hub, 'db'>, worker: string): Promise<HistoryEvent[]> {
  return db.query<HistoryEvent>(
    '/* test.history */ select kind, reason, actor, entered_on from worker_event where worker_id = $1 order by id',
    [worker],
  )
}
