import { getDistricts, getVillages } from 'idn-area-data'
import { ageOn } from '../../src/kernel/date.ts'
import { getOrSet } from '../../src/kernel/get-or-set.ts'
import type { Month } from '../../src/kernel/month.ts'
import { monthsFrom } from '../../src/kernel/month.ts'
import type { Nik, Sex } from '../../src/kernel/nik.ts'
import { composeNik } from '../../src/kernel/nik.ts'
import type { WorkerCategory } from '../../src/programs/worker-category.ts'
import type { Random } from '../random.ts'
import { randomFrom, weighted } from '../random.ts'
import { liesIn } from './places.ts'
import type { DemoPerson } from './plain-data.ts'
import type { NamesPlan, Plan, RegistryPlan } from './plan.ts'

/** Real serials are small, so a NIK with one of these belongs to nobody. */
const FIRST_SERIAL = 9001
const LAST_SERIAL = 9999

/** What is settled about a person before the rest is drawn. */
export interface Wanted {
  readonly id: number
  readonly village: string
  /** Non-ASN staff of the government. */
  readonly staff: boolean
  /** Draws whole years on the registry's `agesOn`; as in the registry unless told. */
  readonly age?: (random: Random) => number
}

export interface PersonMaker {
  /** Draws villages of a regency, by their size. */
  villageOf(regency: string): (random: Random) => string
  /** @throws Error when the plan says nothing about the village, or no NIK is left. */
  person(wanted: Wanted, random: Random): DemoPerson
}

/**
 * Makes up people as the registry says. Its NIKs differ from each other.
 *
 * @param mayBe whether somebody born on that day may have a NIK.
 */
export async function personMaker(
  { registry, names }: Plan,
  mayBe: (nik: Nik, birthDate: string) => boolean = () => true,
): Promise<PersonMaker> {
  const [districts, villages] = await Promise.all([getDistricts(), getVillages()])
  const draw: Draw = {
    nik: nikMaker(
      districts.map(({ code }) => code),
      mayBe,
    ),
    name: nameMaker(names),
    category: categoryMaker(registry),
    decile: weighted(Object.entries(registry.deciles).map(([decile, weight]) => [Number(decile), weight])),
    deathMonth: (at) => at.pick(monthsFrom(registry.deaths.from, registry.deaths.to)),
  }
  return {
    villageOf: (regency) => {
      const inRegency = villages.filter(({ code }) => code.startsWith(`${regency}.`)).map(({ code }) => code)
      return villageMaker(inRegency, registry)
    },
    person: (wanted, random) => makePerson(wanted, random, draw, registry),
  }
}

interface Draw {
  nik(district: string, birthDate: string, sex: Sex, moved: boolean, random: Random): Nik
  name(sex: Sex, random: Random): string
  category(village: string, random: Random): { category: WorkerCategory; women: number }
  decile(random: Random): number
  deathMonth(random: Random): Month
}

function makePerson(
  { id, village, staff, age }: Wanted,
  random: Random,
  draw: Draw,
  plan: RegistryPlan,
): DemoPerson {
  const { shares, decileAsOf } = plan
  const { category, women } = staff
    ? ({ category: 'NON_ASN', women: 0.48 } as const)
    : draw.category(village, random)
  const sex = random.chance(women) ? 'FEMALE' : 'MALE'
  const birthDate = bornOn(
    plan.agesOn,
    age?.(random) ?? (random.chance(shares.overAge) ? oldAge(random) : workingAge(random)),
    random,
  )
  const moved = random.chance(shares.movedHere)
  const welfareDecile = staff ? staffDecile(random) : draw.decile(random)
  const swept = random.chance(decileAsOf.sweepShare)
  return {
    id,
    nik: draw.nik(village.slice(0, 8), birthDate, sex, moved, random),
    fullName: draw.name(sex, random),
    birthDate,
    sex,
    category,
    villageCode: village,
    domicileSince: moved ? movedOn(birthDate, plan.agesOn, random) : birthDate,
    deathMonth: random.chance(shares.deceased) ? draw.deathMonth(random) : null,
    welfareDecile,
    decileAsOf: welfareDecile === null ? null : swept ? decileAsOf.sweep : decileAsOf.earlier,
    civilServant: random.chance(shares.civilServant),
  }
}

