import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reaches, type Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import type { Context } from '../../src/contract/context.ts'
import { Refused } from '../../src/contract/outcome.ts'
import type { Query } from '../../src/db/database.ts'
import { RULES } from '../../src/enrollments/eligibility/rules.ts'
import { screen } from '../../src/enrollments/eligibility/screen.ts'
import { addMonths, type Month } from '../../src/kernel/month.ts'
import { composeNik, inspectNik, isOneSlipAway, type Nik } from '../../src/kernel/nik.ts'
import { period } from '../../src/kernel/period.ts'
import { workOnRosters } from '../../src/rosters/roster-work.ts'
import {
  type Match,
  matchPeople,
  SAME_NAME,
  SIMILAR_NAME,
} from '../../src/workers/registration/match-people.ts'
import { registerWorker } from '../../src/workers/registration/register-worker.ts'
import { asking, openRatedHub } from '../enrollments/world.ts'
import { VILLAGE_CODES } from '../harness/areas.ts'
import { aPayer, aProgram, type InsertedProgram } from '../harness/builders.ts'
import { ADMIN, TODAY } from '../harness/hub.ts'
import { type FoundRow, known, type Line, receive, reported, rowsOf, type Somebody } from './roster-world.ts'

// Real: PGlite, files from their bytes to screened. Compared row by row with what the hub says of one person: each is registered
// (`registerWorker`) and screened (`screen`) alone, in a transaction that is rolled back. What only a file has, earlier rows, is
// worked out from the lines. SCREENING_RUNS raises the number of files.

const RUNS = Number(process.env.SCREENING_RUNS ?? 40)

/** Three birth days for everybody, so that many are born on one; two of them near the limits of age in the months asked for. */
const DAYS = ['1983-05-12', '1958-06-01', '2005-06-30'] as const
const NAMES = [
  'Siti Rahasia Nuraini',
  "Hj. Siti Rahasia Nur'aini, S.Pd",
  'Siti Rahasia Budi',
  'Rahasia Hidayatullah',
] as const

const nikOf = (birthDate: string, serial: number): Nik =>
  composeNik({ district: '36.03.01', birthDate, sex: 'FEMALE', serial })

const KNOWN_SERIALS = [9_111, 9_211, 9_444, 9_555, 9_666, 9_777, 9_888]

/** Whom the hub knows before any file comes. */
const KNOWN: readonly Somebody[] = DAYS.flatMap((birthDate, day) =>
  KNOWN_SERIALS.map(
    (serial, n): Somebody => ({
      nik: nikOf(birthDate, serial),
      name: NAMES[(day + n) % NAMES.length]!,
      birthDate,
      sex: 'FEMALE',
      category: (['FARMER', 'FISHER', 'NON_ASN', 'DRIVER'] as const)[(n + day) % 4]!,
      village: '36.03.01.2003',
      ...(n !== 3 && { decile: n === 5 ? 5 : 1 + (n % 4) }),
    }),
  ),
)

/** Files for which program and months; the months of the last begin long after deciles were known. */
interface Purpose {
  readonly program: InsertedProgram
  readonly from: Month
  readonly to: Month
}

let hub: Hub
let purposes: Purpose[]
let similarityOf: (one: string, other: string) => number

beforeAll(async () => {
  hub = await openRatedHub()
  purposes = await somePurposes()
  await somePeople()
  similarityOf = await similarities(NAMES)
})
afterAll(() => hub?.close())

async function somePurposes(): Promise<Purpose[]> {
  const regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  const province = await aPayer('PROVINCE', { area: '36' }).in(hub)
  const donor = await aPayer('DONOR').in(hub)
  const self = await aPayer('SELF').in(hub)
  const upToDecile4 = await aProgram(regency).during('2023-01..2024-12').upToDecile(4).in(hub)
  const ofTobacco = await aProgram(regency).from('DBH_CHT').upToDecile(4).in(hub)
  const ofFishers = await aProgram(province).admitting('FISHER', 'NON_ASN').upToDecile(2).in(hub)
  const ofDonor = await aProgram(donor).paying('JKM').in(hub)
  const unpriced = await aProgram(regency).paying('JKK', 'JKP').in(hub)
  const own = await aProgram(self).in(hub)
  const rest = { from: '2023-06' as Month, to: '2023-12' as Month }
  return [
    { program: upToDecile4, ...rest },
    { program: upToDecile4, from: '2024-06' as Month, to: '2024-12' as Month },
    ...[ofTobacco, ofFishers, ofDonor, unpriced, own].map((program) => ({ program, ...rest })),
  ]
}

