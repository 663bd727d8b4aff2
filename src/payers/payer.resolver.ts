import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { Viewer } from '../access/viewer.type.ts'
import { areaOfCode } from '../areas/area.resolver.ts'
import { Area } from '../areas/area.type.ts'
import type { AreaRef } from '../areas/area-level.ts'
import { connectionOf, PageArgs } from '../contract/connection.ts'
import type { Context } from '../contract/context.ts'
import { idValue } from '../contract/id.ts'
import { changed } from '../contract/outcome.ts'
import { rows } from '../planner/description.ts'
import { allOf, type DerivedRef, type Ref, type RowOf, sql } from '../planner/sql.ts'
import { changing } from './acting.ts'
import { governsWithin } from './jurisdiction.ts'
import { PayerEntity } from './payer.entity.ts'
import { createPayer } from './payer.rules.ts'
import { CreatePayerInput, Payer, PayerFilter } from './payer.type.ts'

const PayerConnection = connectionOf(Payer)

@Resolver(() => Payer)
export class PayerResolver {
  @Query(() => Payer, { nullable: true, description: 'The payer of an id (pembayar iuran).' })
  payer(@Arg('id', () => ID) id: string) {
    return rows(PayerEntity).where((payer) => sql`${payer.id} = ${idValue(id)}`)
  }

  @Query(() => PayerConnection, { description: 'Payers, by id (pembayar iuran).' })
  payers(
    @Arg('filter', () => PayerFilter, { nullable: true }) filter: PayerFilter | null,
    @Args(() => PageArgs) page: PageArgs,
  ) {
    return rows(PayerEntity)
      .where((payer) =>
        allOf(
          filter?.kinds && sql`${payer.kind} = any(${filter.kinds})`,
          filter?.area != null && governsWithin(payer, filter.area),
        ),
      )
      .page(page)
  }

  @Mutation(() => Payer, { nullable: true, description: 'Creates a payer (pembayar iuran baru).' })
  async createPayer(@Arg('input', () => CreatePayerInput) input: CreatePayerInput, @Ctx() context: Context) {
    return changed('Payer', await createPayer(changing(context), input))
  }

  @FieldResolver(() => Area, {
    nullable: true,
    description: 'The area a government payer governs (wilayah).',
  })
  area(@Root() payer: Ref<RowOf<typeof PayerEntity>>) {
    return areaOfCode(payer.areaCode)
  }
}

@Resolver(() => Viewer)
export class ViewerPayer {
  @FieldResolver(() => Payer, { nullable: true, description: 'For whom he works (pembayar iuran).' })
  payer(@Root() viewer: DerivedRef<{ payerId: string }>) {
    return rows(PayerEntity).where((payer) => sql`${payer.id} = ${viewer.payerId}`)
  }
}

@Resolver(() => Area)
export class AreaPayers {
  @FieldResolver(() => [Payer], { description: 'The governments of this very area (pembayar iuran).' })
  payers(@Root() area: AreaRef) {
    return rows(PayerEntity).where((payer) => sql`${payer.areaCode} = ${area.code}`)
  }
}
