import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql'
import type { Context } from '../../contract/context.ts'
import { rows } from '../../planner/description.ts'
import { sql } from '../../planner/sql.ts'
import { WorkerEntity } from '../../workers/worker.entity.ts'
import { Worker } from '../../workers/worker.type.ts'
import {
  MergedWorkers,
  MergeWorkersInput,
  MergeWorkersResult,
  UndoMergeInput,
  UndoMergeResult,
  UndoneMerge,
} from './merge.type.ts'
import { mergeWorkers } from './merge-workers.ts'
import { undoMerge } from './undo-merge.ts'

@Resolver()
export class MergeMutations {
  @Mutation(() => MergeWorkersResult, {
    nullable: true,
    description:
      'Two rows are one person: everything of the one goes to the other (penggabungan pekerja ganda).',
  })
  mergeWorkers(@Arg('input', () => MergeWorkersInput) input: MergeWorkersInput, @Ctx() context: Context) {
    return mergeWorkers(input, context)
  }

  @Mutation(() => UndoMergeResult, {
    nullable: true,
    description:
      'Two people were taken for one: what came with the merge goes back; what was enrolled since stays (pembatalan penggabungan).',
  })
  undoMerge(@Arg('input', () => UndoMergeInput) input: UndoMergeInput, @Ctx() context: Context) {
    return undoMerge(input, context)
  }
}

function workerOf(id: string) {
  return rows(WorkerEntity).where((worker) => sql`${worker.id} = ${id}`)
}

@Resolver(() => MergedWorkers)
export class MergedWorkersFields {
  @FieldResolver(() => Worker, { nullable: true, description: 'The one person (pekerja).' })
  worker(@Root() { worker }: { worker: string }) {
    return workerOf(worker)
  }
}

@Resolver(() => UndoneMerge)
export class UndoneMergeFields {
  @FieldResolver(() => Worker, { nullable: true, description: 'Who was kept (pekerja).' })
  kept(@Root() { kept }: { kept: string }) {
    return workerOf(kept)
  }

  @FieldResolver(() => Worker, {
    nullable: true,
    description: 'Who is another person again; null for one you may not see (pekerja).',
  })
  restored(@Root() { restored }: { restored: string }) {
    return workerOf(restored)
  }
}