/** Everything that can be known of people, for each of two birth days; and people of 65, covered before or not. */
async function somePeople(): Promise<void> {
  const employer = await aPayer('EMPLOYER').in(hub)
  const central = await aPayer('CENTRAL').in(hub)
  const ids = await known(hub, KNOWN)
  const idOf = (day: number, serial: number) =>
    ids[KNOWN.findIndex(({ nik }) => nik === nikOf(DAYS[day]!, serial))]!
  const both = (serial: number) => [idOf(0, serial), idOf(2, serial)]
  const set = (what: string, workers: readonly string[]) =>
    hub.db.query(`/* test.facts */ update worker set ${what} where id = any($1::bigint[])`, [workers])
  await set(`life_status = 'DECEASED', death_month = '2023-02-01'`, both(9_211))
  await set('civil_servant = true', both(9_444))
  await set(`village_code = '36.71.01.1001'`, both(9_555))
  await reported(hub, employer, both(9_666), '2023-09..2024-08', { segment: 'PU' })
  await reported(hub, central, both(9_777), '2023-06..2023-07')
  await reported(hub, central, both(9_777), '2024-08..2024-08', { benefit: 'JKM' })
  await merge(idOf(2, 9_888), idOf(2, 9_111))
  // Nobody can name the person whose row this one is now.
  const [nameless] = await hub.db.query<{ id: string }>(
    `/* test.nameless */ insert into worker (category, sex, birth_month, village_code, domicile_since) values
      ('FARMER', 'FEMALE', '1983-05-01', '36.03.01.2003', '2020-02-29') returning id`,
  )
  await merge(idOf(0, 9_888), nameless!.id)
  // Without a break since before the age limit, and with one.
  await reported(hub, central, [idOf(1, 9_111), idOf(1, 9_444)], '2022-01..2023-05')
  await reported(hub, central, [idOf(1, 9_211)], '2022-01..2023-04')
  await reported(hub, central, [idOf(1, 9_444)], '2023-12..2023-12')
}

async function merge(row: string, keep: string): Promise<void> {
  const { data, errors } = await asking(hub)(
    'mutation ($input: MergeWorkersInput!) { mergeWorkers(input: $input) { __typename ... on Refusal { message } } }',
    { input: { merge: row, keep, reason: 'Known to be one', idempotencyKey: `merge ${row} into ${keep}` } },
  )
  expect([errors, data?.mergeWorkers]).toEqual([undefined, { __typename: 'MergedWorkers' }])
}

/** Two in three of them with the name and the birth date of somebody known who has the NIK, or nearly. */
const person = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(...KNOWN)
      .map(({ nik, name, birthDate }) => ({ nik: `${nik}`, name, birthDate })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...KNOWN), fc.nat({ max: 15 }), fc.nat({ max: 8 }))
      .map(([{ nik, name, birthDate }, at, digit]) => ({
        nik: `${nik.slice(0, at)}${(Number(nik[at]) + 1 + digit) % 10}${nik.slice(at + 1)}`,
        name,
        birthDate,
      })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...KNOWN), fc.nat({ max: 14 }))
      .map(([{ nik, name, birthDate }, at]) => ({
        nik: `${nik.slice(0, at)}${nik[at + 1]}${nik[at]}${nik.slice(at + 2)}`,
        name,
        birthDate,
      })),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...DAYS, '1958-07-01', '1958-05-31', '2005-07-01', '2008-01-01', '2010-01-01'),
        fc.constantFrom(9_111, 9_112, 9_121, 9_311, 9_333),
        fc.constantFrom(...NAMES),
      )
      .map(([birthDate, serial, name]) => ({ nik: `${nikOf(birthDate, serial)}`, name, birthDate })),
  },
)

