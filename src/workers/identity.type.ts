import { Field, ObjectType } from 'type-graphql'
import { LocalDate } from '../contract/scalars.ts'

@ObjectType({ description: 'Who a worker is; every look is recorded before it answers (identitas).' })
export class Identity {
  @Field(() => String, { description: 'NIK with its middle hidden: `3603********0001` (NIK).' })
  maskedNik!: string

  @Field(() => String, { description: 'Full name (nama lengkap).' })
  fullName!: string

  @Field(() => LocalDate, { description: 'Date of birth (tanggal lahir).' })
  birthDate!: string
}

@ObjectType({ description: 'Who a worker is, with the NIK in full (identitas lengkap).' })
export class RevealedIdentity {
  @Field(() => String, { description: '16 digits (NIK).' })
  nik!: string

  @Field(() => String, { description: 'Full name (nama lengkap).' })
  fullName!: string

  @Field(() => LocalDate, { description: 'Date of birth (tanggal lahir).' })
  birthDate!: string
}
