import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql'
import { Area } from '../areas/area.type.ts'
import type { AreaRef } from '../areas/area-level.ts'
import { connectionOf, PageArgs } from '../contract/connection.ts'
import type { Context } from '../contract/context.ts'
import { idValue } from '../contract/id.ts'
import { firstMonth, lastMonth, monthDate } from '../contract/months.ts'
import { changed } from '../contract/outcome.ts'
import { Month } from '../contract/scalars.ts'
import type { Month as MonthText } from '../kernel/month.ts'
import { changing } from '../payers/acting.ts'
import { governsWithin } from '../payers/jurisdiction.ts'
import { PayerEntity } from '../payers/payer.entity.ts'
import { Payer } from '../payers/payer.type.ts'
import { rows, value } from '../planner/description.ts'
import { allOf, type Ref, type RowOf, ref, sql } from '../planner/sql.ts'
import { CoverageProgramEntity } from './program.entity.ts'
import { createProgram, reviseProgram } from './program.rules.ts'
import {
  CoverageProgram,
  CreateProgramInput,
  ProgramFilter,
  ReviseProgramInput,
  ReviseProgramResult,
} from './program.type.ts'

const CoverageProgramConnection = connectionOf(CoverageProgram)
type ProgramRef = Ref<RowOf<typeof CoverageProgramEntity>>

@Resolver(() => CoverageProgram)
export class ProgramResolver {
  @Query(() => CoverageProgram, { nullable: true, description: 'The program of a code (program).' })
  program(@Arg('code', () => String) code: string) {
    return rows(CoverageProgramEntity).where((program) => sql`${program.code} = ${code}`)
  }

  @Query(() => CoverageProgramConnection, { description: 'Programs, by code (program).' })
  programs(
    @Arg('filter', () => ProgramFilter, { nullable: true }) filter: ProgramFilter | null,
    @Args(() => PageArgs) page: PageArgs,
  ) {
    return rows(CoverageProgramEntity)
      .where((program) => matches(program, filter))
      .page(page)
  }

  @Mutation(() => CoverageProgram, { nullable: true, description: 'Creates a program (program baru).' })
  async createProgram(
    @Arg('input', () => CreateProgramInput) input: CreateProgramInput,
    @Ctx() context: Context,
  ) {
    return changed('CoverageProgram', await createProgram(changing(context), input))
  }

  @Mutation(() => ReviseProgramResult, {
    nullable: true,
    description:
      'Revises a program. Once people are enrolled, its payer, source, segment and benefits stay, and so do their months; the rest may change and holds for what is decided from then on (perubahan program).',
  })
  async reviseProgram(
    @Arg('input', () => ReviseProgramInput) { code, ...changes }: ReviseProgramInput,
    @Ctx() context: Context,
  ) {
    await reviseProgram(changing(context), code, changes)
    return changed('CoverageProgram', code)
  }

  @FieldResolver(() => Month, { description: 'The first month (bulan mulai).' })
  from(@Root() program: ProgramRef) {
    return value(firstMonth(program.period))
  }

  @FieldResolver(() => Month, { description: 'The last month (bulan akhir).' })
  to(@Root() program: ProgramRef) {
    return value(lastMonth(program.period))
  }
}

@Resolver(() => Payer)
export class PayerPrograms {
  @FieldResolver(() => CoverageProgramConnection, {
    description: 'Programs this payer runs, by code (program).',
  })
  programs(@Root() payer: Ref<RowOf<typeof PayerEntity>>, @Args(() => PageArgs) page: PageArgs) {
    return rows(CoverageProgramEntity)
      .where((program) => sql`${program.payer} = ${payer.id}`)
      .page(page)
  }
}

@Resolver(() => Area)
export class AreaPrograms {
  @FieldResolver(() => CoverageProgramConnection, {
    description: 'Programs that the government of this very area runs, by code (program).',
  })
  programs(@Root() area: AreaRef, @Args(() => PageArgs) page: PageArgs) {
    const payer = ref(PayerEntity)
    return rows(CoverageProgramEntity)
      .where(
        (program) =>
          sql`${program.payer} in (select ${payer.id} from ${payer} where ${payer.areaCode} = ${area.code})`,
      )
      .page(page)
  }
}

function matches(program: ProgramRef, filter: ProgramFilter | null) {
  const payer = ref(PayerEntity)
  return allOf(
    filter?.payer != null && sql`${program.payer} = ${idValue(filter.payer)}`,
    filter?.area != null &&
      sql`${program.payer} in (select ${payer.id} from ${payer} where ${governsWithin(payer, filter.area)})`,
    filter?.fundingSources && sql`${program.fundingSource} = any(${filter.fundingSources})`,
    filter?.activeIn != null && sql`${program.period} @> ${monthDate(filter.activeIn as MonthText)}`,
  )
}
