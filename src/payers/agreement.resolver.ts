import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql'
import type { Context } from '../contract/context.ts'
import { changed } from '../contract/outcome.ts'
import { LocalDate } from '../contract/scalars.ts'
import { rows, value } from '../planner/description.ts'
import { type Ref, type RowOf, sql } from '../planner/sql.ts'
import { AgreementEntity } from './agreement.entity.ts'
import { createAgreement } from './agreement.rules.ts'
import { Agreement, CreateAgreementInput } from './agreement.type.ts'
import type { PayerEntity } from './payer.entity.ts'
import { Payer } from './payer.type.ts'

type AgreementRef = Ref<RowOf<typeof AgreementEntity>>

@Resolver(() => Agreement)
export class AgreementResolver {
  @Mutation(() => Agreement, {
    nullable: true,
    description: 'Records an agreement between two payers (perjanjian kerja sama).',
  })
  async createAgreement(
    @Arg('input', () => CreateAgreementInput) input: CreateAgreementInput,
    @Ctx() { change }: Context,
  ) {
    const id = await createAgreement(change!, input)
    change!.note({ subject: `Agreement:${id}` })
    return changed('Agreement', id)
  }

  @FieldResolver(() => LocalDate, { description: 'The first day (mulai).' })
  from(@Root() agreement: AgreementRef) {
    return value(sql`lower(${agreement.period})`)
  }

  @FieldResolver(() => LocalDate, {
    nullable: true,
    description: 'The last day; null while it has no end (akhir).',
  })
  to(@Root() agreement: AgreementRef) {
    return value(sql`upper(${agreement.period}) - 1`)
  }
}

@Resolver(() => Payer)
export class PayerAgreements {
  @FieldResolver(() => [Agreement], {
    description: 'Agreements with other payers, as far as they are yours to see (perjanjian kerja sama).',
  })
  agreements(@Root() payer: Ref<RowOf<typeof PayerEntity>>) {
    return rows(AgreementEntity).where(
      (agreement) => sql`${payer.id} in (${agreement.first}, ${agreement.second})`,
    )
  }
}
