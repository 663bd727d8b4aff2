import { Extensions, Field, Int, ObjectType, registerEnumType } from 'type-graphql'
import { AreaCode, Month } from '../contract/scalars.ts'
import { PayerKind } from '../payers/payer.entity.ts'
import { marked, rowsOf } from '../planner/marks.ts'
import { Benefit } from '../programs/program.entity.ts'
import { WorkerCategory } from '../programs/worker-category.ts'
import { Sex } from '../workers/worker.entity.ts'
import { RosterRowEntity, RowAcceptance, RowDecision, RowOutcome } from './roster-row.entity.ts'

registerEnumType(RowOutcome, {
  name: 'RowOutcome',
  description: 'What came of a row of a roster: the first that applies, in this order (hasil baris).',
  valuesConfig: {
    INVALID_NIK: { description: 'This cannot be a NIK (NIK tidak sah).' },
    INCOMPLETE: { description: 'Something needed is missing or cannot be read (data tidak lengkap).' },
    DUPLICATE_IN_FILE: { description: 'An earlier row is the same person (ganda dalam berkas).' },
    IDENTITY_CONFLICT: { description: 'The NIK is another person’s here (NIK ganda).' },
    SUSPECT_MATCH: { description: 'Somebody very like is known: to be decided (diduga sama).' },
    ALREADY_COVERED: { description: 'Somebody else pays in these months (sudah terlindungi).' },
    INELIGIBLE: { description: 'A rule of eligibility says no (tidak memenuhi syarat).' },
    REVIEW: { description: 'A person has to judge: to be decided (perlu verifikasi).' },
    ELIGIBLE: { description: 'To be enrolled as far as the money lasts (memenuhi syarat).' },
    ENROLLED: { description: 'Enrolled (terdaftar).' },
    OVER_BUDGET: { description: 'Eligible, but the money went to those before (pagu tidak cukup).' },
  },
})
registerEnumType(RowDecision, {
  name: 'RowDecision',
  description: 'How a person settled a row (keputusan baris).',
  valuesConfig: {
    ADMIT: { description: 'What was found for review does not stand against it (diterima).' },
    OTHER_PERSON: { description: 'Not the suspect, but somebody else (orang lain).' },
    SAME_PERSON: { description: 'The suspect, with a slip in the NIK (orang yang sama).' },
    REFUSE: { description: 'Not to be enrolled (ditolak).' },
  },
})
registerEnumType(RowAcceptance, {
  name: 'RowAcceptance',
  description: 'What BPJS said of an enrolled row (jawaban BPJS).',
  valuesConfig: {
    ACCEPTED: { description: 'BPJS has taken the person on (diterima BPJS).' },
    REFUSED: { description: 'BPJS has not; the months are released (ditolak BPJS).' },
  },
})

/** What the vault knows of the person of a row. */
export const PersonMatch = { NEW: 'NEW', EXACT: 'EXACT', CONFLICT: 'CONFLICT', SUSPECT: 'SUSPECT' } as const
export type PersonMatch = keyof typeof PersonMatch
registerEnumType(PersonMatch, {
  name: 'PersonMatch',
  description: 'What the hub knows of the person of a row (kecocokan).',
  valuesConfig: {
    NEW: { description: 'Nobody like this is known (baru).' },
    EXACT: { description: 'The same NIK and the same name (cocok).' },
    CONFLICT: { description: 'The same NIK and another name (NIK ganda).' },
    SUSPECT: { description: 'A NIK one slip away, with a similar name (diduga sama).' },
  },
})

/** How heavy a reason weighs: of a cell or a NIK, or of the rules of eligibility. */
export const ReasonLevel = {
  ERROR: 'ERROR',
  WARN: 'WARN',
  INFO: 'INFO',
  INELIGIBLE: 'INELIGIBLE',
  REVIEW: 'REVIEW',
} as const
export type ReasonLevel = keyof typeof ReasonLevel
registerEnumType(ReasonLevel, {
  name: 'ReasonLevel',
  description: 'What a reason means for the row (tingkat alasan).',
  valuesConfig: {
    ERROR: { description: 'The row cannot be taken as it stands (kesalahan).' },
    WARN: { description: 'Worth asking about (peringatan).' },
    INFO: { description: 'Normal, worth knowing (informasi).' },
    INELIGIBLE: { description: 'The person cannot be enrolled for these months (tidak memenuhi syarat).' },
    REVIEW: { description: 'A person has to judge it, and say why (perlu verifikasi).' },
  },
})

