import {
  createUnionType,
  Directive,
  Extensions,
  Field,
  ID,
  InputType,
  Int,
  ObjectType,
  registerEnumType,
} from 'type-graphql'
import { byTypename, SentOnce } from '../contract/refusal.type.ts'
import { RevisionRefusal } from '../contract/revision-refusal.type.ts'
import { AreaCode, Month, Rupiah } from '../contract/scalars.ts'
import { FundingSource } from '../payers/payer.entity.ts'
import { Payer } from '../payers/payer.type.ts'
import { rowsOf } from '../planner/marks.ts'
import { Benefit, CoverageProgramEntity, Segment } from './program.entity.ts'
import { WorkerCategory } from './worker-category.ts'

registerEnumType(Benefit, {
  name: 'Benefit',
  description: 'A program of employment social security (program jaminan sosial).',
  valuesConfig: {
    JKK: { description: 'Employment injury (jaminan kecelakaan kerja).' },
    JKM: { description: 'Death not caused by work (jaminan kematian).' },
    JHT: { description: 'Old-age savings (jaminan hari tua).' },
    JP: { description: 'Pension (jaminan pensiun).' },
    JKP: { description: 'Unemployment (jaminan kehilangan pekerjaan).' },
  },
})

registerEnumType(Segment, {
  name: 'Segment',
  description: 'Segment of membership (segmen kepesertaan).',
  valuesConfig: {
    PU: { description: 'Wage earners (penerima upah).' },
    BPU: { description: 'Non-wage earners (bukan penerima upah).' },
    JAKON: { description: 'Construction projects (jasa konstruksi).' },
    PMI: { description: 'Migrant workers (pekerja migran Indonesia).' },
  },
})

@Directive('@key(fields: "code")')
@Extensions(rowsOf(CoverageProgramEntity, 'code'))
@ObjectType({
  description: 'What a payer runs: benefits, for whom, in which months, at what contribution (program).',
})
export class CoverageProgram {
  @Field(() => ID, { description: 'Of this program (kode program).' })
  code!: string

  @Field(() => String, { description: 'As its payer calls it (nama program).' })
  name!: string

  @Field(() => Payer, { description: 'Who runs it (pembayar iuran).' })
  payer!: Payer

  @Field(() => FundingSource, { description: 'Where its money comes from (sumber dana).' })
  fundingSource!: FundingSource

  @Field(() => Segment, { description: 'Segment it enrolls in (segmen kepesertaan).' })
  segment!: Segment

  @Field(() => [Benefit], { description: 'What it pays for (manfaat).' })
  benefits!: Benefit[]

  @Field(() => Int, {
    nullable: true,
    description: 'The highest welfare decile admitted; null for no limit (desil).',
  })
  maxDecile?: number

  @Field(() => String, {
    nullable: true,
    description:
      'Whose budgets it spends; null where one agency of the payer has budgets of the source (OPD/dinas).',
  })
  agency?: string

  @Field(() => Rupiah, {
    description:
      'Planned contribution per person and month; what is charged follows the dated rates (iuran yang direncanakan).',
  })
  contribution!: bigint

  @Field(() => String, { description: 'Legal basis (dasar hukum).' })
  legalBasis!: string
}

@InputType({ description: 'Which programs; all conditions together (saringan program).' })
export class ProgramFilter {
  @Field(() => ID, { nullable: true, description: 'Run by this payer (pembayar iuran).' })
  payer?: string

  @Field(() => AreaCode, {
    nullable: true,
    description: 'Run by a government of this area or of one inside it (wilayah).',
  })
  area?: string

  @Field(() => [FundingSource], { nullable: true, description: 'From any of these sources (sumber dana).' })
  fundingSources?: FundingSource[]

  @Field(() => Month, { nullable: true, description: 'Whose months contain this one (bulan).' })
  activeIn?: string
}

@InputType({ description: 'A new program of a payer (program baru).' })
export class CreateProgramInput extends SentOnce {
  @Field(() => ID, {
    description:
      'Begins with a letter; up to 60 letters, digits, dots, dashes and underscores (kode program).',
  })
  code!: string

