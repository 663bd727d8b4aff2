import { WORKER_CATEGORIES, WorkerCategory } from '../../programs/worker-category.ts'
import { plainWord } from './plain-word.ts'

/** What lists call a category (DOMAIN.md §7), besides its id and its Indonesian name. */
const OTHER_NAMES: Readonly<Partial<Record<WorkerCategory, readonly string[]>>> = {
  FARM_LABOURER: ['buruh tembakau', 'buruh tani tembakau', 'buruh sawit'],
  AQUACULTURE: ['petambak', 'pembudi daya ikan'],
  STREET_VENDOR: ['asongan', 'mlijo'],
  MARKET_TRADER: ['PKL', 'warung', 'pedagang warung'],
  SWEEPER: ['tukang sapu'],
  MOTORCYCLE_TAXI: ['tukang ojek', 'ojol', 'ojek online', 'kurir'],
  DRIVER: ['supir', 'sopir angkot', 'supir angkot', 'sopir truk', 'supir truk'],
  PEDICAB: ['becak'],
  CONSTRUCTION_DAY: ['kuli', 'kuli bangunan', 'tukang bangunan'],
  DAY_LABOURER: ['buruh harian', 'buruh lepas', 'BHL'],
  DOMESTIC: ['PRT', 'asisten rumah tangga', 'ART'],
  GRAVEDIGGER: ['amil jenazah'],
  MOSQUE_KEEPER: ['merbot'],
  QURAN_TEACHER: ['guru mengaji'],
  HEALTH_CADRE: ['kader posyandu'],
  NEIGHBOURHOOD_HEAD: ['ketua RT', 'ketua RW'],
  VILLAGE_APPARATUS: ['kepala desa', 'aparat desa', 'BPD'],
  NON_ASN: ['honorer', 'pegawai honorer'],
}

const CATEGORY_OF_NAME: ReadonlyMap<string, WorkerCategory> = new Map(
  Object.values(WorkerCategory).flatMap((category) =>
    categoryNames(category).map((name) => [plainWord(name), category]),
  ),
)

/** Every name by which a file may call a category. */
export function categoryNames(category: WorkerCategory): readonly string[] {
  return [category, WORKER_CATEGORIES[category].indonesian, ...(OTHER_NAMES[category] ?? [])]
}

export function readCategory(text: string): WorkerCategory | null {
  return CATEGORY_OF_NAME.get(plainWord(text)) ?? null
}
