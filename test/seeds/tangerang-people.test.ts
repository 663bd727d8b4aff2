import { createHash } from 'node:crypto'
import { getDistricts } from 'idn-area-data'
import { beforeAll, expect, test } from 'vitest'
import type { Demo } from '../../seeds/tangerang-2022/demo.ts'
import { generateDemo } from '../../seeds/tangerang-2022/demo.ts'
import { generatePeople } from '../../seeds/tangerang-2022/people.ts'
import type { DemoLine, DemoPerson } from '../../seeds/tangerang-2022/plain-data.ts'
import { ageOn } from '../../src/kernel/date.ts'
import { addMonths, firstDay, type Month, parseMonth } from '../../src/kernel/month.ts'
import { inspectNik } from '../../src/kernel/nik.ts'
import { contains, overlaps } from '../../src/kernel/period.ts'

// The demo as plain data; no database.

let demo: Demo
let linesOf: Map<number, DemoLine[]>

beforeAll(async () => {
  demo = await generateDemo()
  linesOf = Map.groupBy(demo.lines, ({ workerId }) => workerId)
})

const TANGERANG = '36.03.'
const NOW = parseMonth('2023-05')
const covered = () => demo.people.filter(({ id }) => linesOf.has(id))
const livesIn = (area: string) => (person: DemoPerson) => person.villageCode.startsWith(area)
const shareOf = (people: DemoPerson[], is: (person: DemoPerson, lines: DemoLine[]) => boolean) =>
  people.filter((person) => is(person, linesOf.get(person.id)!)).length / people.length

/** Whom a subsidy may reach. */
function isEligible(
  { id, birthDate, deathMonth, civilServant, category, welfareDecile }: DemoPerson,
  month: Month,
) {
  const age = ageOn(birthDate, firstDay(month))
  const atWork = linesOf.get(id)?.some(({ segment, period }) => segment === 'PU' && contains(period, month))
  const poor = category === 'NON_ASN' || (welfareDecile !== null && welfareDecile <= 4)
  return deathMonth === null && age >= 18 && age <= 64 && !civilServant && !atWork && poor
}

test('two generations give the same people and the same lines', async () => {
  const again = await generateDemo()
  const hash = ({ people, lines }: Demo) =>
    createHash('sha256')
      .update(JSON.stringify([people, lines]))
      .digest('hex')
  expect(hash(again)).toBe(hash(demo))
  expect(await generatePeople()).toEqual(demo.people)
})

test('the registry has about 110,000 people in Kabupaten Tangerang and 30,000 in its seven neighbors', () => {
  const regencies = Map.groupBy(demo.people, ({ villageCode }) => villageCode.slice(0, 5))
  const tangerang = regencies.get('36.03')!.length
  expect(regencies.size).toBe(8)
  expect(tangerang).toBe(110_600)
  expect(demo.people.length - tangerang).toBe(30_115)
})

test('nobody has a second payer: no two lines of the hub share a worker, a benefit and a month', () => {
  const conflicts = [...linesOf.values()].filter((lines) => {
    const hub = lines.filter(({ exclusiveGroup }) => exclusiveGroup !== null)
    return hasPair(hub, (a, b) => a.exclusiveGroup === b.exclusiveGroup && overlaps(a.period, b.period))
  })
  expect(conflicts).toEqual([])
})

test('of those who are covered 2 to 4 % have overlaps, 0.5 % died, 0.5 % were too old, 0.3 % are civil servants', () => {
  for (const people of [covered(), covered().filter(livesIn(TANGERANG))]) {
    const overlapping = shareOf(people, (_, lines) =>
      hasPair(lines, (a, b) => a.benefit === b.benefit && overlaps(a.period, b.period)),
    )
    expect(overlapping).toBeGreaterThan(0.02)
    expect(overlapping).toBeLessThan(0.04)
    const dead = shareOf(people, ({ deathMonth }, lines) =>
      lines.some(({ period }) => deathMonth !== null && period.until > addMonths(deathMonth, 1)),
    )
    expect(dead).toBeCloseTo(0.005, 3)
    const old = shareOf(people, ({ birthDate }, lines) =>
      lines.some(({ origin, period }) => origin === 'HUB' && ageOn(birthDate, firstDay(period.from)) >= 65),
    )
    expect(old).toBeCloseTo(0.005, 3)
    expect(shareOf(people, ({ civilServant }) => civilServant)).toBeCloseTo(0.003, 3)
  }
})

test('every NIK is one person, could be real, and belongs to nobody', async () => {
  const districts = new Set((await getDistricts()).map(({ code }) => code))
  const findings = new Set<string>()
  for (const { nik, birthDate, sex } of demo.people) {
    const inspection = inspectNik(nik, {
      today: demo.today,
      declaredBirthDate: birthDate,
      declaredSex: sex,
      knownDistrict: (code) => districts.has(code),
    })
    for (const { code } of inspection.findings) findings.add(code)
    if (Number(inspection.serial) < 9001) findings.add('SERIAL OF A LIVING PERSON')
  }
  expect([...findings]).toEqual([])
  expect(new Set(demo.people.map(({ nik }) => nik)).size).toBe(demo.people.length)
})

test('fishers live on the north coast, and wage earners are reported, never enrolled by the hub', () => {
  const coast = ['07', '08', '09', '10', '13', '14', '15', '33'].map((district) => `36.03.${district}`)
  const fishers = demo.people.filter(livesIn(TANGERANG)).filter(({ category }) => category === 'FISHER')
  const onTheCoast = fishers.filter(({ villageCode }) => coast.includes(villageCode.slice(0, 8)))
  expect(onTheCoast.length / fishers.length).toBeGreaterThan(0.9)
  const hub = demo.lines.filter(({ origin }) => origin === 'HUB')
  expect(new Set(hub.map(({ segment }) => segment))).toEqual(new Set(['BPU']))
})

test('what is left of the 2023 ceiling pays about 96 % of the eligible part of the next step', () => {
  const tangerang = demo.people.filter(livesIn(TANGERANG))
  const enrolled = new Set(
    demo.enrollments
      .filter(({ programCode }) => programCode.startsWith('KAB-'))
      .map(({ workerId }) => workerId),
  )
  const newcomers = 75_000 - enrolled.size
  const june = addMonths(NOW, 1)
  const uncovered = tangerang.filter(
    ({ id }) => !linesOf.get(id)?.some(({ period }) => contains(period, NOW)),
  )
  expect(uncovered.filter((person) => isEligible(person, june)).length).toBeGreaterThan(newcomers)

  const renewed = tangerang.filter((person) => enrolled.has(person.id) && isEligible(person, june)).length
  const costOfOne = 7n * 16_800n
  expect(75_000n * costOfOne).toBe(8_820_000_000n)
  const { originalCeiling } = demo.budgets.find(
    ({ payerId, fiscalYear }) => payerId === 1 && fiscalYear === 2023,
  )!
  const left = originalCeiling - 50_312n * 5n * 16_800n
  const payable = Number(left / costOfOne)
  expect(payable / (renewed + newcomers)).toBeCloseTo(0.96, 2)
})

function hasPair(lines: readonly DemoLine[], matches: (a: DemoLine, b: DemoLine) => boolean): boolean {
  return lines.some((a, at) => lines.slice(at + 1).some((b) => matches(a, b)))
}
