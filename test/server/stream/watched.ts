import 'reflect-metadata'
import { Arg, ID, Resolver, Subscription } from 'type-graphql'
import type { Policy } from '../../../src/access/policy.ts'
import { RegencyEntity } from '../../../src/areas/area.entity.ts'
import { Regency } from '../../../src/areas/area.type.ts'
import type { Context } from '../../../src/contract/context.ts'
import { idValue } from '../../../src/contract/id.ts'
import { AreaCode } from '../../../src/contract/scalars.ts'
import { rows } from '../../../src/planner/description.ts'
import { sql } from '../../../src/planner/sql.ts'
import { WorkerEntity } from '../../../src/workers/worker.entity.ts'
import { Worker } from '../../../src/workers/worker.type.ts'

interface Subscribing {
  readonly args: Record<string, string>
  readonly context: Context
}

/** Subscriptions to things that suites of streams can change as they like, on the channels `regency` and `worker`. */
@Resolver()
export class Watched {
  @Subscription(() => Regency, {
    nullable: true,
    subscribe: ({ args, context }: Subscribing) => context.changesOf('regency', args.code!),
  })
  watchRegency(@Arg('code', () => AreaCode) code: string) {
    return rows(RegencyEntity).where((regency) => sql`${regency.code} = ${code}`)
  }

  @Subscription(() => Worker, {
    nullable: true,
    subscribe: ({ args, context }: Subscribing) => context.changesOf('worker', args.id!),
  })
  watchWorker(@Arg('id', () => ID) id: string) {
    return rows(WorkerEntity).where((worker) => sql`${worker.id} = ${idValue(id)}`)
  }
}

export const watchedPolicy: Policy = {
  fields: { Subscription: { anyone: ['watchRegency'], 'registry:read': ['watchWorker'] } },
}
