import { createUnionType, Field, ID, InputType, ObjectType } from 'type-graphql'
import { byTypename, Refusal, SentOnce } from '../../contract/refusal.type.ts'
import { CoveredMonths, OverlapRefusal, StateRefusal } from '../refusals.type.ts'

@ObjectType({ description: 'Two rows are one person now (penggabungan).' })
export class MergedWorkers {
  @Field(() => ID, { description: 'Of this merge, to undo it (ID penggabungan).' })
  merge!: string

  @Field(() => [CoveredMonths], {
    description:
      'Months in which an employer, or a payer that another system reported, stands beside a subsidy from now on; empty where none does (tumpang tindih).',
  })
  covered!: CoveredMonths[]
}

@ObjectType({ description: 'Two rows are two people again (pembatalan penggabungan).' })
export class UndoneMerge {
  @Field(() => ID, { description: 'Of the merge that was undone (ID penggabungan).' })
  merge!: string
}

@ObjectType({
  implements: Refusal,
  description: 'The merge cannot be undone, or not any more (penggabungan tidak dapat dibatalkan).',
})
export class MergeRefusal extends Refusal {
  @Field(() => ID, { description: 'Of this merge (ID penggabungan).' })
  merge!: string
}

export const MergeWorkersResult = createUnionType({
  name: 'MergeWorkersResult',
  description: 'Two workers merged, or why not (hasil penggabungan).',
  types: () => [MergedWorkers, OverlapRefusal, StateRefusal] as const,
  resolveType: byTypename,
})

export const UndoMergeResult = createUnionType({
  name: 'UndoMergeResult',
  description: 'A merge undone, or why not (hasil pembatalan penggabungan).',
  types: () => [UndoneMerge, MergeRefusal] as const,
  resolveType: byTypename,
})

@InputType({ description: 'Two rows that are one person (pekerja ganda).' })
export class MergeWorkersInput extends SentOnce {
  @Field(() => ID, { description: 'Id of the worker who stays (pekerja yang dipertahankan).' })
  keep!: string

  @Field(() => ID, { description: 'Id of the worker whose everything goes to him (pekerja ganda).' })
  merge!: string

  @Field(() => String, {
    description: 'How it is known; 1 to 500 characters, without personal data (alasan).',
  })
  reason!: string
}

@InputType({ description: 'Which merge was wrong (penggabungan yang keliru).' })
export class UndoMergeInput extends SentOnce {
  @Field(() => ID, { description: 'Id of the merge (ID penggabungan).' })
  merge!: string

  @Field(() => String, {
    description: 'How it is known; 1 to 500 characters, without personal data (alasan).',
  })
  reason!: string
}
