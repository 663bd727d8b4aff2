import { createUnionType, Field, ID, InputType, Int, ObjectType } from 'type-graphql'
import { byTypename, Refusal, SentOnce } from '../contract/refusal.type.ts'
import { RosterState } from './roster.entity.ts'
import { Roster } from './roster.type.ts'
import { RowDecision } from './roster-row.entity.ts'

@ObjectType({
  implements: Refusal,
  description: 'This cannot be done to the roster as it is; nothing was changed (penolakan daftar).',
})
export class RosterRefusal extends Refusal {
  @Field(() => RosterState, { description: 'The state it is in (status daftar).' })
  state!: RosterState
}

@InputType({ description: 'A roster that is put up for approval (pengajuan daftar).' })
export class SubmitRosterInput extends SentOnce {
  @Field(() => ID, { description: 'Which roster (ID daftar).' })
  roster!: string

  @Field(() => String, {
    nullable: true,
    description: 'What whoever approves it should know; 1 to 500 characters, without a NIK (catatan).',
  })
  reason?: string | null
}

@InputType({ description: 'A roster that is approved (persetujuan daftar).' })
export class ApproveRosterInput extends SentOnce {
  @Field(() => ID, { description: 'Which roster (ID daftar).' })
  roster!: string
}

@InputType({ description: 'A roster that is not approved (penolakan daftar).' })
export class RejectRosterInput extends SentOnce {
  @Field(() => ID, { description: 'Which roster (ID daftar).' })
  roster!: string

  @Field(() => String, { description: 'Why not; 1 to 500 characters, without a NIK (alasan).' })
  reason!: string
}

@InputType({ description: 'A roster that is taken back (penarikan daftar).' })
export class WithdrawRosterInput extends SentOnce {
  @Field(() => ID, { description: 'Which roster (ID daftar).' })
  roster!: string

  @Field(() => String, { description: 'Why; 1 to 500 characters, without a NIK (alasan).' })
  reason!: string
}

@InputType({ description: 'How a row is settled (keputusan baris).' })
export class DecideRowInput extends SentOnce {
  @Field(() => ID, { description: 'Which roster (ID daftar).' })
  roster!: string

  @Field(() => Int, { description: 'Which of its rows (nomor baris).' })
  row!: number

  @Field(() => RowDecision, { description: 'How it is settled (keputusan baris).' })
  decision!: RowDecision

  @Field(() => String, { description: 'Why; 1 to 500 characters, without a NIK (alasan keputusan).' })
  reason!: string
}

export const ChangeRosterResult = createUnionType({
  name: 'ChangeRosterResult',
  description: 'The roster as it is then, or why nothing was done (hasil perubahan daftar).',
  types: () => [Roster, RosterRefusal] as const,
  resolveType: byTypename,
})
