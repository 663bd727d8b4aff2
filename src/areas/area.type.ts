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
  description: 'An area by its official code, from Kepmendagri 300.2.2-2138/2025 (wilayah).',
})
export abstract class Area {
  @Field(() => AreaCode, { description: 'Official code (kode wilayah).' })
  code!: string

  @Field(() => String, { description: 'Official name (nama wilayah).' })
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
  @Field(() => RegencyKind, { description: 'Rural regency or city (kabupaten, kota).' })
  kind!: RegencyKind

  @Field(() => Province, { description: 'Around it (provinsi).' })
  province!: Province
}

@Directive('@key(fields: "code")')
@Extensions(rowsOf(DistrictEntity, 'code'))
@ObjectType({ implements: Area, description: 'A district (kecamatan).' })
export class District extends Area {
  @Field(() => Regency, { description: 'Around it (kabupaten/kota).' })
  regency!: Regency
}

@Directive('@key(fields: "code")')
@Extensions(rowsOf(VillageEntity, 'code'))
@ObjectType({ implements: Area, description: 'A village (kelurahan/desa).' })
export class Village extends Area {
  @Field(() => VillageKind, { description: 'Urban or rural (kelurahan, desa).' })
  kind!: VillageKind

  @Field(() => District, { description: 'Around it (kecamatan).' })
  district!: District
}
