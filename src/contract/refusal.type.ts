// Rules bring this type along where no schema is made, and its decorators need it.
import 'reflect-metadata'
import { Field, InputType, InterfaceType, registerEnumType } from 'type-graphql'

/** Why a mutation was refused. The list is closed: clients may switch over it. */
export const RefusalCode = {
  ALREADY_COVERED: 'ALREADY_COVERED',
  INELIGIBLE: 'INELIGIBLE',
  REVIEW: 'REVIEW',
  NO_BUDGET: 'NO_BUDGET',
  OVER_BUDGET: 'OVER_BUDGET',
  INVALID_NIK: 'INVALID_NIK',
  ALREADY_REGISTERED: 'ALREADY_REGISTERED',
  IDENTITY_CONFLICT: 'IDENTITY_CONFLICT',
  SUSPECT_MATCH: 'SUSPECT_MATCH',
  NOT_RUNNING: 'NOT_RUNNING',
  PAID_MONTHS: 'PAID_MONTHS',
  PLACE_TAKEN: 'PLACE_TAKEN',
  CLAIM_OPEN: 'CLAIM_OPEN',
  LESS_COVERAGE: 'LESS_COVERAGE',
  NOTHING_TO_DO: 'NOTHING_TO_DO',
  DISPUTED: 'DISPUTED',
  RECORDS_DIFFER: 'RECORDS_DIFFER',
  BREAKS_THE_PAST: 'BREAKS_THE_PAST',
  WRONG_STATE: 'WRONG_STATE',
  SUBMITTED_BY_YOU: 'SUBMITTED_BY_YOU',
} as const
export type RefusalCode = keyof typeof RefusalCode

registerEnumType(RefusalCode, {
  name: 'RefusalCode',
  description: 'Why something was refused (kode penolakan).',
  valuesConfig: {
    ALREADY_COVERED: { description: 'Somebody else pays in these months (sudah terlindungi).' },
    INELIGIBLE: { description: 'A rule of eligibility says no (tidak memenuhi syarat).' },
    REVIEW: { description: 'A person has to judge, and say why (perlu verifikasi).' },
    NO_BUDGET: { description: 'There is no budget of a year (anggaran tidak ada).' },
    OVER_BUDGET: { description: 'The budget has not enough left (pagu tidak cukup).' },
    INVALID_NIK: { description: 'This cannot be a NIK (NIK tidak sah).' },
    ALREADY_REGISTERED: { description: 'The hub knows this person (sudah terdaftar).' },
    IDENTITY_CONFLICT: { description: 'The NIK is another person’s here (NIK ganda).' },
    SUSPECT_MATCH: { description: 'Somebody very like is known: perhaps a typing error (diduga sama).' },
    NOT_RUNNING: { description: 'It has no months to which this could be done (tidak berjalan).' },
    PAID_MONTHS: { description: 'Months are paid that this would take away (sudah dibayar).' },
    CLAIM_OPEN: { description: 'A claim may rest on a month that this would take away (ada klaim).' },
    LESS_COVERAGE: { description: 'The worker would lose a benefit (manfaat berkurang).' },
    PLACE_TAKEN: { description: 'Somebody has taken this place (tempat sudah terisi).' },
    NOTHING_TO_DO: { description: 'It would change nothing (tidak ada perubahan).' },
    DISPUTED: { description: 'The record is disputed; decide that first (dalam sengketa).' },
    RECORDS_DIFFER: { description: 'Two records do not say the same of a life (data tidak sama).' },
    BREAKS_THE_PAST: { description: 'What was done already rests on it (mengubah masa lalu).' },
    WRONG_STATE: { description: 'It has not come that far, or is past that (status tidak sesuai).' },
    SUBMITTED_BY_YOU: { description: 'Somebody else has to approve it (pengaju bukan penyetuju).' },
  },
})

@InterfaceType({
  description: 'A rule said no, and nothing was changed (penolakan).',
  resolveType: ({ __typename }: { __typename: string }) => __typename,
})
export abstract class Refusal {
  @Field(() => RefusalCode, { description: 'For programs (kode penolakan).' })
  code!: RefusalCode

  @Field(() => String, { description: 'For people, without personal data (alasan).' })
  message!: string
}

/** Inputs of mutations that may be sent twice. */
@InputType()
export abstract class SentOnce {
  @Field(() => String, {
    nullable: true,
    description:
      'Sent again with the same key, a mutation is answered as it was the first time, for 30 days; 8 to 200 characters (kunci idempotensi).',
  })
  idempotencyKey?: string | null
}

/** How the members of a union of results are told apart: planned ones by the planner, the others by their name. */
export const byTypename = (value: object): string => (value as { __typename: string }).__typename