const line: fc.Arbitrary<Line> = fc
  .record({
    person,
    otherName: fc.oneof(
      { weight: 5, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom(...NAMES) },
    ),
    otherDay: fc.oneof(
      { weight: 9, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom(...DAYS) },
    ),
    sex: fc.constantFrom('FEMALE' as const, 'MALE' as const),
    category: fc.constantFrom('FARMER', 'FISHER', 'NON_ASN', 'DRIVER', 'MARKET_TRADER'),
    village: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom('36.03.01.2003', '36.03.02.2001') },
      { weight: 2, arbitrary: fc.constantFrom(...VILLAGE_CODES) },
      { weight: 1, arbitrary: fc.constant('36.03.01.2999') },
    ),
    decile: fc.option(fc.integer({ min: 1, max: 10 }), { freq: 4 }),
    missing: fc.oneof(
      { weight: 15, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom('name', 'birthDate', 'sex', 'category', 'village', 'nik') },
    ),
  })
  .map(({ person, otherName, otherDay, decile, missing, ...cells }) => {
    const name = otherName ?? person.name
    const birthDate = otherDay ?? person.birthDate
    const whole: Line = { ...cells, nik: person.nik, name, birthDate, ...(decile !== null && { decile }) }
    return missing === null ? whole : { ...whole, [missing]: undefined }
  })

const AREAS: readonly (readonly string[])[] = [['*'], ['36.03'], ['36.71', '36.03.01']]

test(
  'a file is screened row by row as everybody in it is alone, with the same reasons',
  async () => {
    const outcomes = new Map<string, number>()
    const codes = new Map<string, number>()
    const note = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1)
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 14 }),
        fc.nat({ max: 6 }),
        fc.constantFrom(...AREAS),
        fc.integer({ min: 1, max: 15 }),
        async (lines, which, areas, chunk) => {
          const purpose = purposes[which]!
          const viewer: Viewer = { ...ADMIN, areas, payer: purpose.program.payer.id }
          const found = await screened(purpose, lines, viewer, chunk)
          const matches: (Match | null)[] = []
          for (const one of lines) matches.push(await matchOf(one))
          const expected: Expected[] = []
          for (const [n] of lines.entries()) expected.push(await alone(lines, n, matches, purpose, viewer))
          expect(found.map(comparable)).toEqual(expected)
          for (const row of found) {
            note(outcomes, row.outcome!)
            for (const { code } of row.findings) note(codes, code)
          }
        },
      ),
      {
        numRuns: RUNS,
        // Chance alone would leave out one or the other fact of them.
        examples: [0, 1].map((purpose): [Line[], number, readonly string[], number] => [
          [...KNOWN],
          purpose,
          AREAS[0]!,
          5,
        ]),
      },
    )
    // What was never drawn was not compared either.
    expect([...outcomes.keys()].sort()).toEqual([
      'ALREADY_COVERED',
      'DUPLICATE_IN_FILE',
      'ELIGIBLE',
      'IDENTITY_CONFLICT',
      'INCOMPLETE',
      'INELIGIBLE',
      'INVALID_NIK',
      'REVIEW',
      'SUSPECT_MATCH',
    ])
    // A file is only taken for months of its program.
    const isDrawn = ({ code }: { code: string }) => code !== 'OUTSIDE_PROGRAM'
    expect([...codes.keys()].sort()).toEqual(
      [...RULES.filter(isDrawn).map(({ code }) => code), 'OUT_OF_REACH'].sort(),
    )
  },
  RUNS * 2_000 + 60_000,
)

let digests = 0

/** The same lines in another purpose or run are another file: the last line is nobody's. */
async function screened(
  purpose: Purpose,
  lines: readonly Line[],
  viewer: Viewer,
  chunk: number,
): Promise<FoundRow[]> {
  const file = { program: purpose.program.code, months: `${purpose.from}..${purpose.to}` }
  const { id } = await receive(hub, file, [...lines, { name: `nobody ${digests++}` }], viewer)
  await workOnRosters(hub, { chunk })
  return (await rowsOf(hub, id)).slice(0, -1)
}

interface Expected {
  readonly outcome: string
  readonly match: string | null
  readonly inFile: string | null
  readonly sameAs: number | null
  readonly findings: readonly object[] | undefined
  readonly covered: readonly object[] | undefined
}

function comparable({ outcome, match, inFile, sameAs, findings, covered, problems }: FoundRow): Expected {
  // Of a row without some cells only what the others say is judged: nobody is registered like that.
  const isWhole = outcome !== 'INCOMPLETE' && problems.length === 0
  return {
    outcome: outcome!,
    match,
    inFile,
    sameAs,
    findings: isWhole ? findings : undefined,
    covered: isWhole ? covered : undefined,
  }
}

