import { z } from 'zod'
import { PERMISSIONS, type Permission, ROLES, type Role } from '../../src/access/permission.ts'
import { areaCode, day, month, rupiah } from '../../src/contract/facts.ts'
import { SetupError } from '../../src/kernel/errors.ts'
import type { Month } from '../../src/kernel/month.ts'
import { FundingSource } from '../../src/payers/payer.entity.ts'
import { Benefit, Segment } from '../../src/programs/program.entity.ts'
import { WORKER_CATEGORIES, type WorkerCategory } from '../../src/programs/worker-category.ts'
import { SetupFile } from '../../src/setup/setup-file.ts'
import { readYaml } from '../yaml-file.ts'

const FOLDER = 'seeds/tangerang-2022'

const area = areaCode
const people = z.number().int().positive()
const places = z.array(z.strictObject({ in: area, people })).nonempty()
const category = z.enum(Object.keys(WORKER_CATEGORIES) as [WorkerCategory, ...WorkerCategory[]])
const share = z.number().min(0).max(1)

const Enrolled = z.strictObject({
  code: z.string(),
  decidedOn: day,
  places,
  payments: z.array(z.strictObject({ on: day, through: month })),
})

const Village = z.strictObject({ payer: z.string(), people, paidThrough: month, ceiling: rupiah })

const Report = z.strictObject({
  group: z.string(),
  among: z.enum(['FREE', 'SUBSIDIZED']),
  payers: z.array(z.string()).nonempty(),
  fundingSource: z.enum(FundingSource),
  segment: z.enum(Segment),
  benefits: z.array(z.enum(Benefit)).nonempty(),
  starts: z.tuple([month, month]),
  to: month,
  reportedBy: z.string(),
  reportedOn: day,
  places,
})

const livelihood = z.enum(['COAST', 'FARMLAND', 'TOWN'])
const weight = z.number().positive()

const Registry = z.strictObject({
  today: day,
  agesOn: day,
  shares: z.strictObject({ deceased: share, overAge: share, civilServant: share, movedHere: share }),
  deaths: z.strictObject({ from: month, to: month }),
  deciles: z.record(z.string().regex(/^([1-9]|10)$/), weight),
  decileAsOf: z.strictObject({ earlier: day, sweep: day, sweepShare: share }),
  regencies: z.array(z.strictObject({ regency: area, workers: z.number().int(), nonAsn: z.number().int() })),
  places: z.array(z.strictObject({ in: area, livelihood, weight })),
  categories: z.partialRecord(
    category,
    z.strictObject({ COAST: weight, FARMLAND: weight, TOWN: weight, women: share }),
  ),
})

const Names = z.strictObject({
  women: z.array(z.string()),
  men: z.array(z.string()),
  last: z.array(z.string()),
})

const keyOf = <Key extends string>(of: Readonly<Record<Key, unknown>>) =>
  z.enum(Object.keys(of) as [Key, ...Key[]])

const Viewer = z
  .strictObject({
    name: z.string().min(1),
    subject: z.string().min(1),
    role: keyOf<Role>(ROLES).optional(),
    permissions: z.array(keyOf<Permission>(PERMISSIONS)).nonempty().optional(),
    areas: z.array(area).default([]),
    payer: z.string().optional(),
  })
  .refine(({ role, permissions }) => (role === undefined) !== (permissions === undefined), {
    error: 'has either a role or permissions',
  })

/** A program with the agency whose budgets it spends. */
export type ProgramPlan = SetupFile['programs'][number] & { readonly agency: string }
/** A program with the people it took in. */
export type EnrolledPlan = ProgramPlan & z.infer<typeof Enrolled>
export type BudgetPlan = SetupFile['budgets'][number]
export type ReportPlan = z.infer<typeof Report>
export type RegistryPlan = z.infer<typeof Registry>
export type NamesPlan = z.infer<typeof Names>

