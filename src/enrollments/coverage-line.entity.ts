import { defineEntity, p } from '@mikro-orm/core'
import { FundingSource, PayerEntity } from '../payers/payer.entity.ts'
import { Benefit, CoverageProgramEntity, Segment, wholeMonths } from '../programs/program.entity.ts'
import { WorkerEntity } from '../workers/worker.entity.ts'
import { EnrollmentEntity } from './enrollment.entity.ts'
import { exclusiveGroup } from './subsidy.ts'

/** Whether the hub wrote a line itself, or another system reported it. */
export const LineOrigin = { HUB: 'HUB', REPORTED: 'REPORTED' } as const
export type LineOrigin = keyof typeof LineOrigin

/**
 * One benefit of one worker over a half-open range of whole months: of an enrollment of the hub, or as another
 * system reported it. No two lines of a worker with the same `exclusiveGroup` may share a month: the exclusion
 * constraint `coverage_line_no_second_payer` says so. The hub's own subsidized lines have their benefit as
 * group; wage-earner, project, self-paid and reported lines have none (`subsidy.ts`). An enrollment has lines and charges from its commitment on:
 * a proposal has none, and what is rejected or released loses them.
 */
export const CoverageLineEntity = defineEntity({
  name: 'CoverageLine',
  tableName: 'coverage_line',
  properties: {
    worker: () => p.manyToOne(WorkerEntity).primary(),
    id: p.bigint('string').primary().autoincrement(),
    enrollment: () =>
      p
        .manyToOne(EnrollmentEntity)
        .nullable()
        .joinColumns('worker_id', 'enrollment_id')
        .referencedColumnNames('worker_id', 'id')
        .ownColumns('enrollment_id'),
    program: () => p.manyToOne(CoverageProgramEntity).nullable(),
    payer: () => p.manyToOne(PayerEntity),
    fundingSource: p.enum(() => FundingSource),
    segment: p.enum(() => Segment),
    benefit: p.enum(() => Benefit),
    period: p.string().columnType('daterange'),
    exclusiveGroup: p.text().nullable(),
    origin: p.enum(() => LineOrigin),
    reportedBy: p.text().nullable(),
    reportedOn: p.date().nullable(),
  },
  indexes: [
    { name: 'coverage_line_enrollment_index', properties: ['enrollment'] },
    { name: 'coverage_line_payer_index', properties: ['payer'] },
  ],
  checks: [
    {
      name: 'coverage_line_exclusive_check',
      expression: `origin = 'REPORTED' or exclusive_group is not distinct from ${exclusiveGroup('benefit')}`,
    },
    { name: 'coverage_line_period_check', expression: wholeMonths('period') },
    {
      name: 'coverage_line_reported_check',
      expression: `case origin when 'HUB' then enrollment_id is not null and program_code is not null and reported_by is null and reported_on is null else enrollment_id is null and exclusive_group is null and reported_by is not null and reported_on is not null end`,
    },
  ],
})