async function alone(
  lines: readonly Line[],
  n: number,
  matches: readonly (Match | null)[],
  purpose: Purpose,
  viewer: Viewer,
): Promise<Expected> {
  const one = lines[n]!
  const read = inspectNik(one.nik ?? '', { today: TODAY })
  const match = matches[n]!
  const { inFile, sameAs } = amongOthers(lines, n, matches)
  const identity = { match: match?.kind ?? null, inFile, sameAs: sameAs === undefined ? null : sameAs + 1 }
  if (!isComplete(one)) {
    const outcome = read.nik === undefined ? 'INVALID_NIK' : 'INCOMPLETE'
    return { outcome, ...identity, findings: undefined, covered: undefined }
  }
  const { code, findings, covered } = await byHand(one as Required<Line>, purpose, viewer)
  const isIneligible = findings.some(({ level }) => level === 'INELIGIBLE')
  const ofRules =
    covered.length > 0
      ? 'ALREADY_COVERED'
      : isIneligible
        ? 'INELIGIBLE'
        : findings.length > 0
          ? 'REVIEW'
          : 'ELIGIBLE'
  const outcome =
    code === 'INVALID_NIK'
      ? code
      : inFile === 'DUPLICATE'
        ? 'DUPLICATE_IN_FILE'
        : inFile === 'CONFLICT'
          ? 'IDENTITY_CONFLICT'
          : code === 'IDENTITY_CONFLICT' || code === 'SUSPECT_MATCH'
            ? code
            : inFile === 'SUSPECT'
              ? 'SUSPECT_MATCH'
              : ofRules
  return { outcome, ...identity, findings, covered }
}

/** What the other rows of the file say of a row; of those with the same NIK, whoever has all that is needed. */
function amongOthers(
  lines: readonly Line[],
  n: number,
  matches: readonly (Match | null)[],
): { inFile: string | null; sameAs: number | undefined } {
  const one = lines[n]!
  const match = matches[n]!
  const nik = nikIn(one.nik)
  const others = lines
    .map((other, m) => ({ ...other, m, match: matches[m]! }))
    .filter(({ m }) => m !== n && isComplete({ ...lines[m]!, nik: '0' }))
  const sharing = others.filter((other) => nik !== undefined && nikIn(other.nik) === nik)
  const isNamesake = (name: string | undefined) =>
    name === undefined || one.name === undefined || similarityOf(name, one.name) >= SAME_NAME
  const first = sharing.find(({ name, m }) => m < n && isNamesake(name))
  const other = sharing.find(({ name }) => !isNamesake(name))
  const before =
    match?.kind === 'EXACT' && isComplete(one)
      ? others.find(({ m, match: its }) => m < n && its?.kind === 'EXACT' && its.worker === match.worker)
      : undefined
  if (first) return { inFile: 'DUPLICATE', sameAs: first.m }
  if (other && match?.kind !== 'EXACT') return { inFile: 'CONFLICT', sameAs: other.m }
  if (before) return { inFile: 'DUPLICATE', sameAs: before.m }
  const suspect = match?.kind === 'NEW' ? suspectInFile(lines, n) : undefined
  return { inFile: suspect === undefined ? null : 'SUSPECT', sameAs: suspect }
}

const nikIn = (text: string | undefined) =>
  text === undefined ? undefined : inspectNik(text, { today: TODAY }).nik

function isComplete(one: Line): boolean {
  const cells = [one.nik, one.name, one.birthDate, one.sex, one.category]
  return !cells.includes(undefined) && one.village !== undefined && VILLAGE_CODES.includes(one.village)
}

/** What the vault says of a line that says enough. */
async function matchOf({ nik: text, name, birthDate }: Line): Promise<Match | null> {
  const nik = nikIn(text)
  if (nik === undefined || name === undefined || birthDate === undefined) return null
  const [found] = await matchPeople(hub.db.query, [{ nik, fullName: name, birthDate }], hub.nikKeys)
  return found!
}

/** The earlier row that is most like this one, of those whose NIK stands in no earlier one. */
function suspectInFile(lines: readonly Line[], n: number): number | undefined {
  const one = lines[n]!
  const niks = lines.map(({ nik }) => nikIn(nik))
  const [suspect] = lines
    .map((other, m) => ({
      ...other,
      m,
      likeness: other.name === undefined ? 0 : similarityOf(one.name!, other.name),
    }))
    .filter(({ m, birthDate }) => m < n && birthDate === one.birthDate && niks[m] !== undefined)
    .filter(({ m }) => niks.indexOf(niks[m]) === m && isOneSlipAway(niks[m]!, niks[n]!))
    .filter(({ likeness }) => likeness >= SIMILAR_NAME)
    .sort((a, b) => b.likeness - a.likeness || a.m - b.m)
  return suspect?.m
}

