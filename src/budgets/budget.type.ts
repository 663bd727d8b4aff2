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
import { AreaCode, DateTime, LocalDate, Month, Rupiah } from '../contract/scalars.ts'
import { FundingSource } from '../payers/payer.entity.ts'
import { Payer } from '../payers/payer.type.ts'
import { marked, rowsOf } from '../planner/marks.ts'
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
  @Field(() => ID, { description: 'Of this budget (ID anggaran).' })
  id!: string

  @Field(() => Payer, { description: 'Whose money it is (pembayar iuran).' })
  payer!: Payer

  @Field(() => Int, { description: 'Calendar year (tahun anggaran).' })
  fiscalYear!: number

  @Field(() => FundingSource, { description: 'Where the money comes from (sumber dana).' })
  fundingSource!: FundingSource

  @Field(() => String, { description: 'Agency that holds it (OPD/dinas).' })
  agency!: string

  @Field(() => String, { nullable: true, description: 'Account code (kode rekening).' })
  accountCode?: string

  @Field(() => BudgetVersion, { description: 'As adopted or as revised (murni, perubahan).' })
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
  @Field(() => ID, { description: 'Of this entry (ID mutasi).' })
  id!: string

  @Field(() => Budget, { nullable: true, description: 'Null for one you may not see (anggaran).' })
  budget?: Budget

  @Field(() => BudgetEntryKind, { description: 'What happened (jenis mutasi).' })
  kind!: BudgetEntryKind

  @Field(() => Rupiah, { description: 'What it adds to the ceiling (perubahan pagu).' })
  ceilingDelta!: bigint

  @Field(() => Rupiah, { description: 'What it adds to the commitments (perubahan komitmen).' })
  committedDelta!: bigint

  @Field(() => Rupiah, { description: 'What it adds to the payments (perubahan realisasi).' })
  paidDelta!: bigint

  @Field(() => LocalDate, { description: 'Business date (tanggal pembukuan).' })
  enteredOn!: string

  @Field(() => DateTime, { description: 'When the hub wrote it (waktu pencatatan).' })
  recordedAt!: Date

  @Field(() => String, { description: 'In the words of who entered it (keterangan).' })
  note!: string
}

@Extensions(marked('derived'))
@ObjectType({
  description: 'A budget at the end of a month: the sums of its ledger so far (posisi anggaran).',
})
export class BudgetBalance {
  @Field(() => Month, { description: 'Entries of this month and of all before it (bulan).' })
  month!: string

  @Field(() => Rupiah, { description: 'The ceiling then in force (pagu).' })
  ceiling!: bigint

  @Field(() => Rupiah, { description: 'Committed until then (komitmen).' })
  committed!: bigint

  @Field(() => Rupiah, { description: 'Paid until then (realisasi).' })
  paid!: bigint

  @Field(() => Rupiah, { description: 'Ceiling less committed (sisa pagu).' })
  remaining!: bigint
}

@InputType({ description: 'Which budgets; all conditions together (saringan anggaran).' })
export class BudgetFilter {
  @Field(() => ID, { nullable: true, description: 'Of this payer (pembayar iuran).' })
  payer?: string

  @Field(() => AreaCode, {
    nullable: true,
    description: 'Of a government of this area or of one inside it (wilayah).',
  })
  area?: string

  @Field(() => Int, { nullable: true, description: 'Calendar year (tahun anggaran).' })
  fiscalYear?: number

  @Field(() => [FundingSource], { nullable: true, description: 'From any of these sources (sumber dana).' })
  fundingSources?: FundingSource[]
}

@InputType({ description: 'A budget as it was adopted (anggaran murni).' })
export class CreateBudgetInput extends SentOnce {
  @Field(() => ID, { description: 'Id of whose money it is (pembayar iuran).' })
  payer!: string

  @Field(() => Int, { description: 'Calendar year (tahun anggaran).' })
  fiscalYear!: number

  @Field(() => FundingSource, { description: 'Where the money comes from (sumber dana).' })
  fundingSource!: FundingSource

  @Field(() => String, { description: 'Agency that holds it, at most 200 characters (OPD/dinas).' })
  agency!: string

  @Field(() => String, { nullable: true, description: 'Account code, as 5.1.02.02.02.0006 (kode rekening).' })
  accountCode?: string | null

  @Field(() => Rupiah, { description: 'The ceiling as adopted, more than 0 (pagu murni).' })
  ceiling!: bigint

  @Field(() => String, { description: 'For the ledger, at most 500 characters (keterangan).' })
  note!: string

  @Field(() => LocalDate, {
    nullable: true,
    description: 'Business date; today unless told, and never later (tanggal pembukuan).',
  })
  enteredOn?: string | null
}

@InputType({ description: 'A new ceiling of a budget (perubahan anggaran).' })
export class ReviseBudgetInput extends SentOnce {
  @Field(() => ID, { description: 'Of the budget (ID anggaran).' })
  budget!: string

  @Field(() => Rupiah, { description: 'The whole new ceiling, not what is added (pagu perubahan).' })
  ceiling!: bigint

  @Field(() => String, { description: 'For the ledger, at most 500 characters (keterangan).' })
  note!: string

  @Field(() => LocalDate, {
    nullable: true,
    description:
      'Business date; today unless told, never later, and never before the last change of the ceiling (tanggal pembukuan).',
  })
  enteredOn?: string | null
}

/** How a revision of a budget ends. */
export const ReviseBudgetResult = createUnionType({
  name: 'ReviseBudgetResult',
  description: 'The budget with its new ceiling, or why it stays as it was (hasil perubahan anggaran).',
  types: () => [Budget, RevisionRefusal] as const,
  resolveType: byTypename,
})
