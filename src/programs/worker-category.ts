/** Sectors of work; TRANSPORT decides about the relief of 2026. */
export const Sector = {
  AGRI: 'AGRI',
  FISH: 'FISH',
  TRADE: 'TRADE',
  WASTE: 'WASTE',
  TRANSPORT: 'TRANSPORT',
  CONSTRUCTION: 'CONSTRUCTION',
  MINING: 'MINING',
  SERVICE: 'SERVICE',
  VILLAGE: 'VILLAGE',
  GOV: 'GOV',
  OTHER: 'OTHER',
} as const
export type Sector = keyof typeof Sector

/**
 * Every category of worker: its sector, its KBJI 2014 (= ISCO-08) codes, its Indonesian name. The assignment of
 * codes is ours; categories without a code are classified by the job itself.
 */
export const WORKER_CATEGORIES = {
  FARMER: { sector: 'AGRI', kbji: ['6111', '6112'], indonesian: 'petani' },
  FARM_LABOURER: { sector: 'AGRI', kbji: ['9211'], indonesian: 'buruh tani' },
  LIVESTOCK: { sector: 'AGRI', kbji: ['6121'], indonesian: 'peternak' },
  FISHER: { sector: 'FISH', kbji: ['6222', '6223'], indonesian: 'nelayan' },
  AQUACULTURE: { sector: 'FISH', kbji: ['6221'], indonesian: 'pembudidaya ikan' },
  STREET_VENDOR: { sector: 'TRADE', kbji: ['9520', '5212'], indonesian: 'pedagang asongan' },
  MARKET_TRADER: { sector: 'TRADE', kbji: ['5211', '5221'], indonesian: 'pedagang kaki lima' },
  SCAVENGER: { sector: 'WASTE', kbji: ['9612', '9611'], indonesian: 'pemulung' },
  SWEEPER: { sector: 'WASTE', kbji: ['9613'], indonesian: 'petugas kebersihan' },
  MOTORCYCLE_TAXI: { sector: 'TRANSPORT', kbji: ['8321', '9621'], indonesian: 'ojek' },
  DRIVER: { sector: 'TRANSPORT', kbji: ['8322', '8332'], indonesian: 'sopir' },
  PEDICAB: { sector: 'TRANSPORT', kbji: ['9331'], indonesian: 'tukang becak' },
  CONSTRUCTION_DAY: { sector: 'CONSTRUCTION', kbji: ['9313', '7112'], indonesian: 'buruh bangunan' },
  DAY_LABOURER: { sector: 'OTHER', kbji: ['9622'], indonesian: 'buruh harian lepas' },
  SAND_MINER: { sector: 'MINING', kbji: ['9311'], indonesian: 'penambang pasir' },
  DOMESTIC: { sector: 'SERVICE', kbji: ['9111'], indonesian: 'pekerja rumah tangga' },
  GRAVEDIGGER: { sector: 'SERVICE', kbji: ['9622', '5163'], indonesian: 'penggali kubur' },
  MOSQUE_KEEPER: { sector: 'SERVICE', kbji: ['5153'], indonesian: 'marbot' },
  QURAN_TEACHER: { sector: 'SERVICE', kbji: ['2359'], indonesian: 'guru ngaji' },
  HEALTH_CADRE: { sector: 'SERVICE', kbji: ['3253'], indonesian: 'kader kesehatan' },
  NEIGHBOURHOOD_HEAD: { sector: 'VILLAGE', kbji: ['1113'], indonesian: 'ketua RT/RW' },
  VILLAGE_APPARATUS: { sector: 'VILLAGE', kbji: ['1113', '4110'], indonesian: 'perangkat desa' },
  NON_ASN: { sector: 'GOV', kbji: [], indonesian: 'pegawai non-ASN' },
  PPPK_PART_TIME: { sector: 'GOV', kbji: [], indonesian: 'PPPK paruh waktu' },
} as const satisfies Record<string, { sector: Sector; kbji: readonly string[]; indonesian: string }>

export type WorkerCategory = keyof typeof WORKER_CATEGORIES

export const WorkerCategory = Object.fromEntries(
  Object.keys(WORKER_CATEGORIES).map((category) => [category, category]),
) as { readonly [C in WorkerCategory]: C }
