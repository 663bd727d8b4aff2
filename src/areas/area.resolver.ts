import { Arg, Args, Extensions, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import { connectionOf, PageArgs } from '../contract/connection.ts'
import { costs } from '../contract/cost.ts'
import { AreaCode } from '../contract/scalars.ts'
import { firstOf, rows, value } from '../planner/description.ts'
import { type Column, type Ref, type RowOf, type Sql, sql } from '../planner/sql.ts'
import { DistrictEntity, ProvinceEntity, RegencyEntity, VillageEntity } from './area.entity.ts'
import { Area, AreaLevel, District, Province, Regency, Village } from './area.type.ts'
import { type AreaRef, levelOf } from './area-level.ts'

const RegencyConnection = connectionOf(Regency)

@Resolver()
export class AreaQueries {
  @Query(() => Province, { nullable: true, description: 'The province of a code (provinsi).' })
  province(@Arg('code', () => AreaCode) code: string) {
    return rows(ProvinceEntity).where((province) => sql`${province.code} = ${code}`)
  }

  @Extensions(costs({ rows: 38 }))
  @Query(() => [Province], { description: 'All provinces (provinsi).' })
  provinces() {
    return rows(ProvinceEntity).orderBy((province) => [province.code])
  }

  @Query(() => Regency, { nullable: true, description: 'The regency or city of a code (kabupaten/kota).' })
  regency(@Arg('code', () => AreaCode) code: string) {
    return rows(RegencyEntity).where((regency) => sql`${regency.code} = ${code}`)
  }

  @Query(() => RegencyConnection, { description: 'Regencies and cities, by code (kabupaten/kota).' })
  regencies(
    @Arg('province', () => AreaCode, { nullable: true }) province: string | undefined,
    @Arg('search', () => String, {
      nullable: true,
      description: 'A part of the name, in any case (pencarian).',
    })
    search: string | undefined,
    @Args(() => PageArgs) page: PageArgs,
  ) {
    return rows(RegencyEntity)
      .where((regency) => (province == null ? undefined : sql`${regency.province} = ${province}`))
      .where((regency) =>
        search == null ? undefined : sql`strpos(lower(${regency.name}), lower(${search})) > 0`,
      )
      .orderBy((regency) => [regency.code])
      .page(page)
  }
}

@Resolver(() => Area)
export class AreaFields {
  @FieldResolver(() => AreaLevel, { description: 'Which level it is on (tingkat wilayah).' })
  level(@Root() area: AreaRef) {
    return value(sql`${levelOf(area)}::text`)
  }
}

@Resolver(() => Province)
export class ProvinceFields {
  @Extensions(costs({ rows: 14 }))
  @FieldResolver(() => [Regency], { description: 'By code (kabupaten/kota).' })
  regencies(@Root() province: Ref<RowOf<typeof ProvinceEntity>>) {
    return rows(RegencyEntity).where((regency) => sql`${regency.province} = ${province.code}`)
  }
}

@Resolver(() => Regency)
export class RegencyFields {
  @Extensions(costs({ rows: 14 }))
  @FieldResolver(() => [District], { description: 'By code (kecamatan).' })
  districts(@Root() regency: Ref<RowOf<typeof RegencyEntity>>) {
    return rows(DistrictEntity).where((district) => sql`${district.regency} = ${regency.code}`)
  }
}

@Resolver(() => District)
export class DistrictFields {
  @Extensions(costs({ rows: 12 }))
  @FieldResolver(() => [Village], { description: 'By code (kelurahan/desa).' })
  villages(@Root() district: Ref<RowOf<typeof DistrictEntity>>) {
    return rows(VillageEntity).where((village) => sql`${village.district} = ${district.code}`)
  }
}

/** The area of a code that may be of any level. */
export function areaOfCode(code: Column | Sql) {
  return firstOf(
    rows(RegencyEntity).where((regency) => sql`${regency.code} = ${code}`),
    rows(ProvinceEntity).where((province) => sql`${province.code} = ${code}`),
    rows(VillageEntity).where((village) => sql`${village.code} = ${code}`),
    rows(DistrictEntity).where((district) => sql`${district.code} = ${code}`),
  )
}
