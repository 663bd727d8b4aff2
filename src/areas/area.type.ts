import { Directive, Extensions, Field, InterfaceType, ObjectType, registerEnumType } from 'type-graphql'
import { AreaCode } from '../contract/scalars.ts'
import { rowsOf } from '../planner/marks.ts'
import {
  DistrictEntity,
  ProvinceEntity,
  RegencyEntity,
  RegencyKind,
  VillageEntity,
  VillageKind,
} from './area.entity.ts'

export const AreaLevel = {
  PROVINCE: 'PROVINCE',
  REGENCY: 'REGENCY',
  DISTRICT: 'DISTRICT',
  VILLAGE: 'VILLAGE',
} as const
export type AreaLevel = keyof typeof AreaLevel

registerEnumType(AreaLevel, { name: 'AreaLevel', description: 'Level of an area (tingkat wilayah).' })
registerEnumType(RegencyKind, {
  name: 'RegencyKind',
  description: 'Rural regency or city (kabupaten, kota).',
})
registerEnumType(VillageKind, {
  name: 'VillageKind',
  description: 'Urban or rural village (kelurahan, desa).',
})

@InterfaceType({
  description: 'An area by its official code (wilayah). Source: Kepmendagri 300.2.2-2138/2025.',
})
export abstract class Area {
  @Field(() => AreaCode)
  code!: string

  @Field(() => String)
  name!: string
}

@Directive('@key(fields: "code")')
@Extensions(rowsOf(ProvinceEntity, 'code'))
@ObjectType({ implements: Area, description: 'A province (provinsi).' })
export class Province extends Area {}

@Directive('@key(fields: "code")')
@Extensions(rowsOf(RegencyEntity, 'code'))
@ObjectType({ implements: Area, description: 'A regency or city (kabupaten/kota).' })
export class Regency extends Area {
  @Field(() => RegencyKind)
  kind!: RegencyKind

  @Field(() => Province)
  province!: Province
}

@Directive('@key(fields: "code")')
@Extensions(rowsOf(DistrictEntity, 'code'))
@ObjectType({ implements: Area, description: 'A district (kecamatan).' })
export class District extends Area {
  @Field(() => Regency)
  regency!: Regency
}

@Directive('@key(fields: "code")')
@Extensions(rowsOf(VillageEntity, 'code'))
@ObjectType({ implements: Area, description: 'A village (kelurahan/desa).' })
export class Village extends Area {
  @Field(() => VillageKind)
  kind!: VillageKind

  @Field(() => District)
  district!: District
}
