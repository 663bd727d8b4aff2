import { addMonths } from '../../kernel/month.ts'
import { intersection, type Period } from '../../kernel/period.ts'
import type { Benefit } from '../../programs/program.entity.ts'
import { WORKER_CATEGORIES, type WorkerCategory } from '../../programs/worker-category.ts'
import type { Identity } from '../../workers/identity.ts'
import type { Sex } from '../../workers/worker.entity.ts'
import type { CsvValue } from '../file/write-csv.ts'

/** An enrolled row as the hub knows it now. */
export interface SubmittedRow {
  readonly row: number
  readonly identity: Identity
  readonly sex: Sex
  readonly category: WorkerCategory
  /** `36.03.01.2001` */
  readonly village: string
  readonly benefits: readonly Benefit[]
  /** Of the enrollment. */
  readonly period: Period
  /** In the order of their months; money is rupiah a month. */
  readonly charges: readonly Contribution[]
}

interface Contribution {
  readonly period: Period
  readonly monthly: bigint
}

export const SUBMISSION_HEADER = [
  'NIK',
  'NAMA',
  'TANGGAL_LAHIR',
  'JENIS_KELAMIN',
  'PEKERJAAN',
  'KODE_DESA',
  'PROGRAM',
  'BULAN_AWAL',
  'BULAN_AKHIR',
  'IURAN_PER_BULAN',
  'BARIS',
  'REFERENSI',
] as const

/**
 * The lines of a row in the order of {@link SUBMISSION_HEADER}: one, or where the contribution changes on the way, one for
 * each run of months of one contribution.
 */
export function submissionLines(row: SubmittedRow, reference: string): CsvValue[][] {
  const { identity, sex, category, village, benefits } = row
  return runsOf(row).map(({ period, monthly }) => [
    identity.nik,
    identity.fullName,
    identity.birthDate.split('-').reverse().join('/'),
    sex === 'MALE' ? 'L' : 'P',
    WORKER_CATEGORIES[category].indonesian,
    village,
    benefits.join('+'),
    period.from,
    addMonths(period.until, -1),
    monthly,
    row.row,
    reference,
  ])
}

/** Charges end with the year, and months whose money is asked back are charged still: neither is BPJS's concern. */
function runsOf({ charges, period: enrolled }: SubmittedRow): Contribution[] {
  const runs: Contribution[] = []
  for (const { period, monthly } of charges) {
    const months = intersection(period, enrolled)
    if (!months) continue
    const last = runs.at(-1)
    if (last?.monthly === monthly && last.period.until === months.from)
      runs.splice(-1, 1, { monthly, period: { from: last.period.from, until: months.until } })
    else runs.push({ monthly, period: months })
  }
  return runs
}