interface ByHand {
  readonly code: string | undefined
  readonly findings: readonly { readonly level: string; readonly [name: string]: unknown }[]
  readonly covered: readonly object[]
}

class RolledBack extends Error {
  constructor(readonly result: ByHand) {
    super('rolled back')
  }
}

/**
 * What the hub says of a person whom somebody registers and screens by hand. Whoever is refused as a person is judged as
 * what the file says of him, with a NIK and a name that nobody has.
 */
async function byHand(one: Required<Line>, purpose: Purpose, viewer: Viewer): Promise<ByHand> {
  try {
    return await hub.db.transaction(async (query) => {
      const first = await registered(query, one)
      const worker = first.worker ?? (await registered(query, { ...one, ...nobodyKnown(one) })).worker!
      const candidate = {
        worker,
        program: purpose.program.code,
        period: period(purpose.from, addMonths(purpose.to, 1)),
      }
      const context = hub.context({ viewer })
      const screened = (await screen(query, [candidate], context.limits)).get(0)!
      const [{ village }] = (await query(
        '/* test.village */ select village_code as village from worker where id = $1',
        [worker],
      )) as [{ village: string }]
      const [{ isSeen }] = (await query(
        `/* test.seen */ select not $3::bool or ($4::bool and starts_with(village_code, coalesce(area_code, '')))
            or exists (select from coverage_line where (worker_id, payer_id) = (worker.id, payer.id)) as "isSeen"
          from worker join payer on payer.id = $2 where worker.id = $1`,
        [worker, purpose.program.payer.id, first.isKnown === true, reaches(viewer, village)],
      )) as [{ isSeen: boolean }]
      const findings = [...screened.findings]
      if (!reaches(viewer, village) && !findings.some(({ code }) => code === 'OUT_OF_AREA'))
        findings.push(outOfReach(village))
      // What decided about somebody whom nobody sees who works for the payer, is not told.
      const told = findings.map((finding) => (isSeen ? finding : { ...finding, fact: null }))
      throw new RolledBack({ code: first.code, findings: told, covered: screened.covered })
    })
  } catch (error) {
    if (error instanceof RolledBack) return error.result
    throw error
  }
}

const nobodyKnown = ({ birthDate }: Line) => ({ nik: nikOf(birthDate!, 9_069), name: 'Rahasia Qwerty' })

function outOfReach(village: string) {
  return {
    code: 'OUT_OF_REACH',
    level: 'INELIGIBLE' as const,
    message: 'Lives outside the areas of who sent the file.',
    fact: village.slice(0, 5),
  }
}

/** @returns the worker, new or known; or the code with which the person is refused. */
async function registered(
  query: Query,
  one: Required<Line>,
): Promise<{ worker?: string; code?: string; isKnown?: boolean }> {
  const { nik, name, birthDate, sex, category, village, decile } = one
  const noted: string[] = []
  const change = {
    query,
    post: () => {},
    note: ({ workers }: { workers?: readonly string[] }) => noted.push(...(workers ?? [])),
  }
  const context: Context = Object.create(hub.context({ viewer: ADMIN }), { change: { value: change } })
  const input = {
    ...{ nik, fullName: name, birthDate, sex, village },
    category: category as Somebody['category'],
    ...(decile !== undefined && { welfareDecile: decile, decileAsOf: TODAY }),
  }
  try {
    await registerWorker(input, context)
    return { worker: noted[0]! }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { code } = error.outcome.facts as { code: string }
    return code === 'ALREADY_REGISTERED' ? { worker: noted[0]!, isKnown: true } : { code }
  }
}

async function similarities(names: readonly string[]): Promise<(one: string, other: string) => number> {
  const rows = await hub.db.query<{ one: string; other: string; similarity: number }>(
    `/* test.similarities */ select one, other, similarity(normal_name(one), normal_name(other))
      from unnest($1::text[]) as one, unnest($1::text[]) as other`,
    [names],
  )
  const known = new Map(rows.map(({ one, other, similarity }) => [`${one}|${other}`, similarity]))
  return (one, other) => known.get(`${one}|${other}`)!
}
