import { inspectNik, isOneSlipAway, type Nik, type NikFindingCode } from '../../../src/kernel/nik.ts'
import type { Random } from '../../random.ts'
import type { Listed } from './people-on-the-list.ts'
import type { Cells, Column } from './roster-file.ts'
import { dateWritten } from './write-row.ts'

/** What the hub says of a row: the first of these that applies. */
export const OUTCOMES = [
  'INVALID_NIK',
  'INCOMPLETE',
  'DUPLICATE_IN_FILE',
  'IDENTITY_CONFLICT',
  'SUSPECT_MATCH',
  'ALREADY_COVERED',
  'INELIGIBLE',
  'REVIEW',
  'ELIGIBLE',
] as const
export type Outcome = (typeof OUTCOMES)[number]

/** What a mistake is made with. */
export interface Desk {
  readonly random: Random
  /** Somebody else of the list. */
  readonly other: Listed
  /** Whether a NIK belongs to anybody. */
  isTaken(nik: string): boolean
}

interface Kind {
  readonly outcome: Outcome
  /** What the hub finds: an error of the NIK, or the column that cannot be read; null where the outcome says it all. */
  readonly reason: NikFindingCode | Column | null
  /** Whose row can have it; anybody's unless told. */
  fits?(listed: Listed, other: Listed): boolean
  /** The cells that are written wrong. */
  make(listed: Listed, desk: Desk): Partial<Cells>
}

const KINDS = {
  digitMissing: {
    outcome: 'INVALID_NIK',
    reason: 'LENGTH',
    make: ({ person: { nik } }, { random }) => ({ NIK: replaced(nik, random.below(16), '') }),
  },
  digitTwice: {
    outcome: 'INVALID_NIK',
    reason: 'LENGTH',
    make({ person: { nik } }, { random }) {
      const at = random.below(16)
      return { NIK: replaced(nik, at, nik[at]!.repeat(2)) }
    },
  },
  letterForDigit: {
    outcome: 'INVALID_NIK',
    reason: 'LENGTH',
    fits: ({ person: { nik } }) => nik.includes('0'),
    make: ({ person: { nik } }) => ({ NIK: replaced(nik, nik.lastIndexOf('0'), 'O') }),
  },
  noSuchDay: {
    outcome: 'INVALID_NIK',
    reason: 'DATE',
    make: ({ person: { nik } }, { random }) => ({ NIK: replaced(nik, 8, String(2 + random.below(8))) }),
  },
  noSuchProvince: {
    outcome: 'INVALID_NIK',
    reason: 'PROVINCE',
    make: ({ person: { nik } }, { random }) => ({
      NIK: `${random.pick(['30', '37', '39', '46'])}${nik.slice(2)}`,
    }),
  },
  serialZero: {
    outcome: 'INVALID_NIK',
    reason: 'SERIAL',
    make: ({ person: { nik } }) => ({ NIK: `${nik.slice(0, 12)}0000` }),
  },
  /** Scavengers and migrants who have never had a card. */
  noPapers: {
    outcome: 'INVALID_NIK',
    reason: 'LENGTH',
    make: () => ({ NIK: '', TANGGAL_LAHIR: '', NO_KK: '' }),
  },
  nameMissing: { outcome: 'INCOMPLETE', reason: 'NAMA', make: () => ({ NAMA: '' }) },
  birthDateUnreadable: {
    outcome: 'INCOMPLETE',
    reason: 'TANGGAL_LAHIR',
    make: ({ person: { birthDate } }, { random }) => ({ TANGGAL_LAHIR: unreadable(birthDate, random) }),
  },
  /** The serial of a village is at most in the seventies. */
  villageUnknown: {
    outcome: 'INCOMPLETE',
    reason: 'KODE_DESA',
    make: ({ person: { villageCode } }, { random }) => ({
      KODE_DESA: `${villageCode.slice(0, 9)}2${900 + random.below(100)}`,
    }),
  },
  categoryUnknown: {
    outcome: 'INCOMPLETE',
    reason: 'KATEGORI',
    make: (_, { random }) => ({ KATEGORI: random.pick(['serabutan', 'wiraswasta', 'ibu rumah tangga', '']) }),
  },
  /** A wife under the number of her husband, a neighbor one line further down. */
  anotherPerson: {
    outcome: 'IDENTITY_CONFLICT',
    reason: null,
    fits: ({ isKnown, person }, other) => isKnown && !shareAName(person.fullName, other.person.fullName),
    make: (_, { other: { person } }) => ({
      NAMA: person.fullName.toUpperCase(),
      TANGGAL_LAHIR: dateWritten(person.birthDate),
      JENIS_KELAMIN: person.sex === 'FEMALE' ? 'P' : 'L',
    }),
  },
  /** Somebody the hub knows, whose NIK is written as nobody's. */
  slipOfThePen: {
    outcome: 'SUSPECT_MATCH',
    reason: null,
    fits: ({ isKnown }) => isKnown,
    make: ({ person: { nik } }, desk) => ({ NIK: slip(nik, desk) }),
  },
} as const satisfies Record<string, Kind>

export type Mistake = keyof typeof KINDS

/** Mistakes as lists of a regency have them (DOMAIN.md §3 and §9.2). */
export const MISTAKES: Readonly<Record<Mistake, Kind>> = KINDS

function replaced(text: string, at: number, by: string): string {
  return text.slice(0, at) + by + text.slice(at + 1)
}

/** A day that does not exist, one in words, one as a spreadsheet counts days, or none. */
function unreadable(birthDate: string, random: Random): string {
  const [year, month] = birthDate.split('-')
  return random.pick([`31/02/${year}`, `${month}-Agt-${year!.slice(2)}`, '31138', '00/00/0000', ''])
}

function shareAName(one: string, other: string): boolean {
  const names = new Set(one.split(' '))
  return other.split(' ').some((name) => names.has(name))
}

/** Digits that may be wrong: with another province or another first digit of the serial it could be a living person's. */
const SLIPPERY = [4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15]

/** A NIK of nobody, one digit or one exchange of neighbors away. */
function slip(nik: Nik, { random, isTaken }: Desk): string {
  for (;;) {
    const at = random.pick(SLIPPERY)
    const written = random.chance(0.5)
      ? replaced(nik, at, String(random.below(10)))
      : nik.slice(0, at) + (nik[at + 1] ?? '') + nik[at] + nik.slice(at + 2)
    const found = inspectNik(written).nik
    if (found && found.slice(12) > '9000' && isOneSlipAway(found, nik) && !isTaken(found)) return found
  }
}
