import {
  Arg,
  Args,
  Ctx,
  Extensions,
  FieldResolver,
  Float,
  ID,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql'
import { Area } from '../areas/area.type.ts'
import type { AreaRef } from '../areas/area-level.ts'
import { connectionOf, PageArgs } from '../contract/connection.ts'
import type { Context } from '../contract/context.ts'
import { COUNTING_ROWS, costs } from '../contract/cost.ts'
import { idValue } from '../contract/id.ts'
import { monthDate } from '../contract/months.ts'
import { changed } from '../contract/outcome.ts'
import { STATISTICS } from '../contract/readings.ts'
import { Month, Rupiah } from '../contract/scalars.ts'
import type { Month as MonthText } from '../kernel/month.ts'
import { changing } from '../payers/acting.ts'
import { governsWithin } from '../payers/jurisdiction.ts'
import { PayerEntity } from '../payers/payer.entity.ts'
import { Payer } from '../payers/payer.type.ts'
import { derived, rows, value } from '../planner/description.ts'
import { allOf, type Column, type Ref, type RowOf, ref, type Sql, sql } from '../planner/sql.ts'
import type { CoverageProgramEntity } from '../programs/program.entity.ts'
import { CoverageProgram } from '../programs/program.type.ts'
import { BudgetEntity } from './budget.entity.ts'
import { createBudget, reviseBudget } from './budget.rules.ts'
import {
  Budget,
  BudgetBalance,
  BudgetEntry,
  BudgetFilter,
  CreateBudgetInput,
  ReviseBudgetInput,
  ReviseBudgetResult,
} from './budget.type.ts'
import { BudgetEntryEntity } from './budget-entry.entity.ts'

const BudgetConnection = connectionOf(Budget)
const BudgetEntryConnection = connectionOf(BudgetEntry)
type BudgetRef = Ref<RowOf<typeof BudgetEntity>>

@Resolver(() => Budget)
export class BudgetResolver {
  @Query(() => Budget, { nullable: true, description: 'The budget of an id (anggaran).' })
  budget(@Arg('id', () => ID) id: string) {
    return rows(BudgetEntity).where((budget) => sql`${budget.id} = ${idValue(id)}`)
  }

  @Query(() => BudgetConnection, { description: 'Budgets, by id (anggaran).' })
  budgets(
    @Arg('filter', () => BudgetFilter, { nullable: true }) filter: BudgetFilter | null,
    @Args(() => PageArgs) page: PageArgs,
  ) {
    return rows(BudgetEntity)
      .where((budget) => matches(budget, filter))
      .page(page)
  }

  @Mutation(() => Budget, { nullable: true, description: 'Creates a budget (anggaran murni).' })
  async createBudget(
    @Arg('input', () => CreateBudgetInput) input: CreateBudgetInput,
    @Ctx() context: Context,
  ) {
    return changed('Budget', await createBudget(changing(context), input))
  }

  @Mutation(() => ReviseBudgetResult, {
    nullable: true,
    description: 'Gives a budget a new ceiling, never below what is committed (perubahan anggaran).',
  })
  async reviseBudget(
    @Arg('input', () => ReviseBudgetInput) input: ReviseBudgetInput,
    @Ctx() context: Context,
  ) {
    return changed('Budget', await reviseBudget(changing(context), input))
  }

  @FieldResolver(() => Rupiah, { description: 'Ceiling less committed (sisa pagu).' })
  remaining(@Root() budget: BudgetRef) {
    return value(sql`${budget.ceiling} - ${budget.committed}`)
  }

  @FieldResolver(() => Rupiah, { description: 'Committed less paid (belum terserap).' })
  unpaid(@Root() budget: BudgetRef) {
    return value(sql`${budget.committed} - ${budget.paid}`)
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description: 'Paid ÷ ceiling; null without a ceiling (serapan).',
  })
  absorptionRate(@Root() budget: BudgetRef) {
    return value(sql`${budget.paid}::float8 / nullif(${budget.ceiling}, 0)`)
  }

  @FieldResolver(() => BudgetEntryConnection, { description: 'The ledger, oldest first (mutasi).' })
  entries(@Root() budget: BudgetRef, @Args(() => PageArgs) page: PageArgs) {
    return rows(BudgetEntryEntity)
      .where((entry) => sql`${entry.budget} = ${budget.id}`)
      .page(page)
  }

  @Extensions(costs(COUNTING_ROWS))
  @FieldResolver(() => BudgetBalance, {
    description: 'What the ledger says at the end of a month, by business date (posisi anggaran).',
  })
  balanceOn(@Root() budget: BudgetRef, @Arg('month', () => Month) month: MonthText) {
    const entry = ref(BudgetEntryEntity, STATISTICS)
    const sum = (delta: Sql | Column) => sql`coalesce(sum(${delta}), 0)::bigint`
    const sums = sql`select ${sum(entry.ceilingDelta)} as ceiling, ${sum(entry.committedDelta)} as committed, ${sum(entry.paidDelta)} as paid from ${entry} where ${entry.budget} = ${budget.id} and ${entry.enteredOn} < ${monthDate(month)} + interval '1 month'`
    return derived(
      sql`select ${monthDate(month)} as month, s.*, s.ceiling - s.committed as remaining from (${sums}) as s`,
    )
  }
}

@Resolver(() => Payer)
export class PayerBudgets {
  @FieldResolver(() => BudgetConnection, { description: 'Budgets of this payer, by id (anggaran).' })
  budgets(@Root() payer: Ref<RowOf<typeof PayerEntity>>, @Args(() => PageArgs) page: PageArgs) {
    return rows(BudgetEntity)
      .where((budget) => sql`${budget.payer} = ${payer.id}`)
      .page(page)
  }
}

@Resolver(() => Area)
export class AreaBudgets {
  @FieldResolver(() => BudgetConnection, {
    description: 'Budgets of the government of this very area, by id (anggaran).',
  })
  budgets(@Root() area: AreaRef, @Args(() => PageArgs) page: PageArgs) {
    const payer = ref(PayerEntity)
    return rows(BudgetEntity)
      .where(
        (budget) =>
          sql`${budget.payer} in (select ${payer.id} from ${payer} where ${payer.areaCode} = ${area.code})`,
      )
      .page(page)
  }
}

@Resolver(() => CoverageProgram)
export class ProgramBudgets {
  @FieldResolver(() => [Budget], {
    description: "The payer's budgets of the program's funding source, agency and years, by id (anggaran).",
  })
  budgets(@Root() program: Ref<RowOf<typeof CoverageProgramEntity>>) {
    return rows(BudgetEntity).where(
      (budget) =>
        sql`${budget.payer} = ${program.payer} and ${budget.fundingSource} = ${program.fundingSource} and (${program.agency} is null or ${budget.agency} = ${program.agency}) and ${budget.fiscalYear} between extract(year from lower(${program.period})) and extract(year from upper(${program.period}) - 1)`,
    )
  }
}

function matches(budget: BudgetRef, filter: BudgetFilter | null) {
  const payer = ref(PayerEntity)
  return allOf(
    filter?.payer != null && sql`${budget.payer} = ${idValue(filter.payer)}`,
    filter?.area != null &&
      sql`${budget.payer} in (select ${payer.id} from ${payer} where ${governsWithin(payer, filter.area)})`,
    filter?.fiscalYear != null && sql`${budget.fiscalYear} = ${filter.fiscalYear}::int`,
    filter?.fundingSources && sql`${budget.fundingSource} = any(${filter.fundingSources})`,
  )
}
