import { expect } from 'vitest'
import type { Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { composeNik } from '../../src/kernel/nik.ts'
import { rosterSubmission } from '../../src/rosters/bpjs/submission.ts'
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

/** Who is in it: so many people whom nobody has seen before, or these. */
export interface People {
  readonly people: number | readonly RowPerson[]
  readonly names?: (row: number) => string
}

/** A roster of new people from June to December 2023, enrolled by the real work. */
export async function anEnrolledRoster(
  hub: Hub,
  program: InsertedProgram,
  { people, names = () => PLANTED_NAME }: People,
): Promise<EnrolledRoster> {
  const persons =
    typeof people === 'number' ? Array.from({ length: people }, (_, n) => aPerson(names(n + 1))) : people
  const roster = aRoster(program).inState('APPROVED')
  for (const [n, person] of persons.entries()) roster.withRow({ outcome: 'ELIGIBLE', rank: n + 1 }, person)
  const { id } = await roster.in(hub)
  await workOnRosters(hub)
  const rows = await hub.db.query<{ worker: string; enrollment: string }>(
    `/* test.enrolled */ select worker_id as worker, enrollment_id as enrollment from roster_row
      where roster_id = $1 and outcome = 'ENROLLED' order by row`,
    [id],
  )
  expect(rows).toHaveLength(persons.length)
  return {
    id,
    people: persons,
    workers: rows.map(({ worker }) => worker),
    enrollments: rows.map(({ enrollment }) => enrollment),
  }
}

/** The same, about which BPJS has been asked by somebody who may. */
export async function aSubmittedRoster(
  hub: Hub,
  program: InsertedProgram,
  { viewer, ...people }: People & { readonly viewer: Viewer },
): Promise<EnrolledRoster> {
  const roster = await anEnrolledRoster(hub, program, people)
  const submission = await rosterSubmission(hub.context({ viewer }), roster.id)
  for await (const _ of submission!.csv);
  return roster
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