/** Everything a person decided about the demo, as the YAML files beside this one say it. */
export interface Plan {
  readonly payers: SetupFile['payers']
  readonly programs: readonly ProgramPlan[]
  /** Those of the programs that took people in, in the order in which they did. */
  readonly enrolled: readonly EnrolledPlan[]
  readonly budgets: readonly BudgetPlan[]
  readonly reports: readonly ReportPlan[]
  readonly registry: RegistryPlan
  readonly names: NamesPlan
  readonly viewers: readonly z.infer<typeof Viewer>[]
}

const SETUP = `${FOLDER}/setup.yaml`
const ENROLLED = `${FOLDER}/enrolled.yaml`

/** What `payung apply` brings a hub to: the payers, their programs and budgets, without those of the villages. */
export function readSetup(): SetupFile {
  return readYaml(SETUP, SetupFile)
}

/** @throws SetupError naming the file and the row at fault. */
export function readPlan(): Plan {
  const { payers, programs: rows, budgets } = readSetup()
  const programs = rows.map((program) => spending(program, budgets))
  const taken = readYaml(ENROLLED, z.array(Enrolled))
  const villages = readYaml(`${FOLDER}/villages.yaml`, z.array(Village)).map((village) => {
    const payer = payers.find(({ key }) => key === village.payer)
    if (payer?.area !== undefined) return { ...village, area: payer.area }
    throw new SetupError(`${FOLDER}/villages.yaml: ${village.payer} is no payer with an area in setup.yaml.`)
  })
  const villagePrograms = villages.map((village) => villageProgram(village))
  return {
    payers,
    programs: [...programs, ...villagePrograms],
    // Villages fill gaps, so they take people in after everybody else.
    enrolled: [...taken.map((row) => enrolledIn(programs, row)), ...villagePrograms],
    budgets: [...budgets, ...villages.map((village) => villageBudget(village))],
    reports: readYaml(`${FOLDER}/reported.yaml`, z.array(Report)),
    registry: readYaml(`${FOLDER}/registry.yaml`, Registry),
    names: readYaml(`${FOLDER}/names.yaml`, Names),
    viewers: readYaml(`${FOLDER}/viewers.yaml`, z.array(Viewer)),
  }
}

/** One agency of each payer has budgets of a source, so a program need not say whose it spends. */
function spending(program: SetupFile['programs'][number], budgets: readonly BudgetPlan[]): ProgramPlan {
  const budget = budgets.find(
    ({ payer, fundingSource }) => payer === program.payer && fundingSource === program.fundingSource,
  )
  if (budget) return { ...program, agency: budget.agency }
  throw new SetupError(`${SETUP}: ${program.code} has no budget there.`)
}

function enrolledIn(programs: readonly ProgramPlan[], row: z.infer<typeof Enrolled>): EnrolledPlan {
  const program = programs.find(({ code }) => code === row.code)
  if (program) return { ...program, ...row }
  throw new SetupError(`${ENROLLED}: ${row.code} is no program of setup.yaml.`)
}

type VillagePlan = z.infer<typeof Village> & { area: string }

const VILLAGE_AGENCY = 'Pemerintah Desa'

function villageProgram({ payer, people: count, paidThrough, area: code }: VillagePlan): EnrolledPlan {
  return {
    code: `DESA-${code}-2023`,
    name: `Perlindungan pekerja rentan desa ${code} tahun 2023`,
    payer,
    fundingSource: 'APBDES',
    segment: 'BPU',
    agency: VILLAGE_AGENCY,
    benefits: ['JKK', 'JKM'],
    from: '2023-01' as Month,
    to: '2023-12' as Month,
    contribution: 16_800n,
    legalBasis: 'Permendagri 20/2018 art. 19(4)',
    decidedOn: '2022-12-28',
    places: [{ in: code, people: count }],
    payments: [{ on: '2023-02-06', through: paidThrough }],
  }
}

function villageBudget({ payer, ceiling }: VillagePlan): BudgetPlan {
  return {
    payer,
    year: 2023,
    fundingSource: 'APBDES',
    agency: VILLAGE_AGENCY,
    ceiling: [{ on: '2022-12-23', amount: ceiling, note: 'APBDes 2023' }],
  }
}
