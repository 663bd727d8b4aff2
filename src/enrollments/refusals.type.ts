import { Field, ID, ObjectType, registerEnumType } from 'type-graphql'
import { Shortfall } from '../budgets/budget-refusal.type.ts'
import { Refusal } from '../contract/refusal.type.ts'
import { Month } from '../contract/scalars.ts'
import { PayerKind } from '../payers/payer.entity.ts'
import { Benefit } from '../programs/program.entity.ts'
import { FindingLevel } from './eligibility/finding.ts'

registerEnumType(FindingLevel, {
  name: 'FindingLevel',
  description: 'What a finding means for the enrollment (tingkat temuan).',
  valuesConfig: {
    INELIGIBLE: { description: 'It cannot be (tidak memenuhi syarat).' },
    REVIEW: { description: 'A person has to judge it, and say why (perlu verifikasi).' },
  },
})

@ObjectType({ description: 'A rule that did not simply say yes, and the fact that decided (temuan).' })
export class Finding {
  @Field(() => String, { description: 'Code of the rule, such as `OVER_AGE` (kode aturan).' })
  code!: string

  @Field(() => FindingLevel, { description: 'Whether a person may decide otherwise (tingkat).' })
  level!: FindingLevel

  @Field(() => String, { description: 'A sentence for people (penjelasan).' })
  message!: string

  @Field(() => String, { nullable: true, description: 'What decided, as text (fakta penentu).' })
  fact?: string | null
}

@ObjectType({ description: 'Months in which somebody pays already (bulan terlindungi).' })
export class CoveredMonths {
  @Field(() => Benefit, { description: 'What is paid for (manfaat).' })
  benefit!: Benefit

  @Field(() => PayerKind, { description: 'Of what kind the payer is (jenis pembayar).' })
  payerKind!: PayerKind

  @Field(() => Month, { description: 'The first month (bulan mulai).' })
  from!: string

  @Field(() => Month, { description: 'The last month (bulan akhir).' })
  to!: string
}

@ObjectType({
  implements: Refusal,
  description: 'Somebody pays for some of these months already; nothing was enrolled (tumpang tindih).',
})
export class OverlapRefusal extends Refusal {
  @Field(() => [CoveredMonths], { description: 'By whom, and when (bulan terlindungi).' })
  covered!: CoveredMonths[]

  @Field(() => [Finding], { description: 'What else the rules found (temuan).' })
  findings!: Finding[]

  @Field(() => [Shortfall], { description: 'What budgets lack besides (kekurangan pagu).' })
  shortfalls!: Shortfall[]
}

@ObjectType({
  implements: Refusal,
  description: 'A rule of eligibility says no, or asks for a judgement (tidak memenuhi syarat).',
})
export class EligibilityRefusal extends Refusal {
  @Field(() => [Finding], { description: 'All that the rules found, in their order (temuan).' })
  findings!: Finding[]

  @Field(() => [Shortfall], { description: 'What budgets lack besides (kekurangan pagu).' })
  shortfalls!: Shortfall[]

  @Field(() => String, { description: 'Which rules decided (versi aturan).' })
  rulesVersion!: string
}

@ObjectType({
  implements: Refusal,
  description: 'The enrollment is not in a state in which this can be done (status tidak sesuai).',
})
export class StateRefusal extends Refusal {
  @Field(() => Month, {
    nullable: true,
    description: 'The first month for which it could be done (bulan yang mungkin).',
  })
  possibleFrom?: string | null
}

@ObjectType({
  implements: Refusal,
  description: 'The record that would change is disputed: nothing follows before that is decided (sengketa).',
})
export class DisputeRefusal extends Refusal {
  @Field(() => [ID], { description: 'The open disputes (ID sengketa).' })
  disputes!: string[]
}
