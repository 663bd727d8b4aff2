import { defineEntity, p } from '@mikro-orm/core'

/** Who pays a contribution. The first four are governments and have an area. */
export const PayerKind = {
  CENTRAL: 'CENTRAL',
  PROVINCE: 'PROVINCE',
  REGENCY: 'REGENCY',
  VILLAGE: 'VILLAGE',
  EMPLOYER: 'EMPLOYER',
  DONOR: 'DONOR',
  SELF: 'SELF',
} as const
export type PayerKind = keyof typeof PayerKind

/** Where the money comes from. */
export const FundingSource = {
  APBN: 'APBN',
  APBD_PROVINCE: 'APBD_PROVINCE',
  APBD_REGENCY: 'APBD_REGENCY',
  APBDES: 'APBDES',
  DBH_CHT: 'DBH_CHT',
  DBH_SAWIT: 'DBH_SAWIT',
  CSR: 'CSR',
  EMPLOYER: 'EMPLOYER',
  SELF: 'SELF',
} as const
export type FundingSource = keyof typeof FundingSource

/**
 * A payer. `areaCode` is the code of the area a government governs (`36`, `36.03`, `36.03.01.2001`), null for
 * the central government and for everybody who is not a government; it may name three kinds of area, so no
 * foreign key can hold it and a check on its length does.
 */
export const PayerEntity = defineEntity({
  name: 'Payer',
  tableName: 'payer',
  properties: {
    id: p.bigint('string').primary(),
    kind: p.enum(() => PayerKind),
    name: p.text(),
    areaCode: p.text().nullable(),
  },
  uniques: [{ name: 'payer_kind_name_unique', properties: ['kind', 'name'] }],
  indexes: [{ name: 'payer_area_code_index', properties: ['areaCode'] }],
  checks: [
    {
      name: 'payer_area_check',
      expression: `case kind when 'PROVINCE' then length(area_code) = 2 when 'REGENCY' then length(area_code) = 5 when 'VILLAGE' then length(area_code) = 13 else area_code is null end`,
    },
  ],
})
