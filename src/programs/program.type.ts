import { Directive, Extensions, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { AreaCode, Month, Rupiah } from '../contract/scalars.ts'
import { FundingSource } from '../payers/payer.entity.ts'
import { Payer } from '../payers/payer.type.ts'
import { rowsOf } from '../planner/marks.ts'
import { Benefit, CoverageProgramEntity, Segment } from './program.entity.ts'

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

  @Field(() => Rupiah, { description: 'Contribution per person and month (iuran).' })
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