@Extensions(rowsOf(RosterRowEntity))
@ObjectType({ description: 'A row of a roster and what came of it, without identity (baris daftar).' })
export class RosterRow {
  @Field(() => Int, { description: 'Its number in the file, from 1, without the header (nomor baris).' })
  row!: number

  @Field(() => RowOutcome, { nullable: true, description: 'Null until it is screened (hasil baris).' })
  outcome?: RowOutcome

  @Field(() => RowOutcome, {
    nullable: true,
    description:
      'What was foreseen when it was approved, where enrolling comes to something else (hasil semula).',
  })
  screenedAs?: RowOutcome

  @Field(() => WorkerCategory, { nullable: true, description: 'As it was uploaded (kategori pekerja).' })
  category?: WorkerCategory

  @Field(() => Sex, { nullable: true, description: 'As it was uploaded (jenis kelamin).' })
  sex?: Sex

  @Field(() => Month, { nullable: true, description: 'As it was uploaded, without the day (bulan lahir).' })
  birthMonth?: string

  @Field(() => AreaCode, { nullable: true, description: 'As it was uploaded (kode desa).' })
  villageCode?: string

  @Field(() => Int, { nullable: true, description: 'As it was uploaded, 1 = poorest (desil).' })
  welfareDecile?: number

  @Field(() => PersonMatch, {
    nullable: true,
    description: 'What the hub knows of the person; null where that was not looked for (kecocokan).',
  })
  match?: PersonMatch

  @Field(() => Int, {
    nullable: true,
    description: 'The other row with the same NIK, or one very like it (baris lain).',
  })
  sameAsRow?: number

  @Field(() => RowDecision, {
    nullable: true,
    description: 'What a person said of who it is: not ADMIT (keputusan identitas).',
  })
  identityDecision?: RowDecision

  @Field(() => String, { nullable: true, description: 'In the words of who said so (alasan identitas).' })
  identityReason?: string

  @Field(() => String, { nullable: true, description: 'Who said so (penentu identitas).' })
  identityDecidedBy?: string

  @Field(() => RowDecision, {
    nullable: true,
    description: 'Whether a person admitted it: ADMIT or REFUSE (keputusan baris).',
  })
  decision?: RowDecision

  @Field(() => String, { nullable: true, description: 'In the words of who decided (alasan keputusan).' })
  decisionReason?: string

  @Field(() => String, { nullable: true, description: 'Who decided (pengambil keputusan).' })
  decidedBy?: string

  @Field(() => RowAcceptance, { nullable: true, description: 'What BPJS said of it (jawaban BPJS).' })
  acceptance?: RowAcceptance

  @Field(() => String, { nullable: true, description: 'In the words of BPJS (alasan BPJS).' })
  acceptanceReason?: string
}

@Extensions(marked('derived'))
@ObjectType({ description: 'Something that was found about a row (alasan).' })
export class RowReason {
  @Field(() => String, { description: 'For programs, such as `MISSING` or `OVER_AGE` (kode alasan).' })
  code!: string

  @Field(() => ReasonLevel, { description: 'What it means for the row (tingkat alasan).' })
  level!: ReasonLevel

  @Field(() => String, { description: 'A sentence for people (penjelasan).' })
  message!: string

  @Field(() => String, {
    nullable: true,
    description: 'The column of the file that it is about, where it is about one (kolom).',
  })
  field?: string

  @Field(() => String, { nullable: true, description: 'What decided, as text (fakta penentu).' })
  fact?: string
}

@Extensions(marked('derived'))
@ObjectType({ description: 'Months of a row in which somebody pays already (bulan terlindungi).' })
export class RowCoveredMonths {
  @Field(() => Benefit, { description: 'What is paid for (manfaat).' })
  benefit!: Benefit

  @Field(() => PayerKind, { description: 'Of what kind the payer is (jenis pembayar).' })
  payerKind!: PayerKind

  @Field(() => Month, { description: 'The first month (bulan mulai).' })
  from!: string

  @Field(() => Month, { description: 'The last month (bulan akhir).' })
  to!: string
}
