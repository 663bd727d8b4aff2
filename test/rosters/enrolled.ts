import { expect } from 'vitest'
import type { Hub } from '../../src/app.ts'
import { composeNik } from '../../src/kernel/nik.ts'
import { workOnRosters } from '../../src/rosters/roster-work.ts'
import type { InsertedProgram } from '../harness/builders.ts'
import { PLANTED_NAME } from '../harness/planted-name.ts'
import { aRoster, type RowPerson } from './world.ts'

export interface EnrolledRoster {
  readonly id: string
  /** Of each row, in their order. */
  readonly people: readonly RowPerson[]
  readonly workers: readonly string[]
  readonly enrollments: readonly string[]
}

let born = 0

/** A woman of 1975 to 1998, on a day of her own: nobody could be taken for anybody else. */
function aPerson(fullName: string): RowPerson {
  const n = born++
  const two = (number: number) => String(number).padStart(2, '0')
  const birthDate = `${1975 + (Math.floor(n / 336) % 24)}-${two(1 + (Math.floor(n / 28) % 12))}-${two(1 + (n % 28))}`
  return {
    nik: composeNik({ district: '36.03.01', birthDate, sex: 'FEMALE', serial: 9_001 }),
    fullName,
    birthDate,
  }
}

/** A roster of so many new people from June to December 2023, enrolled by the real work. */
export async function anEnrolledRoster(
  hub: Hub,
  program: InsertedProgram,
  { people, names = () => PLANTED_NAME }: { people: number; names?: (row: number) => string },
): Promise<EnrolledRoster> {
  const persons = Array.from({ length: people }, (_, n) => aPerson(names(n + 1)))
  const roster = aRoster(program).inState('APPROVED')
  for (const [n, person] of persons.entries()) roster.withRow({ outcome: 'ELIGIBLE', rank: n + 1 }, person)
  const { id } = await roster.in(hub)
  await workOnRosters(hub)
  const rows = await hub.db.query<{ worker: string; enrollment: string }>(
    `/* test.enrolled */ select worker_id as worker, enrollment_id as enrollment from roster_row
      where roster_id = $1 and outcome = 'ENROLLED' order by row`,
    [id],
  )
  expect(rows).toHaveLength(people)
  return {
    id,
    people: persons,
    workers: rows.map(({ worker }) => worker),
    enrollments: rows.map(({ enrollment }) => enrollment),
  }
}

/** What was decided of enrollments, in their order. */
export async function decisionsOf(
  { db }: Pick<Hub, 'db'>,
  enrollments: readonly string[],
): Promise<string[]> {
  const rows = await db.query<{ decision: string }>(
    `/* test.decisions */ select decision from unnest($1::bigint[]) with ordinality as asked (id, n)
      join enrollment using (id) order by n`,
    [enrollments],
  )
  return rows.map(({ decision }) => decision)
}
