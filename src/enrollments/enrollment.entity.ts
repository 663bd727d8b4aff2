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
 *
 * `period` is what is left of its months, and `plannedUntil` the first month after those that were decided, where it was
 * ended earlier: between the two its place is free for another person, whose enrollment replaces it. While it is
 * suspended, its lines and unpaid charges end before `suspendedFrom`. `settled` are the findings that asked for a
 * person's judgement (code, fact), and `settledBecause` that judgement; `rulesVersion` names the rules it was decided by.
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
    plannedUntil: p.date().nullable(),
    suspendedFrom: p.date().nullable(),
    rulesVersion: p.text().nullable(),
    settled: p.json<object[]>().columnType('jsonb').nullable(),
    settledBecause: p.text().nullable(),
    replacesWorkerId: p.bigint('string').nullable(),
    replacesId: p.bigint('string').nullable(),
  },
  indexes: [
    { name: 'enrollment_id_index', properties: ['id'] },
    { name: 'enrollment_program_id_index', properties: ['program', 'id'] },
  ],
  uniques: [{ name: 'enrollment_replaces_unique', properties: ['replacesWorkerId', 'replacesId'] }],
  checks: [
    { name: 'enrollment_period_check', expression: wholeMonths('period') },
    {
      name: 'enrollment_planned_until_check',
      expression: 'extract(day from planned_until) = 1 and planned_until >= upper(period)',
    },
    {
      name: 'enrollment_suspended_from_check',
      expression: 'extract(day from suspended_from) = 1 and suspended_from <@ period',
    },
    { name: 'enrollment_settled_check', expression: '(settled is null) = (settled_because is null)' },
    {
      name: 'enrollment_replaces_check',
      expression: '(replaces_worker_id is null) = (replaces_id is null)',
    },
  ],
})
