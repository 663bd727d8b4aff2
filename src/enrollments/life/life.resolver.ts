import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql'
import { BudgetEntity } from '../../budgets/budget.entity.ts'
import { Budget } from '../../budgets/budget.type.ts'
import type { Context } from '../../contract/context.ts'
import { idValue } from '../../contract/id.ts'
import { firstMonth, lastMonth } from '../../contract/months.ts'
import { changed } from '../../contract/outcome.ts'
import { Month } from '../../contract/scalars.ts'
import { rows, value } from '../../planner/description.ts'
import { type Ref, type RowOf, sql } from '../../planner/sql.ts'
import type { EnrollmentEntity } from '../enrollment.entity.ts'
import { Enrollment } from '../enrollment.type.ts'
import { RefundEntity } from '../refund.entity.ts'
import { end, resume, suspend } from './end.ts'
import {
  BudgetPayment,
  ChangeEnrollmentInput,
  ChangeEnrollmentResult,
  ContinueEnrollmentResult,
  RecordPaymentInput,
  RecordPaymentResult,
  Refund,
  ResumeEnrollmentInput,
  SettleRefundInput,
  SettleRefundResult,
  SubstituteInput,
  TransferEnrollmentInput,
} from './life.type.ts'
import { pay } from './pay.ts'
import { requestRefund, settleRefund } from './refund.ts'
import { substitute } from './substitute.ts'
import { transfer } from './transfer.ts'

@Resolver()
export class LifeOfEnrollments {
  @Mutation(() => ChangeEnrollmentResult, {
    nullable: true,
    description:
      'Ends an enrollment from a month on: unpaid months are released, paid ones stay (penghentian).',
  })
  async endEnrollment(
    @Arg('input', () => ChangeEnrollmentInput) input: ChangeEnrollmentInput,
    @Ctx() context: Context,
  ) {
    await end(context, input)
    return changed('Enrollment', input.enrollment)
  }

  @Mutation(() => ChangeEnrollmentResult, {
    nullable: true,
    description: 'Suspends an enrollment from a month on, to be resumed; paid months stay (penangguhan).',
  })
  async suspendEnrollment(
    @Arg('input', () => ChangeEnrollmentInput) input: ChangeEnrollmentInput,
    @Ctx() context: Context,
  ) {
    await suspend(context, input)
    return changed('Enrollment', input.enrollment)
  }

  @Mutation(() => ContinueEnrollmentResult, {
    nullable: true,
    description: 'Takes a suspended enrollment up again, to its end (pengaktifan kembali).',
  })
  async resumeEnrollment(
    @Arg('input', () => ResumeEnrollmentInput) input: ResumeEnrollmentInput,
    @Ctx() context: Context,
  ) {
    await resume(context, input)
    return changed('Enrollment', input.enrollment)
  }

  @Mutation(() => ContinueEnrollmentResult, {
    nullable: true,
    description:
      'Puts another person into the remaining months; paid ones go to him. Answers with his enrollment (substitusi).',
  })
  async substitute(@Arg('input', () => SubstituteInput) input: SubstituteInput, @Ctx() context: Context) {
    return changed('Enrollment', await substitute(context, input))
  }

  @Mutation(() => ContinueEnrollmentResult, {
    nullable: true,
    description:
      'Hands a worker over to another payer’s program, without a month between. Answers with the new enrollment (pengalihan).',
  })
  async transferEnrollment(
    @Arg('input', () => TransferEnrollmentInput) input: TransferEnrollmentInput,
    @Ctx() context: Context,
  ) {
    return changed('Enrollment', await transfer(context, input))
  }

  @Mutation(() => RecordPaymentResult, {
    nullable: true,
    description:
      'Records that contributions were paid, by program, by enrollments or by roster (pembayaran iuran).',
  })
  recordPayment(@Arg('input', () => RecordPaymentInput) input: RecordPaymentInput, @Ctx() context: Context) {
    return pay(context, input)
  }

  @Mutation(() => ChangeEnrollmentResult, {
    nullable: true,
    description:
      'Ends an enrollment from a month on and asks for the money of paid months (permintaan pengembalian).',
  })
  async requestRefund(
    @Arg('input', () => ChangeEnrollmentInput) input: ChangeEnrollmentInput,
    @Ctx() context: Context,
  ) {
    await requestRefund(context, input)
    return changed('Enrollment', input.enrollment)
  }

  @Mutation(() => SettleRefundResult, {
    nullable: true,
    description: 'Records what BPJS answered to a request for money (keputusan pengembalian).',
  })
  async settleRefund(
    @Arg('input', () => SettleRefundInput) input: SettleRefundInput,
    @Ctx() context: Context,
  ) {
    await settleRefund(context, input)
    return changed('Refund', input.refund)
  }
}

type RefundRef = Ref<RowOf<typeof RefundEntity>>

@Resolver(() => Refund)
export class RefundFields {
  @FieldResolver(() => Month, { description: 'The first month (bulan mulai).' })
  from(@Root() refund: RefundRef) {
    return value(firstMonth(refund.period))
  }

  @FieldResolver(() => Month, { description: 'The last month (bulan akhir).' })
  to(@Root() refund: RefundRef) {
    return value(lastMonth(refund.period))
  }
}

@Resolver(() => Enrollment)
export class EnrollmentRefunds {
  @FieldResolver(() => [Refund], { description: 'Money asked back for its months (pengembalian iuran).' })
  refunds(@Root() enrollment: Ref<RowOf<typeof EnrollmentEntity>>) {
    return rows(RefundEntity).where(
      (refund) => sql`${refund.enrollment} = (${enrollment.worker}, ${enrollment.id})`,
    )
  }
}

@Resolver(() => BudgetPayment)
export class BudgetPaymentFields {
  @FieldResolver(() => Budget, { nullable: true, description: 'Null for one you may not see (anggaran).' })
  budget(@Root() payment: { budget: string }) {
    return rows(BudgetEntity).where((budget) => sql`${budget.id} = ${idValue(payment.budget)}`)
  }
}
