import { Extensions, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { DateTime } from '../../contract/scalars.ts'
import { rowsOf } from '../../planner/marks.ts'
import { Purpose } from '../purpose.ts'
import { AuditAction, AuditEventEntity, AuditOutcome } from './audit-event.entity.ts'

registerEnumType(AuditAction, {
  name: 'AuditAction',
  description: 'What is recorded (tindakan).',
  valuesConfig: {
    IDENTITY_READ: { description: 'A look at who a worker is, with the NIK masked (melihat identitas).' },
    IDENTITY_REVEAL: { description: 'A look at the NIK in full (membuka NIK).' },
    COVERAGE_CHECK: { description: 'A check whether people are covered (pengecekan).' },
    MUTATION: { description: 'A change of what the hub holds (perubahan data).' },
    LOGIN_FAILED: { description: 'A token that was refused (gagal masuk).' },
  },
})
registerEnumType(AuditOutcome, {
  name: 'AuditOutcome',
  description: 'Done, refused by a rule, or broken off by an error (hasil).',
  valuesConfig: {
    DONE: { description: 'Done (selesai).' },
    REFUSED: { description: 'Refused by a rule (ditolak).' },
    FAILED: { description: 'Broken off by an error (gagal).' },
  },
})

@Extensions(rowsOf(AuditEventEntity))
@ObjectType({ description: 'Who did what, when and why; no identity (jejak audit).' })
export class AuditEvent {
  @Field(() => ID, { description: 'Of this event (ID peristiwa).' })
  id!: string

  @Field(() => DateTime, { description: 'Real time (waktu).' })
  at!: Date

  @Field(() => String, { nullable: true, description: 'Subject of the token; null without one (pelaku).' })
  actor?: string

  @Field(() => AuditAction, { description: 'What was done or tried (tindakan).' })
  action!: AuditAction

  @Field(() => AuditOutcome, { description: 'How it ended (hasil).' })
  outcome!: AuditOutcome

  @Field(() => Purpose, { nullable: true, description: 'Why, where people were asked about (tujuan).' })
  purpose?: Purpose

  @Field(() => String, { description: 'Which field or mutation (objek).' })
  what!: string

  @Field(() => String, {
    nullable: true,
    description: 'What was changed, as `Budget:12`; of later events (yang diubah).',
  })
  subject?: string

  @Field(() => Int, { description: 'How many people were asked about, known or not (jumlah orang).' })
  people!: number

  @Field(() => String, { nullable: true, description: 'Code of the error, when not done (alasan).' })
  reason?: string

  @Field(() => ID, { description: 'Finds the request in the log (ID permintaan).' })
  requestId!: string
}

@InputType({
  description: 'Which events of the audit trail; all conditions together (saringan jejak audit).',
})
export class AuditFilter {
  @Field(() => ID, { nullable: true, description: 'Events that concern this worker (pekerja).' })
  worker?: string

  @Field(() => String, { nullable: true, description: 'Events of this subject of tokens (pelaku).' })
  actor?: string

  @Field(() => [AuditAction], { nullable: true, description: 'Any of these actions (tindakan).' })
  actions?: AuditAction[]

  @Field(() => [AuditOutcome], { nullable: true, description: 'Any of these outcomes (hasil).' })
  outcomes?: AuditOutcome[]

  @Field(() => [Purpose], { nullable: true, description: 'For any of these purposes (tujuan).' })
  purposes?: Purpose[]

  @Field(() => DateTime, { nullable: true, description: 'At this instant or later (sejak).' })
  from?: Date

  @Field(() => DateTime, { nullable: true, description: 'Before this instant (sebelum).' })
  to?: Date
}
