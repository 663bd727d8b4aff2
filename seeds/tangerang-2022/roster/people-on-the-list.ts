import { getOrSet } from '../../../src/kernel/get-or-set.ts'
import { addMonths } from '../../../src/kernel/month.ts'
import { isOneSlipAway, type Nik } from '../../../src/kernel/nik.ts'
import { contains } from '../../../src/kernel/period.ts'
import { type Random, randomFrom } from '../../random.ts'
import type { Demo } from '../demo.ts'
import { periodOf } from '../enroll.ts'
import { type PersonMaker, personMaker } from '../person-maker.ts'
import { liesIn } from '../places.ts'
import type { DemoLine, DemoPerson } from '../plain-data.ts'
import type { Plan, ProgramPlan } from '../plan.ts'
import { type Judgment, judgePerson } from './judge-person.ts'
import type { RosterPlan } from './roster-plan.ts'

/** Somebody whom the list names. */
export interface Listed {
  readonly person: DemoPerson
  /** Whether the hub knows the person: then it goes by its own record, else by the row. */
  readonly isKnown: boolean
  readonly judgment: Judgment
}

/**
 * Whom the list names, each once: those to be renewed, those of the registry whom nobody covers, those whom no registry
 * knows, and those who should not be on it.
 *
 * @throws Error when the registry has too few of a kind.
 */
export async function peopleOnTheList(demo: Demo, plan: Plan, roster: RosterPlan): Promise<Listed[]> {
  const program = programOf(roster, plan)
  const lines = Map.groupBy(demo.lines, ({ workerId }) => workerId)
  const judge = (person: DemoPerson, of: readonly DemoLine[]) => judgePerson(person, of, program, roster.area)
  const registry = demo.people.map((person): Listed => {
    return { person, isKnown: true, judgment: judge(person, lines.get(person.id) ?? []) }
  })
  const unknown = (await unknownPeople(demo.people, plan, roster)).map((person): Listed => {
    return { person, isKnown: false, judgment: judge(person, []) }
  })

  const ending = endingBefore(program, demo, plan)
  const renewed = registry.filter(({ person }) => ending.has(person.id))
  const others = registry.filter(({ person }) => !ending.has(person.id))
  const misplaced = roster.known.flatMap(({ finding, people }) =>
    draw(
      people,
      finding,
      others.filter((listed) => isFound(listed, finding, roster.area)),
    ),
  )
  const lastMonth = addMonths(program.from, -1)
  const uncovered = others.filter(
    ({ person, judgment }) =>
      judgment.outcome === 'ELIGIBLE' &&
      !lines.get(person.id)?.some(({ period }) => contains(period, lastMonth)),
  )
  const rest = roster.rows - roster.twice - renewed.length - misplaced.length - unknown.length
  return [...renewed, ...draw(rest, 'uncovered', uncovered), ...misplaced, ...unknown]
}

/** @throws Error when the plan has no such program. */
function programOf(roster: RosterPlan, { programs }: Plan): ProgramPlan {
  const program = programs.find(({ code }) => code === roster.program)
  if (program) return program
  throw new Error(`The list is for ${roster.program}, which is no program of setup.yaml.`)
}

/** Ids of those whom the same payer covers until the month before the program. */
function endingBefore(program: ProgramPlan, { enrollments }: Demo, { programs }: Plan): ReadonlySet<number> {
  const own = new Set(programs.filter(({ payer }) => payer === program.payer).map(({ code }) => code))
  return new Set(
    enrollments
      .filter(({ programCode, period }) => own.has(programCode) && period.until === periodOf(program).from)
      .map(({ workerId }) => workerId),
  )
}

/** Whether this is what the hub will find, and the only thing. */
function isFound(
  { person, judgment }: Listed,
  finding: RosterPlan['known'][number]['finding'],
  area: string,
) {
  if (finding === 'ALREADY_COVERED')
    return judgment.outcome === 'ALREADY_COVERED' && liesIn(person.villageCode, area)
  return judgment.outcome === 'INELIGIBLE' && judgment.findings.join() === finding
}

function draw(count: number, what: string, candidates: readonly Listed[]): Listed[] {
  if (candidates.length >= count) return randomFrom(`list ${what}`).shuffle(candidates).slice(0, count)
  throw new Error(`The list finds ${candidates.length} people for ${count}: ${what}.`)
}

/**
 * People whom nobody has registered, ids after those of the registry. None of them can be taken for somebody else: of
 * those born on a day no two NIKs are one slip of the pen away from each other.
 */
async function unknownPeople(
  registry: readonly DemoPerson[],
  plan: Plan,
  roster: RosterPlan,
): Promise<DemoPerson[]> {
  const born = new Map<string, Nik[]>()
  const add = ({ birthDate, nik }: DemoPerson) => getOrSet(born, birthDate, () => []).push(nik)
  for (const person of registry) add(person)
  const maker = await personMaker(
    plan,
    (nik, birthDate) => !born.get(birthDate)?.some((other) => other === nik || isOneSlipAway(nik, other)),
  )
  const people: DemoPerson[] = []
  for (const group of roster.unknown) {
    const random = randomFrom(`list ${group.who}`)
    const village = maker.villageOf(group.in ?? roster.area)
    for (let at = 0; at < group.people; at++) {
      const id = registry.length + people.length + 1
      const person = unknownPerson(id, village(random), group, maker, random)
      add(person)
      people.push(person)
    }
  }
  return people
}

function unknownPerson(
  id: number,
  village: string,
  { staff, ages, deciles }: RosterPlan['unknown'][number],
  maker: PersonMaker,
  random: Random,
): DemoPerson {
  const made = maker.person({ id, village, staff, age: (from) => between(ages, from) }, random)
  // Deaths and the civil service are facts of the hub; a row says nothing about them.
  const person = { ...made, deathMonth: null, civilServant: false }
  return deciles ? { ...person, welfareDecile: random.pick(deciles) } : person
}

/** Both included; the middle is drawn most often. */
function between([from, to]: readonly [number, number], random: Random): number {
  const count = to - from + 1
  return from + Math.floor((random.below(count) + random.below(count)) / 2)
}
