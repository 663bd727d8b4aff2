import fc from 'fast-check'
import type { Sex } from '../../../src/kernel/nik.ts'
import { WORKER_CATEGORIES, WorkerCategory } from '../../../src/programs/worker-category.ts'
import type { FileRow } from '../../../src/rosters/file/file-row.ts'
import { PLANTED_NAME } from '../../harness/planted-name.ts'
import { birthDates, niks } from '../../kernel/arbitraries.ts'
import { HEADER } from './reading.ts'

const SEXES: Readonly<Record<Sex, readonly string[]>> = {
  FEMALE: ['P', 'perempuan', 'F', 'Wanita'],
  MALE: ['L', 'LAKI-LAKI', 'm', 'pria'],
}

/** A cell as it is written, and what it means. */
type Meaning<Value> = readonly [written: string, value: Value]

/** Names with all that a CSV has to protect: either what divides cells, or what ends lines. */
const names: fc.Arbitrary<Meaning<string>> = fc
  .oneof(fc.constant([',', ';', '\t']), fc.constant(['\n', '\r\n']))
  .chain((special) =>
    fc.array(
      fc.oneof(
        fc.constantFrom('"', '""', ' ', 'é', '🙂', '=', ...special),
        fc.stringMatching(/^[a-zA-Z_]+$/),
      ),
      { maxLength: 8 },
    ),
  )
  .map((parts) => {
    const written = `${PLANTED_NAME} ${parts.join('')}`
    return [written, written.trim().replace(/\s+/g, ' ')] as const
  })
  .filter(([, name]) => name.length <= 200)

const days: fc.Arbitrary<Meaning<string>> = fc
  .tuple(birthDates, fc.constantFrom('', '/', '-'))
  .map(([day, between]) => [between === '' ? day : day.split('-').reverse().join(between), day] as const)

const sexes: fc.Arbitrary<Meaning<Sex>> = fc
  .constantFrom<Sex>('FEMALE', 'MALE')
  .chain((sex) => fc.constantFrom(...SEXES[sex]).map((written) => [written, sex] as const))

const categories: fc.Arbitrary<Meaning<WorkerCategory>> = fc
  .constantFrom(...Object.values(WorkerCategory))
  .chain((category) =>
    fc
      .constantFrom<string>(category, WORKER_CATEGORIES[category].indonesian)
      .map((written) => [written, category] as const),
  )

const villages: fc.Arbitrary<Meaning<string>> = fc
  .tuple(fc.constantFrom('36.03.01.2001', '36.71.13.1004', '91.01.07.2010'), fc.boolean())
  .map(([code, hasDots]) => [hasDots ? code : code.replaceAll('.', ''), code] as const)

const familyCards: fc.Arbitrary<Meaning<string | null>> = fc
  .option(fc.stringMatching(/^[0-9]{16}$/))
  .map((card) => [card ?? '', card] as const)

const deciles: fc.Arbitrary<Meaning<number | null>> = fc
  .option(fc.integer({ min: 1, max: 10 }))
  .map((decile) => [decile === null ? '' : String(decile), decile] as const)

const people = fc.record({
  nik: niks,
  name: names,
  day: days,
  sex: sexes,
  category: categories,
  village: villages,
  card: familyCards,
  decile: deciles,
})

/** Lines of a roster with its header, columns in any order, and what is read from them. */
export const linesAndRows: fc.Arbitrary<{ lines: string[][]; rows: FileRow[] }> = fc
  .tuple(fc.array(people, { maxLength: 12 }), fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }))
  .map(([all, order]) => {
    const lines = all.map(({ nik, name, day, sex, category, village, card, decile }) => [
      nik,
      ...[name, day, sex, category, village, card, decile].map(([written]) => written),
    ])
    const rows = all.map(({ nik, name, day, sex, category, village, card, decile }, at) => ({
      row: at + 1,
      nik,
      fullName: name[1],
      birthDate: day[1],
      sex: sex[1],
      category: category[1],
      village: village[1],
      familyCard: card[1],
      decile: decile[1],
      problems: [],
    }))
    return { lines: [HEADER, ...lines].map((line) => order.map((column) => line[column]!)), rows }
  })
