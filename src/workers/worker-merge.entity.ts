import { defineEntity, p } from '@mikro-orm/core'
import { WorkerEntity } from './worker.entity.ts'

/**
 * Two rows that turned out to be one person: what moved from `merged` to `kept`, so that the merge can be undone. What
 * hangs on an enrollment goes where it goes; `lines` tells of the reported ones too, which hang on none. `workers` are rows
 * that had been merged into `merged` before.
 */
export const WorkerMergeEntity = defineEntity({
  name: 'WorkerMerge',
  tableName: 'worker_merge',
  properties: {
    id: p.bigint('string').primary(),
    kept: () => p.manyToOne(WorkerEntity).index(),
    merged: () => p.manyToOne(WorkerEntity).index(),
    enrollments: p.array().columnType('bigint[]').$type<string[]>(),
    lines: p.array().columnType('bigint[]').$type<string[]>(),
    disputes: p.array().columnType('bigint[]').$type<string[]>(),
    claimChecks: p.array().columnType('bigint[]').$type<string[]>(),
    workers: p.array().columnType('bigint[]').$type<string[]>(),
    mergedAt: p.datetime().defaultRaw('clock_timestamp()'),
    undoneAt: p.datetime().nullable(),
  },
  checks: [{ name: 'worker_merge_pair_check', expression: 'kept_id <> merged_id' }],
})
