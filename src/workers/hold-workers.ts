import { unruled } from '../access/policy.ts'
import type { Context } from '../contract/context.ts'
import { idValue } from '../contract/id.ts'
import type { Query } from '../db/database.ts'
import { badInput } from '../kernel/errors.ts'
import { ref, sql, verbatim } from '../planner/sql.ts'
import { RATES_LOCK } from '../programs/contribution-rate.rules.ts'
import { WorkerEntity } from './worker.entity.ts'

/** A worker that a mutation names, and the field that names him. */
export interface Named {
  readonly id: string
  /** `input.worker` */
  readonly field: string
}

/**
 * Holds workers whom the viewer may see until the transaction ends, and others with them: whoever changes what covers a
 * person holds him, so that what a rule reads of him afterwards stays true. The rates stay as they are meanwhile.
 *
 * That nobody waits for whom waits for him, everybody holds things in one order: workers by their ids and with them
 * the lock of the rates, then that of registration (`registration/match-people.ts`), the tokens of identities in their
 * order, programs, and budgets last, by their ids.
 *
 * @param others ids of workers whom the mutation has found already.
 * @throws Fault BAD_USER_INPUT, naming the field, for one that does not exist or may not be seen.
 */
export async function holdVisibleWorkers(
  query: Query,
  { read }: Pick<Context, 'read'>,
  named: readonly Named[],
  others: readonly string[] = [],
): Promise<void> {
  const [worker, held] = [ref(WorkerEntity), unruled(WorkerEntity)]
  const ids = named.map(({ id }) => idValue(id)).filter((id) => id !== null)
  const rows = await read<{ id: string }>(
    // One list, and no "or" between two: PostgreSQL would read everybody.
    sql`/* worker.hold_visible */ select ${held.id} as id, ${GOES_BY_RATES} from ${held}
      where ${held.id} = any(array(select ${worker.id} from ${worker} where ${worker.id} = any(${ids}::bigint[]))
          || ${others}::bigint[])
        and (${held.mergedIntoId} is null or ${held.id} = any(${others}::bigint[]))
      order by ${held.id} for no key update`,
    query,
  )
  const found = new Set(rows.map(({ id }) => id))
  for (const { id, field } of named) {
    if (!found.has(id)) throw badInput(field, 'There is no worker of this id.', 'Look it up with workers.')
  }
}

// Here, in the statement before the rates are read: a lock that is waited for shows what came before it to the next one only.
const GOES_BY_RATES = verbatim(`pg_advisory_xact_lock_shared(${RATES_LOCK}) as lock`)

/** Keeps the rates as they are until the transaction ends, for who charges people that are not registered yet. */
export async function holdRates(query: Query): Promise<void> {
  await query(`/* worker.hold_rates */ select pg_advisory_xact_lock_shared(${RATES_LOCK})`)
}

/** Holds workers whoever may see them: what follows for them was found before. In the order of ids; ids that nobody has hold nobody. */
export async function holdWorkers(query: Query, ids: readonly string[]): Promise<void> {
  await query(
    `/* worker.hold */ select pg_advisory_xact_lock_shared(${RATES_LOCK}) from worker
      where id = any($1::bigint[]) order by id for no key update`,
    [ids.map(idValue)],
  )
}
