import { z } from 'zod'
import { PERMISSIONS, type Permission, ROLES, type Role } from '../../src/access/permission.ts'
import { SetupError } from '../../src/kernel/errors.ts'
import { FundingSource, PayerKind } from '../../src/payers/payer.entity.ts'
import { Benefit, Segment } from '../../src/programs/program.entity.ts'
import type { WorkerCategory } from '../../src/workers/worker-category.ts'
import { WORKER_CATEGORIES } from '../../src/workers/worker-category.ts'
import { month, readYaml, rupiah } from '../yaml-file.ts'

const FOLDER = 'seeds/tangerang-2022'

const date = z.iso.date()
const area = z.string().regex(/^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$/, { error: 'must be an area code' })
const people = z.number().int().positive()
const places = z.array(z.strictObject({ in: area, people })).nonempty()
const category = z.enum(Object.keys(WORKER_CATEGORIES) as [WorkerCategory, ...WorkerCategory[]])
const share = z.number().min(0).max(1)

const Payer = z.strictObject({
  key: z.string(),
  kind: z.enum(PayerKind),
  name: z.string(),
  area: area.optional(),
})

const Program = z.strictObject({
  code: z.string(),
  name: z.string(),
  payer: z.string(),
  fundingSource: z.enum(FundingSource),
  agency: z.string(),
  benefits: z.array(z.enum(Benefit)).nonempty(),
  categories: z.array(category).nonempty().optional(),
  maxDecile: z.number().int().min(1).max(10).optional(),
  from: month,
  to: month,
  contribution: rupiah,
  legalBasis: z.string(),
  decidedOn: date,
  places,
  payments: z.array(z.strictObject({ on: date, through: month })),
})

const Village = z.strictObject({ payer: z.string(), people, paidThrough: month, ceiling: rupiah })

const Budget = z.strictObject({
  payer: z.string(),
  year: z.number().int(),
  fundingSource: z.enum(FundingSource),
  agency: z.string(),
  ceiling: z.array(z.strictObject({ on: date, amount: rupiah, note: z.string() })).nonempty(),
})

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
  reportedOn: date,
  places,
})

const livelihood = z.enum(['COAST', 'FARMLAND', 'TOWN'])
const weight = z.number().positive()

const Registry = z.strictObject({
  today: date,
  agesOn: date,
  shares: z.strictObject({ deceased: share, overAge: share, civilServant: share, movedHere: share }),
  deaths: z.strictObject({ from: month, to: month }),
  deciles: z.record(z.string().regex(/^([1-9]|10)$/), weight),
  decileAsOf: z.strictObject({ earlier: date, sweep: date, sweepShare: share }),
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

export type ProgramPlan = z.infer<typeof Program>
export type BudgetPlan = z.infer<typeof Budget>
export type ReportPlan = z.infer<typeof Report>
export type RegistryPlan = z.infer<typeof Registry>
export type NamesPlan = z.infer<typeof Names>

/** Everything a person decided about the demo, as the YAML files beside this one say it. */
export interface Plan {
  readonly payers: readonly z.infer<typeof Payer>[]
  readonly programs: readonly ProgramPlan[]
  readonly budgets: readonly BudgetPlan[]
  readonly reports: readonly ReportPlan[]
  readonly registry: RegistryPlan
  readonly names: NamesPlan
  readonly viewers: readonly z.infer<typeof Viewer>[]
}

/** @throws SetupError naming the file and the row at fault. */
export function readPlan(): Plan {
  const payers = readYaml(`${FOLDER}/payers.yaml`, z.array(Payer))
  const villages = readYaml(`${FOLDER}/villages.yaml`, z.array(Village)).map((village) => {
    const payer = payers.find(({ key }) => key === village.payer)
    if (payer?.area !== undefined) return { ...village, area: payer.area }
    throw new SetupError(`${FOLDER}/villages.yaml: ${village.payer} is no payer with an area in payers.yaml.`)
  })
  return {
    payers,
    // Villages fill gaps, so they take people in after everybody else.
    programs: [
      ...readYaml(`${FOLDER}/programs.yaml`, z.array(Program)),
      ...villages.map((village) => Program.parse(villageProgram(village))),
    ],
    budgets: [
      ...readYaml(`${FOLDER}/budgets.yaml`, z.array(Budget)),
      ...villages.map((village) => villageBudget(village)),
    ],
    reports: readYaml(`${FOLDER}/reported.yaml`, z.array(Report)),
    registry: readYaml(`${FOLDER}/registry.yaml`, Registry),
    names: readYaml(`${FOLDER}/names.yaml`, Names),
    viewers: readYaml(`${FOLDER}/viewers.yaml`, z.array(Viewer)),
  }
}

type VillagePlan = z.infer<typeof Village> & { area: string }

const VILLAGE_AGENCY = 'Pemerintah Desa'

function villageProgram({
  payer,
  people: count,
  paidThrough,
  area: code,
}: VillagePlan): z.input<typeof Program> {
  return {
    code: `DESA-${code}-2023`,
    name: `Perlindungan pekerja rentan desa ${code} tahun 2023`,
    payer,
    fundingSource: 'APBDES',
    agency: VILLAGE_AGENCY,
    benefits: ['JKK', 'JKM'],
    from: '2023-01',
    to: '2023-12',
    contribution: 16_800,
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
