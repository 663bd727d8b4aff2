import { createUnionType, Extensions, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { byTypename, SentOnce } from '../../contract/refusal.type.ts'
import { AreaCode, LocalDate, Month, Rupiah } from '../../contract/scalars.ts'
import { PayerKind } from '../../payers/payer.entity.ts'
import { rowsOf } from '../../planner/marks.ts'
import { ClaimCheckEntity, ClaimEvent } from '../../workers/claim-check.entity.ts'
import { Worker } from '../../workers/worker.type.ts'
import { DisputeRefusal, StateRefusal } from '../refusals.type.ts'
import { ConsequenceKind } from './consequence.ts'

registerEnumType(ConsequenceKind, {
  name: 'ConsequenceKind',
  description: 'What can follow from an event in somebody’s life (jenis akibat).',
  valuesConfig: {
    COVERAGE_ENDS: { description: 'An enrollment covers these months no more (perlindungan berhenti).' },
    MONTHS_RELEASED: { description: 'Unpaid months, whose money is free again (dilepas).' },
    REFUND_REQUESTED: { description: 'Paid months, whose money is asked back (pengembalian diajukan).' },
    COVERAGE_BEGINS: { description: 'An employer covers these months (perlindungan mulai).' },
    CLAIM_CHECK_OPENED: { description: 'Covered in this month: there may be a claim (cek klaim).' },
    OUT_OF_AREA: {
      description: 'The payer governs another area; it goes on paying to the end (di luar wilayah).',
    },
  },
})
registerEnumType(ClaimEvent, {
  name: 'ClaimEvent',
  description: 'What may be claimed for (peristiwa klaim).',
  valuesConfig: { DEATH: { description: 'Heirs may have a claim (kematian).' } },
})

@Extensions(rowsOf(ClaimCheckEntity))
@ObjectType({
  description: 'Somebody was covered when it happened: see that the claim is made (cek klaim).',
})
export class ClaimCheck {
  @Field(() => ID, { description: 'Of this check (ID cek klaim).' })
  id!: string

  @Field(() => Worker, { nullable: true, description: 'Who was covered (pekerja).' })
  worker?: Worker

  @Field(() => ClaimEvent, { description: 'What happened (peristiwa).' })
  event!: ClaimEvent

  @Field(() => Month, { description: 'In which month it happened (bulan peristiwa).' })
  month!: string

  @Field(() => LocalDate, { description: 'When the check was opened (tanggal dibuka).' })
  openedOn!: string
}

@ObjectType({ description: 'Something that follows from an event (akibat).' })
export class Consequence {
  @Field(() => ConsequenceKind, { description: 'What follows (jenis akibat).' })
  kind!: ConsequenceKind

  @Field(() => PayerKind, { nullable: true, description: 'Of what kind the payer is (jenis pembayar).' })
  payerKind?: PayerKind | null

  @Field(() => Month, { description: 'The first month (bulan mulai).' })
  from!: string

  @Field(() => Month, { description: 'The last month (bulan akhir).' })
  to!: string

  @Field(() => Rupiah, {
    nullable: true,
    description: 'Money it is about, where it is about money (jumlah).',
  })
  amount?: string | null
}

@ObjectType({ description: 'An event in somebody’s life, and what follows (peristiwa kehidupan).' })
export class LifeEvent {
  @Field(() => Boolean, { description: 'False: it was only shown what would follow (diterapkan).' })
  applied!: boolean

  @Field(() => [Consequence], { description: 'For the enrollments of every payer (akibat).' })
  consequences!: Consequence[]
}

@InputType({ description: 'The worker has died (kematian).' })
export class DeathInput {
  @Field(() => Month, { description: 'In which month (bulan meninggal).' })
  month!: string
}

@InputType({ description: 'The worker lives in another village (pindah domisili).' })
export class MoveInput {
  @Field(() => AreaCode, { description: 'Code of the village (kelurahan/desa).' })
  village!: string

  @Field(() => LocalDate, { description: 'Since when (berdomisili sejak).' })
  since!: string
}

@InputType({ description: 'The worker became a civil servant, or ceased to be one (status ASN).' })
export class CivilServiceInput {
  @Field(() => Boolean, { description: 'Whether a civil servant from then on (ASN).' })
  civilServant!: boolean

  @Field(() => Month, { description: 'The first month (bulan mulai).' })
  from!: string
}

@InputType({ description: 'An employer covers the worker as a wage earner (penerima upah).' })
export class WageEmploymentInput {
  @Field(() => ID, { description: 'Id of a payer of the kind EMPLOYER (pemberi kerja).' })
  employer!: string

  @Field(() => Month, { description: 'The first month (bulan mulai).' })
  from!: string

  @Field(() => Month, { description: 'The last month, 60 at most (bulan akhir).' })
  to!: string
}

@InputType({
  description: 'Exactly one of `death`, `move`, `civilService` and `wageEmployment` (peristiwa kehidupan).',
})
export class RecordLifeEventInput extends SentOnce {
  @Field(() => ID, { description: 'To whom it happened (pekerja).' })
  worker!: string

  @Field(() => DeathInput, { nullable: true, description: 'Died (kematian).' })
  death?: DeathInput | null

  @Field(() => MoveInput, { nullable: true, description: 'Moved (pindah domisili).' })
  move?: MoveInput | null

  @Field(() => CivilServiceInput, { nullable: true, description: 'Civil servant (status ASN).' })
  civilService?: CivilServiceInput | null

  @Field(() => WageEmploymentInput, { nullable: true, description: 'Wage earner (penerima upah).' })
  wageEmployment?: WageEmploymentInput | null

  @Field(() => String, {
    description: 'How it is known; 1 to 500 characters, without a NIK; kept in the history (alasan).',
  })
  reason!: string

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Only say what would follow. To do it then, send a new idempotency key (simulasi).',
  })
  dryRun!: boolean
}

export const RecordLifeEventResult = createUnionType({
  name: 'RecordLifeEventResult',
  description: 'What follows from the event, or why it cannot be recorded (hasil peristiwa).',
  types: () => [LifeEvent, DisputeRefusal, StateRefusal] as const,
  resolveType: byTypename,
})
