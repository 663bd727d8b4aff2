import { Extensions, Field, ID, ObjectType, registerEnumType } from 'type-graphql'
import { DateTime, LocalDate, Rupiah } from '../../contract/scalars.ts'
import { Payer } from '../../payers/payer.type.ts'
import { rowsOf } from '../../planner/marks.ts'
import { WorkerEventEntity, WorkerEventKind } from '../../workers/worker-event.entity.ts'

registerEnumType(WorkerEventKind, {
  name: 'WorkerEventKind',
  description: 'What can happen to a worker or to an enrollment (jenis peristiwa).',
  valuesConfig: {
    REGISTERED: { description: 'The hub came to know the worker (terdaftar).' },
    IDENTITY_CORRECTED: { description: 'NIK, name or birth date were wrong (koreksi identitas).' },
    MERGED: { description: 'Two rows were one person (digabung).' },
    MERGE_UNDONE: { description: 'They were not (penggabungan dibatalkan).' },
    DIED: { description: 'From the month of death on (meninggal).' },
    MOVED: { description: 'To another village (pindah domisili).' },
    CIVIL_SERVICE_CHANGED: { description: 'Became a civil servant, or ceased to be one (status ASN).' },
    WAGE_EMPLOYED: { description: 'An employer covers the worker (penerima upah).' },
    DISPUTED: { description: 'Somebody says the record is wrong (disengketakan).' },
    DISPUTE_DECIDED: { description: 'And it was decided (sengketa diputus).' },
    CLAIM_CHECK_OPENED: { description: 'There may be a claim (cek klaim).' },
    ENROLLED: { description: 'In a program (didaftarkan).' },
    ENDED: { description: 'Before its time (dihentikan).' },
    SUSPENDED: { description: 'For a time (ditangguhkan).' },
    RESUMED: { description: 'After a suspension, or because BPJS keeps the money (diaktifkan kembali).' },
    SUBSTITUTED: { description: 'Somebody else has the place (digantikan).' },
    TOOK_OVER: { description: 'The place of another, or from another payer (menggantikan).' },
    TRANSFERRED: { description: 'To another payer (dialihkan).' },
    ACCEPTED: { description: 'By BPJS (diterima BPJS).' },
    REJECTED: { description: 'By BPJS; its months are released (ditolak BPJS).' },
    PAID: { description: 'Contributions of months (dibayar).' },
    REFUND_REQUESTED: { description: 'Paid months without coverage (pengembalian diajukan).' },
    REFUND_GRANTED: { description: 'The money is back (dikembalikan).' },
    REFUND_REFUSED: {
      description: 'The money stays spent; `fact` says why months do not come back (pengembalian ditolak).',
    },
    REFUND_WITHDRAWN: { description: 'A substitute has the months (pengembalian dibatalkan).' },
  },
})

@Extensions(rowsOf(WorkerEventEntity))
@ObjectType({ description: 'What happened to a worker or to one of his enrollments (riwayat).' })
export class WorkerEvent {
  @Field(() => ID, { description: 'Of this event (ID peristiwa).' })
  id!: string

  @Field(() => WorkerEventKind, { description: 'What happened (peristiwa).' })
  kind!: WorkerEventKind

  @Field(() => DateTime, { description: 'When the hub wrote it (waktu pencatatan).' })
  at!: Date

  @Field(() => LocalDate, { description: 'Business date (tanggal pembukuan).' })
  enteredOn!: string

  @Field(() => Payer, { nullable: true, description: 'Whose enrollment it is about (pembayar iuran).' })
  payer?: Payer

  @Field(() => Rupiah, { nullable: true, description: 'Money it is about (jumlah).' })
  amount?: bigint

  @Field(() => String, { nullable: true, description: 'In the words of who acted (alasan).' })
  reason?: string

  @Field(() => String, {
    nullable: true,
    description:
      'What became of it, in codes: the villages of a move, from and to; BECAME or CEASED a civil servant; why months of a refused refund do not come back (fakta).',
  })
  fact?: string

  @Field(() => String, {
    nullable: true,
    description: 'Who acted; null where he works for a payer you may not know of (pelaku).',
  })
  actor?: string
}
