import { defineEntity, p } from '@mikro-orm/core'

/** Kinds of a second-level area: digits 3-4 of its code are 01-69 for a kabupaten, 71-99 for a kota. */
export const RegencyKind = { KABUPATEN: 'KABUPATEN', KOTA: 'KOTA' } as const
export type RegencyKind = keyof typeof RegencyKind

/** Kinds of a village: the first digit of its last four is 1 kelurahan, 2 desa, 3 desa adat. */
export const VillageKind = { KELURAHAN: 'KELURAHAN', DESA: 'DESA', DESA_ADAT: 'DESA_ADAT' } as const
export type VillageKind = keyof typeof VillageKind

/** The 38 provinces. Codes are those of Kemendagri, always text: a number turns 11.10 into 11.1. */
export const ProvinceEntity = defineEntity({
  name: 'Province',
  tableName: 'province',
  properties: {
    code: p.text().primary(),
    name: p.text(),
  },
  checks: [{ name: 'province_code_check', expression: `code ~ '^[0-9]{2}$'` }],
})

export const RegencyEntity = defineEntity({
  name: 'Regency',
  tableName: 'regency',
  properties: {
    code: p.text().primary(),
    province: () => p.manyToOne(ProvinceEntity).index(),
    name: p.text(),
    kind: p.enum(() => RegencyKind),
  },
  checks: [
    { name: 'regency_code_check', expression: `code ~ '^[0-9]{2}\\.[0-9]{2}$'` },
    { name: 'regency_parent_check', expression: 'province_code = left(code, 2)' },
  ],
})

export const DistrictEntity = defineEntity({
  name: 'District',
  tableName: 'district',
  properties: {
    code: p.text().primary(),
    regency: () => p.manyToOne(RegencyEntity).index(),
    name: p.text(),
  },
  checks: [
    { name: 'district_code_check', expression: `code ~ '^[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}$'` },
    { name: 'district_parent_check', expression: 'regency_code = left(code, 5)' },
  ],
})

export const VillageEntity = defineEntity({
  name: 'Village',
  tableName: 'village',
  properties: {
    code: p.text().primary(),
    district: () => p.manyToOne(DistrictEntity).index(),
    name: p.text(),
    kind: p.enum(() => VillageKind),
  },
  checks: [
    { name: 'village_code_check', expression: `code ~ '^[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}$'` },
    { name: 'village_parent_check', expression: 'district_code = left(code, 8)' },
  ],
})
