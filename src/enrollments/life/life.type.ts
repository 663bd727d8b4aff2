import {
  createUnionType,
  Extensions,
  Field,
  ID,
  InputType,
  Int,
  ObjectType,
  registerEnumType,
} from 'type-graphql'
import { Budget } from '../../budgets/budget.type.ts'
import { BudgetRefusal } from '../../budgets/budget-refusal.type.ts'
import { byTypename, SentOnce } from '../../contract/refusal.type.ts'
import { LocalDate, Month, Rupiah } from '../../contract/scalars.ts'
import { rowsOf } from '../../planner/marks.ts'
import { Enrollment } from '../enrollment.type.ts'
import { RefundEntity, RefundStatus } from '../refund.entity.ts'
import { EligibilityRefusal, OverlapRefusal, StateRefusal } from '../refusals.type.ts'

registerEnumType(RefundStatus, {
  name: 'RefundStatus',
  description: 'What has become of a request for money (status pengembalian).',
  valuesConfig: {
    REQUESTED: { description: 'BPJS has not answered yet (diajukan).' },
    GRANTED: { description: 'The money is back (dikembalikan).' },
    REFUSED: {
      description: 'BPJS keeps the money, and the months it paid for come back where they can (ditolak).',
    },
    WITHDRAWN: { description: 'A substitute has taken over the months (dibatalkan).' },
  },
})

@Extensions(rowsOf(RefundEntity))
@ObjectType({
  description: 'Money for paid months in which nobody is covered, asked back (pengembalian iuran).',
})
export class Refund {
  @Field(() => ID, { description: 'Of this request (ID pengembalian).' })
  id!: string

  @Field(() => Enrollment, { nullable: true, description: 'Null for one you may not see (kepesertaan).' })
  enrollment?: Enrollment

  @Field(() => Budget, { nullable: true, description: 'Null for one you may not see (anggaran).' })
  budget?: Budget

  @Field(() => Rupiah, { description: 'What was paid for the months (jumlah).' })
  amount!: bigint

  @Field(() => RefundStatus, { description: 'What has become of it (status).' })
  status!: RefundStatus

  @Field(() => LocalDate, { description: 'When it was asked for (tanggal pengajuan).' })
  requestedOn!: string

  @Field(() => LocalDate, { nullable: true, description: 'When it was settled (tanggal keputusan).' })
  settledOn?: string
}

@InputType({ description: 'A change of an enrollment from a month on (perubahan kepesertaan).' })
export class ChangeEnrollmentInput extends SentOnce {
  @Field(() => ID, { description: 'Id of the enrollment (kepesertaan).' })
  enrollment!: string

  @Field(() => Month, { description: 'The first month it is about (bulan mulai).' })
  from!: string

  @Field(() => String, { description: 'Why, without personal data; kept in the history (alasan).' })
  reason!: string
}

@InputType({ description: 'A suspended enrollment that goes on (pengaktifan kembali).' })
export class ResumeEnrollmentInput extends ChangeEnrollmentInput {
  @Field(() => String, {
    nullable: true,
    description: 'Why findings for review do not stand against it (alasan verifikasi).',
  })
  settledBecause?: string | null
}

@InputType({ description: 'Another person in the place of an enrollment (substitusi).' })
export class SubstituteInput extends ResumeEnrollmentInput {
  @Field(() => ID, { description: 'Id of who takes the place (pekerja pengganti).' })
  worker!: string
}

@InputType({ description: 'A worker handed over to another payer’s program (pengalihan).' })
export class TransferEnrollmentInput extends ResumeEnrollmentInput {
  @Field(() => ID, { description: 'Code of the program that takes him (program).' })
  program!: string
}

@InputType({ description: 'A payment to BPJS Ketenagakerjaan (pembayaran iuran).' })
export class RecordPaymentInput extends SentOnce {
  @Field(() => ID, { nullable: true, description: 'For everybody in this program (program).' })
  program?: string | null

  @Field(() => [ID], { nullable: true, description: 'For these enrollments, 1,000 at most (kepesertaan).' })
  enrollments?: string[] | null

  @Field(() => ID, { nullable: true, description: 'For everybody enrolled with this roster (daftar nama).' })
  roster?: string | null

  @Field(() => Month, { description: 'The last month paid, with all unpaid before it (dibayar sampai).' })
  through!: string

  @Field(() => String, { description: 'Number of the payment order; the ledger shows it (nomor SP2D).' })
  reference!: string
}

@InputType({ description: 'What BPJS answered to a request for money (keputusan pengembalian).' })
export class SettleRefundInput extends SentOnce {
  @Field(() => ID, { description: 'Id of the request (pengembalian).' })
  refund!: string

  @Field(() => Boolean, { description: 'Whether the money came back (dikabulkan).' })
  granted!: boolean

  @Field(() => String, { description: 'Why, without personal data; kept in the history (alasan).' })
  reason!: string
}

@ObjectType({ description: 'What of a payment went to one budget (pembayaran per anggaran).' })
export class BudgetPayment {
  @Field(() => Rupiah, { description: 'What the budget paid (jumlah).' })
  amount!: string
}

@ObjectType({ description: 'A payment as it was recorded (pembayaran).' })
export class PaymentRecorded {
  @Field(() => Int, { description: 'How many enrollments it was for (jumlah kepesertaan).' })
  enrollments!: number

  @Field(() => Int, { description: 'How many months of people (jumlah bulan).' })
  months!: number

  @Field(() => Rupiah, { description: 'What was paid (jumlah).' })
  amount!: string

  @Field(() => [BudgetPayment], { description: 'What each budget paid (per anggaran).' })
  budgets!: BudgetPayment[]
}

const refusable = { resolveType: byTypename }

export const ChangeEnrollmentResult = createUnionType({
  name: 'ChangeEnrollmentResult',
  description: 'The enrollment as it is now, or why not (hasil perubahan).',
  types: () => [Enrollment, StateRefusal] as const,
  ...refusable,
})

export const ContinueEnrollmentResult = createUnionType({
  name: 'ContinueEnrollmentResult',
  description: 'The enrollment that goes on, or why not (hasil pengalihan).',
  types: () => [Enrollment, StateRefusal, OverlapRefusal, EligibilityRefusal, BudgetRefusal] as const,
  ...refusable,
})

export const RecordPaymentResult = createUnionType({
  name: 'RecordPaymentResult',
  description: 'The payment, or why not (hasil pembayaran).',
  types: () => [PaymentRecorded, StateRefusal] as const,
  ...refusable,
})

export const SettleRefundResult = createUnionType({
  name: 'SettleRefundResult',
  description: 'The request as it is now, or why not (hasil keputusan).',
  types: () => [Refund, StateRefusal] as const,
  ...refusable,
})
