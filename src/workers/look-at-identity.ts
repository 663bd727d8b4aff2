import DataLoader from 'dataloader'
import { recordAudit, recordFailure } from '../access/audit/audit.ts'
import type { Purpose } from '../access/purpose.ts'
import type { Context } from '../contract/context.ts'
import { idValue } from '../contract/id.ts'
import { getOrSet } from '../kernel/get-or-set.ts'
import { maskNik } from '../kernel/nik.ts'
import { ref, sql } from '../planner/sql.ts'
import { readIdentities } from './identity.ts'
import type { Identity, RevealedIdentity } from './identity.type.ts'
import { WorkerEntity } from './worker.entity.ts'

type IdentityLoader = DataLoader<string, Identity | null>

/** Looks that one operation takes for one purpose are one event of the audit trail. */
const loaders = new WeakMap<Context, Map<Purpose, IdentityLoader>>()

/** Who a worker is whose row the viewer may see; null when the vault does not know him. */
export function identityFor(workerId: string, purpose: Purpose, context: Context): Promise<Identity | null> {
  const ofRequest = getOrSet(loaders, context, () => new Map<Purpose, IdentityLoader>())
  return getOrSet(ofRequest, purpose, () => loaderFor(purpose, context)).load(workerId)
}

/** Whether an operation has asked for the identity of anybody it may see. */
export function hasLooked(context: Context): boolean {
  return loaders.has(context)
}

function loaderFor(purpose: Purpose, context: Context): IdentityLoader {
  return new DataLoader(async (workers) => {
    const event = { action: 'IDENTITY_READ', what: 'Worker.identity', purpose, workers } as const
    try {
      await context.allow(workers.length)
      // One transaction: an identity that could not be recorded is not shown.
      const found = await context.db.transaction(async (query) => {
        const identities = await readIdentities(query, workers, context.nikKeys)
        await recordAudit(query, context, { ...event, outcome: 'DONE' })
        return identities
      })
      return workers.map((worker) => {
        const identity = found.get(worker)
        return identity ? { ...identity, maskedNik: maskNik(identity.nik) } : null
      })
    } catch (error) {
      await recordFailure(context, event, error)
      throw error
    }
  })
}

/** Who a worker is, with the NIK; null when the viewer may not see him. The mutation around it records the look. */
export async function reveal(
  workerId: string,
  purpose: Purpose,
  { allow, change, nikKeys, read }: Context,
): Promise<RevealedIdentity | null> {
  const { note, query } = change!
  note({ action: 'IDENTITY_REVEAL', workers: [workerId], purpose })
  await allow(1)
  const worker = ref(WorkerEntity)
  const [seen] = await read(
    sql`/* identity.reveal */ select ${worker.id} from ${worker} where ${worker.id} = ${idValue(workerId)}`,
    query,
  )
  if (!seen) {
    note({ refused: true })
    return null
  }
  const identities = await readIdentities(query, [workerId], nikKeys)
  return identities.get(workerId) ?? null
}
