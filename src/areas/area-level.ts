import type { EntitySchema } from '@mikro-orm/core'
import { type Column, entityOf, type Ref, type Sql, sql } from '../planner/sql.ts'
import { DistrictEntity, ProvinceEntity, RegencyEntity, VillageEntity } from './area.entity.ts'
import type { AreaLevel } from './area.type.ts'

/** The symbolic row of any kind of area. */
export type AreaRef = Ref<{ code: string; name: string }>

const LEVELS: readonly { level: AreaLevel; entity: EntitySchema; codeLength: number }[] = [
  { level: 'PROVINCE', entity: ProvinceEntity, codeLength: 2 },
  { level: 'REGENCY', entity: RegencyEntity, codeLength: 5 },
  { level: 'DISTRICT', entity: DistrictEntity, codeLength: 8 },
  { level: 'VILLAGE', entity: VillageEntity, codeLength: 13 },
]

/** The level of a symbolic area. */
export function levelOf(area: AreaRef): AreaLevel {
  const entity = entityOf(area)
  const found = LEVELS.find((candidate) => candidate.entity === entity)
  if (!found) throw new Error('not an area')
  return found.level
}

/** The level of an area's code. */
export function levelOfCode(code: string): AreaLevel {
  return LEVELS.find(({ codeLength }) => codeLength === code.length)!.level
}

/** The entity of a level. */
export function entityOfLevel(level: AreaLevel): EntitySchema {
  return LEVELS.find((candidate) => candidate.level === level)!.entity
}

/** Whether a code is that of an area or of one inside it; codes nest by their prefix. */
export function isWithin(code: Column, area: Sql | string): Sql {
  const within = typeof area === 'string' ? sql`${area}::text` : area
  return sql`(${code} = ${within} or starts_with(${code}, ${within} || '.'))`
}
