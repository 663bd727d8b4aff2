import { Arg, Args, ArgsType, Field, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql'
import { Area } from '../areas/area.type.ts'
import type { AreaRef } from '../areas/area-level.ts'
import { connectionOf, PageArgs } from '../contract/connection.ts'
import { idValue } from '../contract/id.ts'
import { rows, value } from '../planner/description.ts'
import { allOf, type Ref, type RowOf, sql } from '../planner/sql.ts'
import type { CoverageProgramEntity } from '../programs/program.entity.ts'
import { CoverageProgram } from '../programs/program.type.ts'
import { Sector, WORKER_CATEGORIES, WorkerCategory } from '../programs/worker-category.ts'
import { livesIn, livesInArea, type WorkerRef } from './domicile.ts'
import { WorkerEntity } from './worker.entity.ts'
import { Worker, WorkerFilter, WorkerOrder } from './worker.type.ts'

export const WorkerConnection = connectionOf(Worker)

@ArgsType()
export class WorkersArgs extends PageArgs {
  @Field(() => WorkerFilter, { nullable: true })
  filter?: WorkerFilter

  @Field(() => WorkerOrder, { nullable: true, defaultValue: WorkerOrder.ID })
  orderBy?: WorkerOrder | null
}

@Resolver(() => Worker)
export class WorkerResolver {
  @Query(() => Worker, { nullable: true, description: 'The worker of an id (pekerja).' })
  worker(@Arg('id', () => ID) id: string) {
    return rows(WorkerEntity).where((worker) => sql`${worker.id} = ${idValue(id)}`)
  }

  @Query(() => WorkerConnection, { description: 'Workers (pekerja).' })
  workers(@Args(() => WorkersArgs) args: WorkersArgs) {
    return workersOf(args)
  }

  @FieldResolver(() => Sector, { description: 'Sector of the category (sektor).' })
  sector(@Root() worker: WorkerRef) {
    return value(sql`(${JSON.stringify(SECTORS)}::jsonb ->> ${worker.category})`)
  }
}

@Resolver(() => Area)
export class AreaWorkers {
  @FieldResolver(() => WorkerConnection, { description: 'Workers living here (pekerja).' })
  workers(@Root() area: AreaRef, @Args(() => WorkersArgs) args: WorkersArgs) {
    return workersOf(args).where((worker) => livesInArea(worker, area))
  }
}

@Resolver(() => CoverageProgram)
export class ProgramCategories {
  @FieldResolver(() => [WorkerCategory], {
    nullable: true,
    description: 'Whom it admits; null for everybody (sasaran).',
  })
  categories(@Root() program: Ref<RowOf<typeof CoverageProgramEntity>>) {
    return value(sql`${program.categories}`)
  }
}

const SECTORS = Object.fromEntries(
  Object.entries(WORKER_CATEGORIES).map(([category, { sector }]) => [category, sector]),
)

function workersOf({ filter, orderBy, ...page }: WorkersArgs) {
  return rows(WorkerEntity)
    .where((worker) =>
      allOf(
        filter?.area != null && livesIn(worker, filter.area),
        filter?.categories && sql`${worker.category} = any(${filter.categories})`,
        filter?.lifeStatus != null && sql`${worker.lifeStatus} = ${filter.lifeStatus}`,
        filter?.maxDecile != null && sql`${worker.welfareDecile} <= ${filter.maxDecile}::int`,
        filter?.civilServant != null && sql`${worker.civilServant} = ${filter.civilServant}::boolean`,
      ),
    )
    .orderBy((worker) => (orderBy === 'BIRTH_MONTH' ? [worker.birthMonth] : []))
    .page(page)
}
