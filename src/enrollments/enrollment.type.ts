import { Directive, Extensions, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Budget } from '../budgets/budget.type.ts'
import { AreaCode, LocalDate, Month, Rupiah } from '../contract/scalars.ts'
import { FundingSource } from '../payers/payer.entity.ts'
import { Payer } from '../payers/payer.type.ts'
import { marked, rowsOf } from '../planner/marks.ts'
import { Benefit, Segment } from '../programs/program.entity.ts'
import { CoverageProgram } from '../programs/program.type.ts'
import { WorkerCategory } from '../programs/worker-category.ts'
import { Worker } from '../workers/worker.type.ts'
import { ChargeEntity } from './charge.entity.ts'
import { CoverageLineEntity, LineOrigin } from './coverage-line.entity.ts'
import { EnrollmentDecision, EnrollmentEntity } from './enrollment.entity.ts'

/** Every state an enrollment can be in: a decision, or what follows from a commitment and today's month. */
export const EnrollmentState = {
  ...EnrollmentDecision,
  ACTIVE: 'ACTIVE',
  SUSPENDED: 'SUSPENDED',
  EXPIRED: 'EXPIRED',
} as const
export type EnrollmentState = keyof typeof EnrollmentState

registerEnumType(EnrollmentState, {
  name: 'EnrollmentState',
  description: 'State of an enrollment (status kepesertaan).',
  valuesConfig: {
    ACTIVE: { description: 'Committed, and its months contain the current one (aktif).' },
    SUSPENDED: { description: 'Committed, and suspended in the current month (ditangguhkan).' },
    EXPIRED: { description: 'Committed, and its months are over (berakhir).' },
  },
})
registerEnumType(LineOrigin, { name: 'LineOrigin', description: 'Who wrote a coverage line (asal data).' })

@Directive('@key(fields: "id")')
@Extensions(rowsOf(EnrollmentEntity, 'id'))
@ObjectType({ description: 'A worker in a program for some months (kepesertaan).' })
export class Enrollment {
  @Field(() => ID, { description: 'Of this enrollment (ID kepesertaan).' })
  id!: string

  @Field(() => Worker, { nullable: true, description: 'Null for one you may not see (pekerja).' })
  worker?: Worker

  @Field(() => CoverageProgram, { description: 'Which program it is in (program).' })
  program!: CoverageProgram

  @Field(() => LocalDate, { description: 'When the last decision was taken (tanggal keputusan).' })
  decidedOn!: string

  @Field(() => Month, {
    nullable: true,
    description: 'The first month of a suspension that lasts (ditangguhkan sejak).',
  })
  suspendedFrom?: string

  @Field(() => String, {
    nullable: true,
    description: 'Which rules of eligibility it was decided by (versi aturan).',
  })
  rulesVersion?: string

  @Field(() => String, {
    nullable: true,
    description: 'Why findings for review did not stand against it (alasan verifikasi).',
  })
  settledBecause?: string
}

@Extensions(marked('derived'))
@ObjectType({ description: 'A finding for review that a person settled (temuan yang diverifikasi).' })
export class SettledFinding {
  @Field(() => String, { description: 'Code of the rule (kode aturan).' })
  code!: string

  @Field(() => String, { nullable: true, description: 'What decided, as text (fakta penentu).' })
  fact?: string
}

@Extensions(rowsOf(ChargeEntity))
@ObjectType({ description: 'The months of an enrollment that one budget pays (pembebanan).' })
export class Charge {
  @Field(() => Enrollment, { nullable: true, description: 'Null for one you may not see (kepesertaan).' })
  enrollment?: Enrollment

  @Field(() => Budget, { nullable: true, description: 'Null for one you may not see (anggaran).' })
  budget?: Budget

  @Field(() => Rupiah, { description: 'Contribution a month (iuran per bulan).' })
  monthly!: bigint

  @Field(() => Month, {
    nullable: true,
    description: 'The last month paid; null while none is (dibayar sampai).',
  })
  paidThrough?: string
}

@Extensions(rowsOf(CoverageLineEntity))
@ObjectType({ description: 'One benefit of one worker over some months (manfaat per bulan).' })
export class CoverageLine {
  @Field(() => ID, { description: 'Of this line (ID manfaat).' })
  id!: string

  @Field(() => Worker, { nullable: true, description: 'Null for one you may not see (pekerja).' })
  worker?: Worker

  @Field(() => Benefit, { description: 'What it protects against (manfaat).' })
  benefit!: Benefit

  @Field(() => Segment, { description: 'Segment of membership (segmen kepesertaan).' })
  segment!: Segment

  @Field(() => Payer, {
    nullable: true,
    description: 'Your own, or one with whom yours has an agreement; else null (pembayar iuran).',
  })
  payer?: Payer

  @Field(() => FundingSource, {
    nullable: true,
    description: 'Null where the payer may not be seen (sumber dana).',
  })
  fundingSource?: FundingSource

  @Field(() => LineOrigin, { description: 'Who wrote it (asal data).' })
  origin!: LineOrigin

  @Field(() => Enrollment, {
    nullable: true,
    description: "Of the hub's own lines; null where the payer may not be seen (kepesertaan).",
  })
  enrollment?: Enrollment

  @Field(() => CoverageProgram, {
    nullable: true,
    description: "Of the hub's own lines; null where the payer may not be seen (program).",
  })
  program?: CoverageProgram

  @Field(() => String, {
    nullable: true,
    description: 'The system that reported the line; null where the payer may not be seen (pelapor).',
  })
  reportedBy?: string

  @Field(() => LocalDate, { nullable: true, description: 'When that system reported it (tanggal lapor).' })
  reportedOn?: string
}

@Extensions(marked('derived'))
@ObjectType({ description: 'How many enrollments people of a category have (jumlah per kategori).' })
export class EnrollmentCount {
  @Field(() => WorkerCategory, { description: 'Category of the people (kategori pekerja).' })
  category!: WorkerCategory

  @Field(() => Int, { description: 'How many enrollments (jumlah kepesertaan).' })
  enrollments!: number
}

@InputType({ description: 'Which enrollments; all conditions together (saringan kepesertaan).' })
export class EnrollmentFilter {
  @Field(() => ID, { nullable: true, description: 'Of this worker (pekerja).' })
  worker?: string

  @Field(() => ID, { nullable: true, description: 'In the program of this code (program).' })
  program?: string

  @Field(() => [EnrollmentState], {
    nullable: true,
    description: 'In any of these states (status kepesertaan).',
  })
  states?: EnrollmentState[]

  @Field(() => Month, { nullable: true, description: 'Whose months contain this one (bulan).' })
  activeIn?: string

  @Field(() => AreaCode, { nullable: true, description: 'Of workers living in this area (wilayah).' })
  area?: string
}
