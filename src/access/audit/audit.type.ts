import { Extensions, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { DateTime } from '../../contract/scalars.ts'
import { rowsOf } from '../../planner/marks.ts'
import { Purpose } from '../purpose.ts'
import { AuditAction, AuditEventEntity, AuditOutcome } from './audit-event.entity.ts'

registerEnumType(AuditAction, { name: 'AuditAction', description: 'What is recorded (tindakan).' })
registerEnumType(AuditOutcome, {
  name: 'AuditOutcome',
  description: 'Done, refused by a rule, or broken off by an error (hasil).',
})

@Extensions(rowsOf(AuditEventEntity))
@ObjectType({ description: 'Who did what, when and why; no identity (jejak audit).' })
export class AuditEvent {
  @Field(() => ID)
  id!: string

  @Field(() => DateTime, { description: 'Real time (waktu).' })
  at!: Date

  @Field(() => String, { nullable: true, description: 'Subject of the token; null without one (pelaku).' })
  actor?: string

  @Field(() => AuditAction)
  action!: AuditAction

  @Field(() => AuditOutcome)
  outcome!: AuditOutcome

  @Field(() => Purpose, { nullable: true })
  purpose?: Purpose

  @Field(() => String, { description: 'Which field or mutation (objek).' })
  what!: string

  @Field(() => Int, { description: 'How many people were asked about, known or not (jumlah orang).' })
  people!: number

  @Field(() => String, { nullable: true, description: 'Code of the error, when not done (alasan).' })
  reason?: string

  @Field(() => ID, { description: 'Finds the request in the log (ID permintaan).' })
  requestId!: string
}

@InputType({ description: 'Which events of the audit trail; all conditions together.' })
export class AuditFilter {
  @Field(() => ID, { nullable: true, description: 'Events that concern this worker.' })
  worker?: string

  @Field(() => String, { nullable: true, description: 'Events of this subject of tokens.' })
  actor?: string

  @Field(() => [AuditAction], { nullable: true })
  actions?: AuditAction[]

  @Field(() => [AuditOutcome], { nullable: true })
  outcomes?: AuditOutcome[]

  @Field(() => [Purpose], { nullable: true })
  purposes?: Purpose[]

  @Field(() => DateTime, { nullable: true, description: 'At this instant or later.' })
  from?: Date

  @Field(() => DateTime, { nullable: true, description: 'Before this instant.' })
  to?: Date
}
