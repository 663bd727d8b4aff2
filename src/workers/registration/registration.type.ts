import { createUnionType, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { byTypename, Refusal, SentOnce } from '../../contract/refusal.type.ts'
import { AreaCode, LocalDate } from '../../contract/scalars.ts'
import type { NikFinding as Found } from '../../kernel/nik.ts'
import { WorkerCategory } from '../../programs/worker-category.ts'
import { Sex } from '../worker.entity.ts'

const NikFindingCode = {
  LENGTH: 'LENGTH',
  SPREADSHEET: 'SPREADSHEET',
  DATE: 'DATE',
  SERIAL: 'SERIAL',
  PROVINCE: 'PROVINCE',
  PREFIX: 'PREFIX',
  MOVED: 'MOVED',
  DOB: 'DOB',
  SEX: 'SEX',
  AGE: 'AGE',
} as const satisfies { readonly [Code in Found['code']]: Code }

registerEnumType(NikFindingCode, {
  name: 'NikFindingCode',
  description: 'What was found about a NIK (kode temuan NIK).',
  valuesConfig: {
    LENGTH: { description: 'It has not 16 digits (panjang).' },
    SPREADSHEET: { description: 'A spreadsheet has rounded it (rusak oleh lembar sebar).' },
    DATE: { description: 'Its digits 7 to 12 are no day (tanggal lahir tidak sah).' },
    SERIAL: { description: 'It ends in 0000 (nomor urut).' },
    PROVINCE: { description: 'It begins with no province (provinsi).' },
    PREFIX: { description: 'It begins with no known district (kecamatan tidak dikenal).' },
    MOVED: { description: 'It was issued in another regency than the domicile (pindah domisili).' },
    DOB: { description: 'The birth date is another than its own (beda tanggal lahir).' },
    SEX: { description: 'The sex is another than its own (beda jenis kelamin).' },
    AGE: { description: 'The age is outside the limits (usia di luar batas).' },
  },
})

const NikFindingLevel = {
  ERROR: 'ERROR',
  WARN: 'WARN',
  INFO: 'INFO',
} as const satisfies { readonly [Level in Found['level']]: Level }

registerEnumType(NikFindingLevel, {
  name: 'NikFindingLevel',
  description: 'How grave a finding about a NIK is (tingkat temuan NIK).',
  valuesConfig: {
    ERROR: { description: 'This cannot be a NIK (tidak sah).' },
    WARN: { description: 'Worth asking (perlu ditanyakan).' },
    INFO: { description: 'Normal, worth knowing (informasi).' },
  },
})

@ObjectType({ description: 'Something about a NIK that is worth knowing (temuan NIK).' })
export class NikFinding {
  @Field(() => NikFindingCode, { description: 'For programs (kode temuan NIK).' })
  code!: Found['code']

  @Field(() => NikFindingLevel, { description: 'How grave it is (tingkat temuan).' })
  level!: Found['level']

  @Field(() => String, { description: 'For people, without the NIK (penjelasan).' })
  message!: string
}

@ObjectType({ description: 'Somebody is registered (pekerja terdaftar).' })
export class RegisteredWorker {
  @Field(() => [NikFinding], { description: 'What to ask or to know about the NIK (temuan NIK).' })
  findings!: NikFinding[]
}

@ObjectType({ description: 'Who a worker is was corrected (identitas dikoreksi).' })
export class CorrectedIdentity {
  @Field(() => [NikFinding], { description: 'What to ask or to know about the NIK (temuan NIK).' })
  findings!: NikFinding[]
}

@ObjectType({
  implements: Refusal,
  description: 'Somebody’s identity stands against it; nothing was changed (identitas bermasalah).',
})
export class IdentityRefusal extends Refusal {
  @Field(() => [NikFinding], { description: 'What was found about the NIK (temuan NIK).' })
  findings!: NikFinding[]
}

export const RegisterWorkerResult = createUnionType({
  name: 'RegisterWorkerResult',
  description: 'Somebody registered, or why not (hasil pendaftaran).',
  types: () => [RegisteredWorker, IdentityRefusal] as const,
  resolveType: byTypename,
})

export const CorrectIdentityResult = createUnionType({
  name: 'CorrectIdentityResult',
  description: 'An identity corrected, or why not (hasil koreksi identitas).',
  types: () => [CorrectedIdentity, IdentityRefusal] as const,
  resolveType: byTypename,
})

@InputType({ description: 'Somebody to be registered (pekerja baru).' })
export class RegisterWorkerInput extends SentOnce {
  @Field(() => String, { description: 'NIK, 16 digits; spaces, dots and dashes are ignored (NIK).' })
  nik!: string

  @Field(() => String, { description: 'Full name, at most 200 characters (nama lengkap).' })
  fullName!: string

  @Field(() => LocalDate, { description: 'Date of birth, which may differ from the NIK (tanggal lahir).' })
  birthDate!: string

  @Field(() => Sex, { description: 'As registered (jenis kelamin).' })
  sex!: Sex

  @Field(() => WorkerCategory, { description: 'What the worker does (kategori pekerja).' })
  category!: WorkerCategory

  @Field(() => AreaCode, { description: 'Village of the domicile, in your areas (kelurahan/desa).' })
  village!: string

  @Field(() => LocalDate, {
    nullable: true,
    description: 'Since when the domicile holds; by default today (berdomisili sejak).',
  })
  domicileSince?: string | null

  @Field(() => Int, {
    nullable: true,
    description: 'Welfare decile of the family in DTSEN, 1 = poorest (desil).',
  })
  welfareDecile?: number | null

  @Field(() => LocalDate, {
    nullable: true,
    description: 'As of when the decile was known; goes with it (tanggal desil).',
  })
  decileAsOf?: string | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'Civil servant, covered by another scheme; by default not (ASN).',
  })
  civilServant?: boolean | null

  @Field(() => String, {
    nullable: true,
    description:
      'Why a suspect is somebody else, or why somebody of another name is the same person; 1 to 500 characters, without personal data (alasan).',
  })
  overrideReason?: string | null
}

@InputType({ description: 'What was wrong about somebody; what is not given stays (koreksi identitas).' })
export class CorrectIdentityInput extends SentOnce {
  @Field(() => ID, { description: 'Whose identity it is (pekerja).' })
  worker!: string

  @Field(() => String, { nullable: true, description: 'The right NIK, 16 digits (NIK).' })
  nik?: string | null

  @Field(() => String, { nullable: true, description: 'The right name (nama lengkap).' })
  fullName?: string | null

  @Field(() => LocalDate, { nullable: true, description: 'The right date of birth (tanggal lahir).' })
  birthDate?: string | null

  @Field(() => String, {
    description: 'How it came to light; 1 to 500 characters, without personal data (alasan).',
  })
  reason!: string

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it is right although somebody very like is known (tetap koreksi).',
  })
  overrideSuspect?: boolean | null
}
