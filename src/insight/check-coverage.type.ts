import { Extensions, Field, InputType, Int, ObjectType } from 'type-graphql'
import { Purpose } from '../access/purpose.ts'
import { Month } from '../contract/scalars.ts'
import { PayerKind } from '../payers/payer.entity.ts'
import { marked } from '../planner/marks.ts'
import { Benefit } from '../programs/program.entity.ts'

@InputType({ description: 'A person to look up, by NIK or by token (orang yang dicek).' })
export class PersonToCheck {
  @Field(() => String, {
    nullable: true,
    description: 'NIK, 16 digits; spaces, dots and dashes are ignored (NIK).',
  })
  nik?: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'HMAC-SHA-256 of the 16 digits with the key this partner shares with the hub, hexadecimal or base64url (token mitra).',
  })
  token?: string | null
}

@InputType({ description: 'Who is asked about, for which months, and why (permintaan pengecekan).' })
export class CheckCoverageInput {
  @Field(() => [PersonToCheck], { description: 'At most 1,000 people (orang).' })
  people!: PersonToCheck[]

  @Field(() => Month, { description: 'The first month (bulan mulai).' })
  from!: string

  @Field(() => Month, { nullable: true, description: 'The last month; by default the first (bulan akhir).' })
  to?: string

  @Field(() => Purpose, { description: 'Why they are asked about; it is recorded (tujuan).' })
  purpose!: Purpose
}

@Extensions(marked('derived'))
@ObjectType({ description: 'Whether one person of a check is covered in its months (hasil pengecekan).' })
export class CoverageCheck {
  @Field(() => Int, { description: 'Position in the input, from 0 (urutan).' })
  index!: number

  @Field(() => Boolean, { description: 'Whether the NIK, or the token, is well formed (sah).' })
  valid!: boolean

  @Field(() => Boolean, { description: 'Whether the hub knows the person (terdaftar).' })
  known!: boolean

  @Field(() => Boolean, { description: 'Whether any line contains any of the months (terlindungi).' })
  covered!: boolean

  @Field(() => [Benefit], { description: 'Benefits of those lines (manfaat).' })
  benefits!: Benefit[]

  @Field(() => [Month], { description: 'The months that are covered (bulan).' })
  months!: string[]

  @Field(() => [PayerKind], { description: 'Kinds of payers of those lines (jenis pembayar).' })
  payerKinds!: PayerKind[]
}
