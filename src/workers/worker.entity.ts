import { defineEntity, p } from '@mikro-orm/core'
import { DistrictEntity, ProvinceEntity, RegencyEntity, VillageEntity } from '../areas/area.entity.ts'
import { WorkerCategory } from '../programs/worker-category.ts'

export const Sex = { FEMALE: 'FEMALE', MALE: 'MALE' } as const
export type Sex = keyof typeof Sex

export const LifeStatus = { ALIVE: 'ALIVE', DECEASED: 'DECEASED' } as const
export type LifeStatus = keyof typeof LifeStatus

/**
 * A person who works, without identity: what rules need and no more. NIK, name and birth date are in the vault
 * (`WorkerIdentityEntity`). District, regency and province follow from the village's code, so that they can
 * never disagree with it, and are columns so that a jurisdiction is one indexed comparison. A row with
 * `mergedIntoId` was found to be the same person as that other row, to whom everything of his has moved: it is kept so
 * that the merge can be undone, and nobody sees or counts it.
 */
export const WorkerEntity = defineEntity({
  name: 'Worker',
  tableName: 'worker',
  properties: {
    id: p.bigint('string').primary(),
    category: p.enum(() => WorkerCategory),
    sex: p.enum(() => Sex),
    birthMonth: p.date(),
    village: () => p.manyToOne(VillageEntity).index(),
    district: () =>
      p
        .manyToOne(DistrictEntity)
        .createForeignKeyConstraint(false)
        .generated('(left(village_code, 8)) stored')
        .index(),
    regency: () =>
      p
        .manyToOne(RegencyEntity)
        .createForeignKeyConstraint(false)
        .generated('(left(village_code, 5)) stored'),
    province: () =>
      p
        .manyToOne(ProvinceEntity)
        .createForeignKeyConstraint(false)
        .generated('(left(village_code, 2)) stored'),
    domicileSince: p.date(),
    lifeStatus: p.enum(() => LifeStatus).default('ALIVE'),
    deathMonth: p.date().nullable(),
    welfareDecile: p.smallint().nullable(),
    decileAsOf: p.date().nullable(),
    civilServant: p.boolean().default(false),
    mergedIntoId: p.bigint('string').nullable(),
  },
  indexes: [
    { name: 'worker_regency_id_index', properties: ['regency', 'id'] },
    { name: 'worker_province_id_index', properties: ['province', 'id'] },
    {
      name: 'worker_merged_into_index',
      expression:
        'create index "worker_merged_into_index" on "worker" ("merged_into_id") where merged_into_id is not null',
    },
  ],
  checks: [
    { name: 'worker_birth_month_check', expression: 'extract(day from birth_month) = 1' },
    { name: 'worker_death_check', expression: `(life_status = 'DECEASED') = (death_month is not null)` },
    { name: 'worker_death_month_check', expression: 'extract(day from death_month) = 1' },
    { name: 'worker_welfare_decile_check', expression: 'welfare_decile between 1 and 10' },
    { name: 'worker_merged_check', expression: 'merged_into_id <> id' },
    { name: 'worker_decile_dated_check', expression: '(welfare_decile is null) = (decile_as_of is null)' },
  ],
})