/** Whole years from 18 to 64, most of them around 40. */
function workingAge(random: Random): number {
  return 18 + Math.floor((random.below(47) + random.below(47)) / 2)
}

/** Too old for a new registration, 65 to 74. */
function oldAge(random: Random): number {
  return 65 + random.below(10)
}

/** Government staff is mostly outside the welfare register; whoever is in it is not among the poor. */
function staffDecile(random: Random): number | null {
  return random.chance(0.7) ? null : 5 + random.below(3)
}

/** A birth date of somebody who has this age in whole years on the day. */
function bornOn(day: string, age: number, random: Random): string {
  const [years, rest] = [Number(day.slice(0, 4)) - age, day.slice(4)]
  return daysBefore(`${years}${rest}`, random.below(365))
}

/** Some day since the eighteenth birthday. */
function movedOn(birthDate: string, before: string, random: Random): string {
  const years = Math.max(1, ageOn(birthDate, before) - 18)
  return daysBefore(before, 1 + random.below(years * 365))
}

/** Written days by their number: a date object for each of a million would be half the work here. */
const writtenDays = new Map<number, string>()

function daysBefore(day: string, days: number): string {
  const number = Date.parse(day) / 86_400_000 - days
  return getOrSet(writtenDays, number, () => new Date(number * 86_400_000).toISOString().slice(0, 10))
}

function placeOf(village: string, { places }: RegistryPlan) {
  const place = places.find(({ in: area }) => liesIn(village, area))
  if (place) return place
  throw new Error(`The registry says nothing about the place ${village}.`)
}

/** Villages differ in size: each has a weight of its own, 0.4 to 1.6 times that of its place. */
function villageMaker(villages: readonly string[], plan: RegistryPlan): (random: Random) => string {
  const districts = Map.groupBy(villages, (village) => village.slice(0, 8))
  return weighted(
    villages.map((village) => {
      const size = 0.4 + randomFrom(`village ${village}`).below(121) / 100
      const inDistrict = districts.get(village.slice(0, 8))!.length
      return [village, (placeOf(village, plan).weight * size) / inDistrict]
    }),
  )
}

function categoryMaker(plan: RegistryPlan): Draw['category'] {
  const table = (livelihood: 'COAST' | 'FARMLAND' | 'TOWN') =>
    weighted(
      Object.entries(plan.categories).map(([category, row]) => [
        { category: category as WorkerCategory, women: row.women },
        row[livelihood],
      ]),
    )
  const draws = { COAST: table('COAST'), FARMLAND: table('FARMLAND'), TOWN: table('TOWN') }
  const livelihoods = new Map<string, keyof typeof draws>()
  return (village, random) => {
    const livelihood = getOrSet(livelihoods, village, () => placeOf(village, plan).livelihood)
    return draws[livelihood](random)
  }
}

function nameMaker({ women, men, last }: NamesPlan): Draw['name'] {
  return (sex, random) => {
    const first = sex === 'FEMALE' ? women : men
    const middle = random.chance(0.3) ? ` ${random.pick(first)}` : ''
    return `${random.pick(first)}${middle} ${random.pick(last)}`
  }
}

/** NIKs that differ: the next free serial of a district, birth date and sex. */
function nikMaker(
  districts: readonly string[],
  mayBe: (nik: Nik, birthDate: string) => boolean,
): Draw['nik'] {
  const serials = new Map<string, number>()
  return (district, birthDate, sex, moved, random) => {
    const issuedIn = moved ? random.pick(districts) : district
    const group = `${issuedIn} ${birthDate} ${sex}`
    for (let serial = serials.get(group) ?? FIRST_SERIAL; serial <= LAST_SERIAL; serial++) {
      const nik = composeNik({ district: issuedIn, birthDate, sex, serial })
      if (!mayBe(nik, birthDate)) continue
      serials.set(group, serial + 1)
      return nik
    }
    throw new Error(`No serial is left in ${issuedIn} for one day.`)
  }
}
