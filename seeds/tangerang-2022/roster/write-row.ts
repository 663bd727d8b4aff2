import { getOrSet } from '../../../src/kernel/get-or-set.ts'
import { composeNik } from '../../../src/kernel/nik.ts'
import { WORKER_CATEGORIES } from '../../../src/programs/worker-category.ts'
import { type Random, randomFrom } from '../../random.ts'
import type { DemoPerson } from '../plain-data.ts'
import type { Cells } from './roster-file.ts'

/** Writes down a person, as the office of one village does. */
export type Hand = (person: DemoPerson, familyCard: string, random: Random) => Cells

/** Each village writes in its own way, always the same: capitals or not, and what it calls a livelihood. */
export function handOf(village: string): Hand {
  const habits = randomFrom(`hand of ${village}`)
  const capitals = habits.chance(0.7)
  const category = habits.pick([inWords, inWords, inCapitals, byId])
  return (person, familyCard, random) => {
    const name = nameWritten(person, random)
    return {
      NIK: random.chance(0.002) ? inGroups(person.nik) : person.nik,
      NAMA: capitals ? name.toUpperCase() : name,
      TANGGAL_LAHIR: dateWritten(person.birthDate),
      JENIS_KELAMIN: person.sex === 'FEMALE' ? 'P' : 'L',
      KATEGORI: category(person),
      KODE_DESA: person.villageCode,
      NO_KK: familyCard,
      DESIL: String(person.welfareDecile ?? ''),
    }
  }
}

/** `1986-08-22` -> `22/08/1986` */
export function dateWritten(date: string): string {
  return date.split('-').reverse().join('/')
}

const inWords = ({ category }: DemoPerson) => WORKER_CATEGORIES[category].indonesian
const inCapitals = (person: DemoPerson) => inWords(person).toUpperCase()
const byId = ({ category }: DemoPerson) => category

/** As on the card: `360322 620886 9001`. */
function inGroups(nik: string): string {
  return `${nik.slice(0, 6)} ${nik.slice(6, 12)} ${nik.slice(12)}`
}

/** The same name to every reader who knows titles and the spellings of Muhammad. */
function nameWritten({ fullName, sex, birthDate, category }: DemoPerson, random: Random): string {
  const pilgrim = birthDate < '1975' && random.chance(0.05)
  const title = pilgrim ? (sex === 'FEMALE' ? 'Hj. ' : 'H. ') : ''
  const degree = category === 'QURAN_TEACHER' && random.chance(0.1) ? ', S.Ag' : ''
  const spelled = fullName.replace('Muhamad', () =>
    random.pick(['Muhamad', 'Muhammad', 'Mohamad', 'Moch.', 'M.']),
  )
  return `${title}${spelled}${degree}`
}

/**
 * Family cards, one for the next one to four people of a village each; some people show none. The numbers have the
 * serials of nobody, as NIKs have here.
 */
export function familyCards(random: Random): (village: string) => string {
  const serials = new Map<string, number>()
  let family = { village: '', card: '', left: 0 }
  return (village) => {
    if (random.chance(0.04)) return ''
    if (family.village !== village || family.left === 0) {
      family = { village, card: newCard(village, serials, random), left: 1 + random.below(4) }
    }
    family.left--
    return family.card
  }
}

/** The district, the day of entry, a serial: built as a NIK is. */
function newCard(village: string, serials: Map<string, number>, random: Random): string {
  const district = village.slice(0, 8)
  const day = `20${10 + random.below(13)}-0${1 + random.below(9)}-1${random.below(10)}`
  const serial = getOrSet(serials, `${district} ${day}`, () => 9001)
  serials.set(`${district} ${day}`, serial + 1)
  return composeNik({ district, birthDate: day, sex: 'MALE', serial })
}
