import { Directive, Extensions, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { DateTime } from '../contract/scalars.ts'
import { Payer } from '../payers/payer.type.ts'
import { rowsOf } from '../planner/marks.ts'
import { CoverageProgram } from '../programs/program.type.ts'
import { RosterEntity, RosterState, RosterStepEntity } from './roster.entity.ts'

registerEnumType(RosterState, {
  name: 'RosterState',
  description: 'How far a roster has come (status daftar).',
  valuesConfig: {
    DRAFT: { description: 'Its file is arriving (draf).' },
    SCREENING: { description: 'Its rows are compared with the hub (sedang disaring).' },
    SCREENED: { description: 'Every row has an outcome; rows may be decided (selesai disaring).' },
    SUBMITTED: { description: 'Waits for somebody else to approve it; nothing in it changes (diajukan).' },
    APPROVED: { description: 'To be enrolled (disetujui).' },
    ENROLLING: { description: 'Its people are enrolled, some after the others (sedang didaftarkan).' },
    ENROLLED: { description: 'Every row is done (selesai didaftarkan).' },
    DAMAGED: { description: 'A spreadsheet has spoilt its NIKs; nobody is enrolled (berkas rusak).' },
    REJECTED: { description: 'Not approved; nobody is enrolled (ditolak).' },
    WITHDRAWN: { description: 'Taken back; nobody is enrolled (ditarik).' },
  },
})

@Directive('@key(fields: "id")')
@Extensions(rowsOf(RosterEntity, 'id'))
@ObjectType({ description: 'A file of people submitted for a program and some months (daftar nama).' })
export class Roster {
  @Field(() => ID, { description: 'Of this roster (ID daftar).' })
  id!: string

  @Field(() => CoverageProgram, { description: 'Which program they are to be enrolled in (program).' })
  program!: CoverageProgram

  @Field(() => Payer, { description: 'Whose program it is (pembayar iuran).' })
  payer!: Payer

  @Field(() => RosterState, { description: 'How far it has come (status daftar).' })
  state!: RosterState

  @Field(() => Int, { description: 'From 1; a correction is the next one (versi).' })
  version!: number

  @Field(() => Roster, { nullable: true, description: 'The version that it corrects (menggantikan).' })
  replaces?: Roster

  @Field(() => Int, { description: 'How many rows the file has, without the header (jumlah baris).' })
  rowCount!: number

  @Field(() => Int, {
    description: 'How many rows the step at hand, screening or enrolling, is through with (baris selesai).',
  })
  done!: number
}

@Extensions(rowsOf(RosterStepEntity))
@ObjectType({ description: 'A state that a roster came to (riwayat daftar).' })
export class RosterStep {
  @Field(() => RosterState, { description: 'Which state it came to (status daftar).' })
  state!: RosterState

  @Field(() => DateTime, { description: 'When (waktu).' })
  at!: Date

  @Field(() => String, { nullable: true, description: 'By whom; null for the hub itself (pelaku).' })
  actor?: string

  @Field(() => String, { nullable: true, description: 'In the words of who did it (alasan).' })
  reason?: string
}

@InputType({ description: 'Which rosters; all conditions together (saringan daftar).' })
export class RosterFilter {
  @Field(() => ID, { nullable: true, description: 'For the program of this code (program).' })
  program?: string

  @Field(() => ID, { nullable: true, description: 'For programs of this payer (pembayar iuran).' })
  payer?: string

  @Field(() => [RosterState], { nullable: true, description: 'In any of these states (status daftar).' })
  states?: RosterState[]
}
