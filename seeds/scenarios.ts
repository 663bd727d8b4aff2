import { DEFAULT_WORKERS, fillNational } from './national/fill.ts'
import type { Scenario } from './scenario.ts'
import { fillTangerang } from './tangerang-2022/fill.ts'

/** Every scenario a hub can be filled with, the default first. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'tangerang-2022',
    describe:
      'The demo: 15 May 2023 in Kabupaten Tangerang and the rest of Banten, 140,715 synthetic workers.',
    today: '2023-05-15',
    fill: fillTangerang,
  },
  {
    name: 'national',
    describe: 'Synthetic workers of all 514 regencies, as many as you like, for measuring.',
    today: '2023-05-15',
    defaultWorkers: DEFAULT_WORKERS,
    fill: fillNational,
  },
]
