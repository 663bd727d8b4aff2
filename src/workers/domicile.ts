import { anyOf } from '../access/answers.ts'
import type { Answer } from '../access/policy.ts'
import { seesEverywhere, type Viewer } from '../access/viewer.ts'
import type { AreaLevel } from '../areas/area.type.ts'
import { type AreaRef, levelOf, levelOfCode } from '../areas/area-level.ts'
import { type Column, type Ref, type RowOf, type Sql, sql } from '../planner/sql.ts'
import type { WorkerEntity } from './worker.entity.ts'

export type WorkerRef = Ref<RowOf<typeof WorkerEntity>>

/** The column that holds a worker's area of a level. */
export function domicileAt(worker: WorkerRef, level: AreaLevel): Column {
  switch (level) {
    case 'PROVINCE':
      return worker.province
    case 'REGENCY':
      return worker.regency
    case 'DISTRICT':
      return worker.district
    case 'VILLAGE':
      return worker.village
  }
}

/** Whether a worker lives in the area of a code. */
export function livesIn(worker: WorkerRef, areaCode: string): Sql {
  return sql`${domicileAt(worker, levelOfCode(areaCode))} = ${areaCode}`
}

/** Whether a worker lives in a symbolic area. */
export function livesInArea(worker: WorkerRef, area: AreaRef): Sql {
  return sql`${domicileAt(worker, levelOf(area))} = ${area.code}`
}

/** Whether a row is a person's own: nobody sees or counts one that was merged into another. */
export function isUnmerged(worker: WorkerRef): Sql {
  return sql`${worker.mergedIntoId} is null`
}

/** Whether a worker lives in one of the viewer's areas. */
export function livesWithinReach(worker: WorkerRef, viewer: Viewer): Answer {
  if (seesEverywhere(viewer)) return true
  const byLevel = Map.groupBy(viewer.areas, levelOfCode)
  return anyOf(
    [...byLevel].map(([level, codes]) =>
      codes.length === 1
        ? sql`${domicileAt(worker, level)} = ${codes[0]}`
        : sql`${domicileAt(worker, level)} = any(${codes}::text[])`,
    ),
  )
}
