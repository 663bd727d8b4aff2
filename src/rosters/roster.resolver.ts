import {
  Arg,
  Args,
  ArgsType,
  Field,
  FieldResolver,
  ID,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql'
import { connectionOf, PageArgs } from '../contract/connection.ts'
import type { Context } from '../contract/context.ts'
import { idValue } from '../contract/id.ts'
import { firstMonth, lastMonth } from '../contract/months.ts'
import { Month } from '../contract/scalars.ts'
import { rows, value } from '../planner/description.ts'
import { allOf, type Ref, type RowOf, ref, sql } from '../planner/sql.ts'
import type { CoverageProgramEntity } from '../programs/program.entity.ts'
import { CoverageProgram } from '../programs/program.type.ts'
import { END_STATES, RosterEntity, type RosterState, RosterStepEntity } from './roster.entity.ts'
import { Roster, RosterFilter, RosterStep } from './roster.type.ts'
import { ROSTER_CHANNEL } from './steps.ts'

const RosterConnection = connectionOf(Roster)
export type RosterRef = Ref<RowOf<typeof RosterEntity>>

@ArgsType()
class RostersArgs extends PageArgs {
  @Field(() => RosterFilter, { nullable: true })
  filter?: RosterFilter
}

@Resolver(() => Roster)
export class RosterResolver {
  @Query(() => Roster, { nullable: true, description: 'The roster of an id (daftar nama).' })
  roster(@Arg('id', () => ID) id: string) {
    return rosterOf(id)
  }

  @Query(() => RosterConnection, { description: 'Rosters, by id (daftar nama).' })
  rosters(@Args(() => RostersArgs) args: RostersArgs) {
    return rostersOf(args)
  }

  @Subscription(() => Roster, {
    nullable: true,
    description: 'A roster, whenever it comes further, until it has come to an end (kemajuan daftar).',
    subscribe: ({ args: { id }, context }: { args: { id: string }; context: Context }) =>
      context.changesOf(ROSTER_CHANNEL, id, () => isAtItsEnd(id, context)),
  })
  rosterProgress(@Arg('id', () => ID) id: string) {
    return rosterOf(id)
  }

  @FieldResolver(() => Month, { description: 'The first month (bulan mulai).' })
  from(@Root() roster: RosterRef) {
    return value(firstMonth(roster.period))
  }

  @FieldResolver(() => Month, { description: 'The last month (bulan akhir).' })
  to(@Root() roster: RosterRef) {
    return value(lastMonth(roster.period))
  }

  @FieldResolver(() => [RosterStep], { description: 'The states it came to, oldest first (riwayat).' })
  steps(@Root() roster: RosterRef) {
    return rows(RosterStepEntity).where((step) => sql`${step.roster} = ${roster.id}`)
  }
}

@Resolver(() => CoverageProgram)
export class ProgramRosters {
  @FieldResolver(() => RosterConnection, {
    description: 'Rosters for this program, by id (daftar nama).',
  })
  rosters(
    @Root() program: Ref<RowOf<typeof CoverageProgramEntity>>,
    @Args(() => RostersArgs) args: RostersArgs,
  ) {
    return rostersOf(args).where((roster) => sql`${roster.program} = ${program.code}`)
  }
}

function rosterOf(id: string) {
  return rows(RosterEntity).where((roster) => sql`${roster.id} = ${idValue(id)}`)
}

/** Also of one that the viewer may not see, as of one that is not there. */
async function isAtItsEnd(id: string, { read }: Context): Promise<boolean> {
  const roster = ref(RosterEntity)
  const [seen] = await read<{ state: RosterState }>(
    sql`/* roster.is_at_its_end */ select ${roster.state} from ${roster} where ${roster.id} = ${idValue(id)}`,
  )
  return !seen || END_STATES.includes(seen.state)
}

function rostersOf({ filter, ...page }: RostersArgs) {
  return rows(RosterEntity)
    .where((roster) =>
      allOf(
        filter?.program != null && sql`${roster.program} = ${filter.program}`,
        filter?.payer != null && sql`${roster.payer} = ${idValue(filter.payer)}`,
        filter?.states && sql`${roster.state} = any(${filter.states})`,
      ),
    )
    .page(page)
}