  @Field(() => String, { description: 'As its payer calls it, at most 200 characters (nama program).' })
  name!: string

  @Field(() => ID, { description: 'Id of who runs it (pembayar iuran).' })
  payer!: string

  @Field(() => FundingSource, { description: 'Where its money comes from (sumber dana).' })
  fundingSource!: FundingSource

  @Field(() => String, {
    nullable: true,
    description:
      'Whose budgets it spends, where several agencies of the payer have budgets of the source (OPD/dinas).',
  })
  agency?: string | null

  @Field(() => Segment, {
    nullable: true,
    description: 'Segment it enrolls in; BPU unless told (segmen kepesertaan).',
  })
  segment?: Segment | null

  @Field(() => [Benefit], { description: 'What it pays for (manfaat).' })
  benefits!: Benefit[]

  @Field(() => [WorkerCategory], {
    nullable: true,
    description: 'Whom it admits; everybody unless told (sasaran).',
  })
  categories?: WorkerCategory[] | null

  @Field(() => Int, {
    nullable: true,
    description: 'The highest welfare decile admitted; no limit unless told (desil).',
  })
  maxDecile?: number | null

  @Field(() => Month, { description: 'The first month (bulan mulai).' })
  from!: string

  @Field(() => Month, { description: 'The last month (bulan akhir).' })
  to!: string

  @Field(() => Rupiah, {
    description: 'Planned contribution per person and month (iuran yang direncanakan).',
  })
  contribution!: bigint

  @Field(() => String, { description: 'Legal basis, at most 500 characters (dasar hukum).' })
  legalBasis!: string
}

@InputType({
  description: 'What of a program is to be otherwise; what is left out stays as it is (perubahan program).',
})
export class ReviseProgramInput extends SentOnce {
  @Field(() => ID, { description: 'Of the program (kode program).' })
  code!: string

  @Field(() => String, {
    nullable: true,
    description: 'As its payer calls it, at most 200 characters (nama program).',
  })
  name?: string | null

  @Field(() => ID, { nullable: true, description: 'Id of who runs it (pembayar iuran).' })
  payer?: string | null

  @Field(() => FundingSource, { nullable: true, description: 'Where its money comes from (sumber dana).' })
  fundingSource?: FundingSource | null

  @Field(() => String, {
    nullable: true,
    description:
      'Whose budgets it spends, where several agencies of the payer have budgets of the source; null: one has (OPD/dinas).',
  })
  agency?: string | null

  @Field(() => Segment, { nullable: true, description: 'Segment it enrolls in (segmen kepesertaan).' })
  segment?: Segment | null

  @Field(() => [Benefit], { nullable: true, description: 'What it pays for (manfaat).' })
  benefits?: Benefit[] | null

  @Field(() => [WorkerCategory], {
    nullable: true,
    description: 'Whom it admits; null for everybody (sasaran).',
  })
  categories?: WorkerCategory[] | null

  @Field(() => Int, {
    nullable: true,
    description: 'The highest welfare decile admitted; null for no limit (desil).',
  })
  maxDecile?: number | null

  @Field(() => Month, { nullable: true, description: 'The first month (bulan mulai).' })
  from?: string | null

  @Field(() => Month, { nullable: true, description: 'The last month (bulan akhir).' })
  to?: string | null

  @Field(() => Rupiah, {
    nullable: true,
    description: 'Planned contribution per person and month (iuran yang direncanakan).',
  })
  contribution?: bigint | null

  @Field(() => String, { nullable: true, description: 'Legal basis, at most 500 characters (dasar hukum).' })
  legalBasis?: string | null
}

/** How a revision of a program ends. */
export const ReviseProgramResult = createUnionType({
  name: 'ReviseProgramResult',
  description: 'The program as it is now, or why it stays as it was (hasil perubahan program).',
  types: () => [CoverageProgram, RevisionRefusal] as const,
  resolveType: byTypename,
})
