import { createRequire } from 'node:module'
import { getDistricts, getProvinces, getRegencies, getVillages } from 'idn-area-data'
import type { Database, Query } from '../db/database.ts'
import type { Progress } from '../kernel/progress.ts'

/** How many areas of each level there are. */
export interface AreaCounts {
  readonly provinces: number
  readonly regencies: number
  readonly districts: number
  readonly villages: number
}

/**
 * The decision the codes and names come from, amended for islands by 300.2.2-2430/2025, and the
 * package that carries them (data under ODbL 1.0, see NOTICE).
 */
const DECISION = 'Kepmendagri 300.2.2-2138/2025'
const EDITION = `${DECISION}, idn-area-data ${packageVersion('idn-area-data')}`

/** The setting that remembers which edition is loaded, and how many areas it has. */
const SETTING = 'areas'

/**
 * Loads every area of Indonesia unless this edition is loaded already. Another edition renames and adds; it never
 * removes, because old identity numbers and rosters carry retired codes.
 *
 * @returns the areas of the edition.
 */
export async function loadAreas(db: Database, progress: Progress): Promise<AreaCounts> {
  const loaded = await loadedCounts(db.query)
  if (loaded !== undefined) return loaded
  const step = progress.step('Loading the areas of Indonesia')
  const [provinces, regencies, districts, villages] = await Promise.all([
    getProvinces(),
    getRegencies(),
    getDistricts(),
    getVillages(),
  ])
  const counts: AreaCounts = {
    provinces: provinces.length,
    regencies: regencies.length,
    districts: districts.length,
    villages: villages.length,
  }
  await db.transaction(async (query) => {
    await insert(query, PROVINCES, provinces)
    await insert(query, REGENCIES, regencies)
    await insert(query, DISTRICTS, districts)
    await insert(query, VILLAGES, villages)
    await query(
      `/* areas.remember */ insert into setting (name, value) values ($1, $2)
      on conflict (name) do update set value = excluded.value`,
      [SETTING, JSON.stringify({ edition: EDITION, ...counts })],
    )
  })
  step.done(`${counts.villages} villages in ${counts.regencies} regencies`)
  return counts
}

/** Whether {@link loadAreas} has nothing to do. */
export async function areAreasLoaded(query: Query): Promise<boolean> {
  return (await loadedCounts(query)) !== undefined
}

async function loadedCounts(query: Query): Promise<AreaCounts | undefined> {
  const [row] = await query<{ value: string }>(
    `/* areas.loaded */ select value from setting
    where name = $1 and exists (select from province) and exists (select from regency)
      and exists (select from district) and exists (select from village)`,
    [SETTING],
  )
  if (row === undefined) return undefined
  const { edition, ...counts } = JSON.parse(row.value) as AreaCounts & { edition: string }
  return edition === EDITION ? counts : undefined
}

/** Codes and names travel as two arrays: one statement a level, and no limit on the number of parameters. */
async function insert(query: Query, text: string, areas: readonly { code: string; name: string }[]) {
  await query(text, [areas.map(({ code }) => code), areas.map(({ name }) => name)])
}

// The parent and the kind of an area are read from the digits of its code.

const PROVINCES = `/* areas.load_provinces */
  insert into province (code, name)
  select code, name from unnest($1::text[], $2::text[]) as area (code, name)
  on conflict (code) do update set name = excluded.name`

const REGENCIES = `/* areas.load_regencies */
  insert into regency (code, province_code, name, kind)
  select code, left(code, 2), name, case when substr(code, 4, 2) < '70' then 'KABUPATEN' else 'KOTA' end
  from unnest($1::text[], $2::text[]) as area (code, name)
  on conflict (code) do update set name = excluded.name, kind = excluded.kind`

const DISTRICTS = `/* areas.load_districts */
  insert into district (code, regency_code, name)
  select code, left(code, 5), name from unnest($1::text[], $2::text[]) as area (code, name)
  on conflict (code) do update set name = excluded.name`

const VILLAGES = `/* areas.load_villages */
  insert into village (code, district_code, name, kind)
  select code, left(code, 8), name,
    case substr(code, 10, 1) when '1' then 'KELURAHAN' when '2' then 'DESA' when '3' then 'DESA_ADAT' end
  from unnest($1::text[], $2::text[]) as area (code, name)
  on conflict (code) do update set name = excluded.name, kind = excluded.kind`

function packageVersion(name: string): string {
  return createRequire(import.meta.url)(`${name}/package.json`).version
}
