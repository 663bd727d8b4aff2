import { defineEntity, p } from '@mikro-orm/core'
import { CoverageProgramEntity, wholeMonths } from '../programs/program.entity.ts'
import { WorkerEntity } from '../workers/worker.entity.ts'

/** Decisions taken on an enrollment. ACTIVE and EXPIRED are not among them: they follow from the months. */
export const EnrollmentDecision = {
  PROPOSED: 'PROPOSED',
  VERIFIED: 'VERIFIED',
  COMMITTED: 'COMMITTED',
  SUBMITTED: 'SUBMITTED',
  ACCEPTED: 'ACCEPTED',
  REJECTED: 'REJECTED',
  RELEASED: 'RELEASED',
  SUBSTITUTED: 'SUBSTITUTED',
} as const
export type EnrollmentDecision = keyof typeof EnrollmentDecision

/**
 * A worker in a program for a half-open range of whole months. Keyed by the worker first, like everything about
 * one worker, so that a cluster distributed by `worker_id` keeps its constraints on one shard; `id` alone is
 * unique because one sequence hands it out.
 */
export const EnrollmentEntity = defineEntity({
  name: 'Enrollment',
  tableName: 'enrollment',
  properties: {
    worker: () => p.manyToOne(WorkerEntity).primary(),
    id: p.bigint('string').primary().autoincrement(),
    program: () => p.manyToOne(CoverageProgramEntity),
    period: p.string().columnType('daterange'),
    decision: p.enum(() => EnrollmentDecision),
    decidedOn: p.date(),
  },
  indexes: [
    { name: 'enrollment_id_index', properties: ['id'] },
    { name: 'enrollment_program_id_index', properties: ['program', 'id'] },
  ],
  checks: [{ name: 'enrollment_period_check', expression: wholeMonths('period') }],
})
