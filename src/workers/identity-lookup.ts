import type { WantedToken } from '../access/vault/lookup.ts'
import { COVERAGE_CHECK } from '../contract/readings.ts'
import { ref, type Sql, sql } from '../planner/sql.ts'
import { WorkerEntity } from './worker.entity.ts'
import { IdentityTokenEntity } from './worker-identity.entity.ts'

/**
 * The workers behind tokens, as a subquery with the columns `index` and `worker_id`: a row per person found, also
 * when several of his tokens are wanted. Whose row was merged into another is found as that other.
 */
export function workersByToken(wanted: readonly WantedToken[]): Sql {
  const [known, worker] = [ref(IdentityTokenEntity, COVERAGE_CHECK), ref(WorkerEntity, COVERAGE_CHECK)]
  const [indexes, keyIds, tokens] = [
    wanted.map(({ index }) => index),
    wanted.map(({ keyId }) => keyId),
    wanted.map(({ token }) => Buffer.from(token).toString('hex')),
  ]
  return sql`select distinct t.index, coalesce(${worker.mergedIntoId}, ${worker.id}) as worker_id
    from unnest(${indexes}::int[], ${keyIds}::text[], ${tokens}::text[]) as t(index, key_id, token)
    join ${known} on ${known.nikToken} = decode(t.token, 'hex') and ${known.keyId} = t.key_id
    join ${worker} on ${worker.id} = ${known.worker}`
}
