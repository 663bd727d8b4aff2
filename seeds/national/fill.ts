import { z } from 'zod'
import type { Query } from '../../src/db/database.ts'
import { SetupError } from '../../src/kernel/errors.ts'
import type { Sex } from '../../src/kernel/nik.ts'
import { composeNik } from '../../src/kernel/nik.ts'
import type { Step } from '../../src/kernel/progress.ts'
import { writeHubLines } from '../hub-lines.ts'
import { fillVault } from '../identities.ts'
import { PEOPLE_TABLES } from '../people-tables.ts'
import { randomFrom } from '../random.ts'
import { rebuildingIndexes } from '../rebuild-indexes.ts'
import type { FillOptions } from '../scenario.ts'
import { readYaml } from '../yaml-file.ts'
import {
  ADOPT_BUDGETS,
  INSERT_BUDGETS,
  INSERT_CHARGES,
  INSERT_ENROLLMENTS,
  INSERT_ENTRIES,
  INSERT_PAYERS,
  INSERT_PROGRAMS,
  INSERT_REPORTED_LINES,
  INSERT_WORKERS,
  LIST_IDENTITIES,
} from './sql.ts'

export const DEFAULT_WORKERS = 100_000

/** Below this the serials of one district, birth date and sex cannot run out. */
const MOST_WORKERS = 20_000_000

/**
 * Fills an empty hub that has its areas with workers of all 514 regencies, inside PostgreSQL. Two runs with the
 * same number of workers give the same rows, except what encryption makes random.
 *
 * @param options workers, default 100,000; identities false leaves the vault empty, which saves a fifth of the
 *   time and makes `checkCoverage` know nobody.
 * @throws SetupError when the number of workers is not a whole number from 1,000 to 20,000,000.
 */
export async function fillNational(query: Query, options: FillOptions): Promise<void> {
  const { progress, workers = DEFAULT_WORKERS, identities = true } = options
  if (!Number.isInteger(workers) || workers < 1000 || workers > MOST_WORKERS) {
    throw new SetupError(`The number of workers must be a whole number from 1000 to ${MOST_WORKERS}.`)
  }
  // Sorting a million rows in memory; both settings end with the transaction.
  await query(`/* seed.memory */ set local work_mem = '128MB'; set local maintenance_work_mem = '256MB'`)
  const step = async (label: string, ...statements: (() => Promise<unknown>)[]) => {
    const running = progress.step(label)
    for (const statement of statements) await statement()
    running.done()
  }
  let checking: Step | undefined
  await rebuildingIndexes(query, PEOPLE_TABLES, async () => {
    await step('Registering workers', () => query(INSERT_WORKERS, [workers]))
    if (identities) await sealIdentities(query, workers, options)
    await step(
      'Starting programs',
      () => query(INSERT_PAYERS),
      () => query(INSERT_PROGRAMS),
      () => query(INSERT_BUDGETS),
    )
    await step(
      'Enrolling',
      () => query(INSERT_ENROLLMENTS),
      () => query(ANALYZE),
      () => query(INSERT_CHARGES),
    )
    await step(
      'Keeping the ledger',
      () => query(INSERT_ENTRIES),
      () => query(ADOPT_BUDGETS),
    )
    await step(
      'Writing coverage',
      () => writeHubLines(query),
      () => query(INSERT_REPORTED_LINES),
    )
    checking = progress.step('Checking every rule')
  })
  checking?.done()
}

/** Without statistics of what was just written the planner would join row by row. */
const ANALYZE = '/* seed.national_analyze */ analyze worker, enrollment, payer, coverage_program, budget'

const VAULT_BATCH = 10_000

/** PostgreSQL lists who there is; NIKs are composed and sealed here, because the keys never go there. */
async function sealIdentities(query: Query, workers: number, { keys, progress }: FillOptions): Promise<void> {
  const names = readYaml('seeds/tangerang-2022/names.yaml', Names)
  const random = randomFrom('national names')
  const step = progress.step('Sealing their identities', workers)
  await query(LIST_IDENTITIES)
  await query('/* seed.national_identity_index */ create index on seed_identity (id)')
  for (let first = 1; first <= workers; first += VAULT_BATCH) {
    const people = await query<Person>(
      `/* seed.national_identity_batch */ select id, district_code as district, sex, born, serial
        from seed_identity where id >= $1 and id < $2 order by id`,
      [first, first + VAULT_BATCH],
    )
    const identities = people.map(({ id, district, sex, born, serial }) => ({
      id: Number(id),
      nik: composeNik({ district, birthDate: born, sex, serial: Number(serial) }),
      fullName: `${random.pick(sex === 'FEMALE' ? names.women : names.men)} ${random.pick(names.last)}`,
      birthDate: born,
    }))
    await fillVault(query, identities, keys, step)
  }
  step.done(`${workers} identities`)
}

interface Person {
  readonly id: string
  readonly district: string
  readonly sex: Sex
  readonly born: string
  readonly serial: string
}

const Names = z.object({ women: z.array(z.string()), men: z.array(z.string()), last: z.array(z.string()) })
