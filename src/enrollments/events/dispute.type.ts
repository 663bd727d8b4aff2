import { createUnionType, Extensions, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { byTypename, SentOnce } from '../../contract/refusal.type.ts'
import { LocalDate } from '../../contract/scalars.ts'
import { rowsOf } from '../../planner/marks.ts'
import { DisputeDecision, DisputeEntity, DisputeSubject } from '../../workers/dispute.entity.ts'
import { Worker } from '../../workers/worker.type.ts'
import { StateRefusal } from '../refusals.type.ts'

registerEnumType(DisputeSubject, {
  name: 'DisputeSubject',
  description: 'What is said to be wrong in a record (pokok sengketa).',
  valuesConfig: {
    LIFE_STATUS: { description: 'Whether the person lives; no death is recorded meanwhile (status hidup).' },
    DOMICILE: { description: 'Where the person lives; no move is (domisili).' },
    OCCUPATION: {
      description: 'What the person does; neither civil service nor wage employment is (pekerjaan).',
    },
    IDENTITY: { description: 'Who the person is; nothing is but a death (identitas).' },
    COVERAGE: {
      description: 'What covers the person; neither civil service nor wage employment is (perlindungan).',
    },
  },
})
registerEnumType(DisputeDecision, {
  name: 'DisputeDecision',
  description: 'How a dispute was decided (keputusan sengketa).',
  valuesConfig: {
    UPHELD: { description: 'The record is wrong, and is to be corrected (diterima).' },
    DISMISSED: { description: 'The record is right (ditolak).' },
  },
})

@Extensions(rowsOf(DisputeEntity))
@ObjectType({
  description:
    'Somebody says that a record is wrong; while it is open, no life event changes that record, and files do nothing about the person (sengketa).',
})
export class Dispute {
  @Field(() => ID, { description: 'Of this dispute (ID sengketa).' })
  id!: string

  @Field(() => Worker, { nullable: true, description: 'Whose record it is (pekerja).' })
  worker?: Worker

  @Field(() => DisputeSubject, { description: 'What is said to be wrong (pokok sengketa).' })
  subject!: DisputeSubject

  @Field(() => String, { description: 'In the words of who recorded it (alasan).' })
  reason!: string

  @Field(() => LocalDate, { description: 'When it was recorded (tanggal sengketa).' })
  openedOn!: string

  @Field(() => DisputeDecision, { nullable: true, description: 'Null while it is open (keputusan).' })
  decision?: DisputeDecision

  @Field(() => LocalDate, { nullable: true, description: 'When it was decided (tanggal keputusan).' })
  decidedOn?: string

  @Field(() => String, {
    nullable: true,
    description: 'In the words of who decided it (alasan keputusan).',
  })
  decisionReason?: string
}

@InputType({ description: 'A record that is said to be wrong (sengketa baru).' })
export class DisputeRecordInput extends SentOnce {
  @Field(() => ID, { description: 'Whose record it is (pekerja).' })
  worker!: string

  @Field(() => DisputeSubject, { description: 'What is said to be wrong (pokok sengketa).' })
  subject!: DisputeSubject

  @Field(() => String, {
    description: 'What is wrong, and who says so; 1 to 500 characters, without a NIK (alasan).',
  })
  reason!: string
}

@InputType({ description: 'How a dispute is decided (keputusan sengketa).' })
export class DecideDisputeInput extends SentOnce {
  @Field(() => ID, { description: 'Id of the dispute (ID sengketa).' })
  dispute!: string

  @Field(() => DisputeDecision, { description: 'Whether the record is wrong (keputusan).' })
  decision!: DisputeDecision

  @Field(() => String, { description: 'Why; 1 to 500 characters, without a NIK (alasan keputusan).' })
  reason!: string
}

export const DecideDisputeResult = createUnionType({
  name: 'DecideDisputeResult',
  description: 'The dispute as it was decided, or why not (hasil keputusan sengketa).',
  types: () => [Dispute, StateRefusal] as const,
  resolveType: byTypename,
})
