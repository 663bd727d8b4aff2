import { type FieldsByPermission, grantAll, type Policy } from '../access/policy.ts'
import { DistrictEntity, ProvinceEntity, RegencyEntity, VillageEntity } from './area.entity.ts'

/** Areas are public reference data. */
export const areaPolicy: Policy = {
  tables: [ProvinceEntity, RegencyEntity, DistrictEntity, VillageEntity].map(grantAll),
  fields: {
    Query: { anyone: ['province', 'provinces', 'regency', 'regencies'] },
    Province: { anyone: ['code', 'name', 'level', 'regencies'] },
    Regency: { anyone: ['code', 'name', 'level', 'kind', 'province', 'districts'] },
    District: { anyone: ['code', 'name', 'level', 'regency', 'villages'] },
    Village: { anyone: ['code', 'name', 'level', 'kind', 'district'] },
  },
}

/** The same rule for a field that a room adds to every kind of area. */
export function ofEveryArea(fields: FieldsByPermission): Record<string, FieldsByPermission> {
  return { Province: fields, Regency: fields, District: fields, Village: fields }
}
