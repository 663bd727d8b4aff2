import { Directive, Extensions, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { District, Province, Regency, Village } from '../areas/area.type.ts'
import { AreaCode, LocalDate, Month } from '../contract/scalars.ts'
import { rowsOf } from '../planner/marks.ts'
import { Sector, WORKER_CATEGORIES, WorkerCategory } from '../programs/worker-category.ts'
import { LifeStatus, Sex, WorkerEntity } from './worker.entity.ts'

registerEnumType(WorkerCategory, {
  name: 'WorkerCategory',
  description: 'What a worker does, by the categories of subsidy schemes (kategori pekerja).',
  valuesConfig: Object.fromEntries(
    Object.entries(WORKER_CATEGORIES).map(([category, { indonesian, kbji }]) => [
      category,
      {
        description: `${kbji.length > 0 ? `KBJI 2014 ${kbji.join(', ')}` : 'KBJI 2014 by job'} (${indonesian}).`,
      },
    ]),
  ),
})
registerEnumType(Sector, { name: 'Sector', description: 'Sector of work (sektor).' })
registerEnumType(Sex, { name: 'Sex', description: 'Sex (jenis kelamin).' })
registerEnumType(LifeStatus, { name: 'LifeStatus', description: 'Alive or deceased (status hidup).' })

export const WorkerOrder = { ID: 'ID', BIRTH_MONTH: 'BIRTH_MONTH' } as const
export type WorkerOrder = keyof typeof WorkerOrder
registerEnumType(WorkerOrder, {
  name: 'WorkerOrder',
  description: 'Order of workers (urutan).',
  valuesConfig: {
    ID: { description: 'By id (ID pekerja).' },
    BIRTH_MONTH: { description: 'Oldest first (bulan lahir).' },
  },
})

@Directive('@key(fields: "id")')
@Extensions(rowsOf(WorkerEntity, 'id'))
@ObjectType({ description: 'A person who works, without identity (pekerja).' })
export class Worker {
  @Field(() => ID, { description: 'Of this worker in the hub; not the NIK (ID pekerja).' })
  id!: string

  @Field(() => WorkerCategory, { description: 'What the worker does (kategori pekerja).' })
  category!: WorkerCategory

  @Field(() => Sex, { description: 'As registered (jenis kelamin).' })
  sex!: Sex

  @Field(() => Month, { description: 'Month of birth; the day is in the vault (bulan lahir).' })
  birthMonth!: string

  @Field(() => Village, { description: 'Domicile (domisili).' })
  village!: Village

  @Field(() => District, { description: 'Of the domicile (kecamatan).' })
  district!: District

  @Field(() => Regency, { description: 'Of the domicile (kabupaten/kota).' })
  regency!: Regency

  @Field(() => Province, { description: 'Of the domicile (provinsi).' })
  province!: Province

  @Field(() => LocalDate, { description: 'Since when the domicile holds (berdomisili sejak).' })
  domicileSince!: string

  @Field(() => LifeStatus, { description: 'Whether the worker lives (status hidup).' })
  lifeStatus!: LifeStatus

  @Field(() => Month, { nullable: true, description: 'Month of death (bulan meninggal).' })
  deathMonth?: string

  @Field(() => Int, {
    nullable: true,
    description: 'Welfare decile of the family in DTSEN, 1 = poorest (desil).',
  })
  welfareDecile?: number

  @Field(() => LocalDate, { nullable: true, description: 'As of when the decile was known (tanggal desil).' })
  decileAsOf?: string

  @Field(() => Boolean, { description: 'Civil servant, covered by another scheme (ASN).' })
  civilServant!: boolean
}

@InputType({ description: 'Which workers; all conditions together (saringan pekerja).' })
export class WorkerFilter {
  @Field(() => AreaCode, { nullable: true, description: 'Living in this area (wilayah).' })
  area?: string

  @Field(() => [WorkerCategory], {
    nullable: true,
    description: 'Any of these categories (kategori pekerja).',
  })
  categories?: WorkerCategory[]

  @Field(() => LifeStatus, { nullable: true, description: 'Alive or deceased (status hidup).' })
  lifeStatus?: LifeStatus

  @Field(() => Int, { nullable: true, description: 'In this decile or a poorer one (desil).' })
  maxDecile?: number

  @Field(() => Boolean, { nullable: true, description: 'Whether they are civil servants (ASN).' })
  civilServant?: boolean
}
