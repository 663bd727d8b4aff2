import { Directive, Extensions, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { AreaCode, DateTime, LocalDate, Rupiah } from '../contract/scalars.ts'
import { FundingSource } from '../payers/payer.entity.ts'
import { Payer } from '../payers/payer.type.ts'
import { rowsOf } from '../planner/marks.ts'
import { BudgetEntity, BudgetVersion } from './budget.entity.ts'
import { BudgetEntryEntity, BudgetEntryKind } from './budget-entry.entity.ts'

registerEnumType(BudgetVersion, {
  name: 'BudgetVersion',
  description: 'As adopted or as revised (murni, perubahan).',
})
registerEnumType(BudgetEntryKind, {
  name: 'BudgetEntryKind',
  description: 'What a ledger entry says (mutasi).',
})

@Directive('@key(fields: "id")')
@Extensions(rowsOf(BudgetEntity, 'id'))
@ObjectType({ description: "A payer's money for one fiscal year from one funding source (anggaran)." })
export class Budget {
  @Field(() => ID)
  id!: string

  @Field(() => Payer)
  payer!: Payer

  @Field(() => Int, { description: 'Calendar year (tahun anggaran).' })
  fiscalYear!: number

  @Field(() => FundingSource)
  fundingSource!: FundingSource

  @Field(() => String, { description: 'Agency that holds it (OPD/dinas).' })
  agency!: string

  @Field(() => String, { nullable: true, description: 'Account code (kode rekening).' })
  accountCode?: string

  @Field(() => BudgetVersion)
  version!: BudgetVersion

  @Field(() => Rupiah, { description: 'The ceiling as adopted before the year (pagu murni).' })
  originalCeiling!: bigint

  @Field(() => Rupiah, { description: 'The ceiling in force (pagu).' })
  ceiling!: bigint

  @Field(() => Rupiah, { description: 'Committed to enrolled people (komitmen).' })
  committed!: bigint

  @Field(() => Rupiah, { description: 'Paid to BPJS Ketenagakerjaan (realisasi).' })
  paid!: bigint
}

@Extensions(rowsOf(BudgetEntryEntity))
@ObjectType({ description: "One line of a budget's append-only ledger (mutasi anggaran)." })
export class BudgetEntry {
  @Field(() => ID)
  id!: string

  @Field(() => Budget, { nullable: true, description: 'Null for one you may not see (anggaran).' })
  budget?: Budget

  @Field(() => BudgetEntryKind)
  kind!: BudgetEntryKind

  @Field(() => Rupiah)
  ceilingDelta!: bigint

  @Field(() => Rupiah)
  committedDelta!: bigint

  @Field(() => Rupiah)
  paidDelta!: bigint

  @Field(() => LocalDate, { description: 'Business date.' })
  enteredOn!: string

  @Field(() => DateTime, { description: 'When the hub wrote it.' })
  recordedAt!: Date

  @Field(() => String)
  note!: string
}

@InputType({ description: 'Which budgets; all conditions together.' })
export class BudgetFilter {
  @Field(() => ID, { nullable: true })
  payer?: string

  @Field(() => AreaCode, { nullable: true, description: 'Of a government of this area or of one inside it.' })
  area?: string

  @Field(() => Int, { nullable: true })
  fiscalYear?: number

  @Field(() => [FundingSource], { nullable: true })
  fundingSources?: FundingSource[]
}
