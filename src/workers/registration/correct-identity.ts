import type { Context } from '../../contract/context.ts'
import { idValue } from '../../contract/id.ts'
import { done, type Outcome } from '../../contract/outcome.ts'
import { checkedReason } from '../../contract/reason.ts'
import type { Query } from '../../db/database.ts'
import { badInput } from '../../kernel/errors.ts'
import { firstDay, monthOf } from '../../kernel/month.ts'
import { ref, sql } from '../../planner/sql.ts'
import { holdWorkers } from '../hold-workers.ts'
import { insertIdentities, readIdentities } from '../identity.ts'
import { recordEvents } from '../record-events.ts'
import { type Sex, WorkerEntity } from '../worker.entity.ts'
import { findingFacts, identityRefusal } from './identity-refusal.ts'
import { checkedBirthDate, checkedName, inspectPerson } from './inspect-person.ts'
import { matchBeforeWriting } from './match-people.ts'
import { REFUSED_AS, unlessKnown } from './register-worker.ts'

/** What was wrong about somebody; what is not given stays. */
export interface IdentityCorrection {
  /** Id of the worker. */
  readonly worker: string
  readonly nik?: string | null | undefined
  readonly fullName?: string | null | undefined
  /** `YYYY-MM-DD` */
  readonly birthDate?: string | null | undefined
  readonly reason: string
  /** Whether it is right although somebody very like is known. */
  readonly overrideSuspect?: boolean | null | undefined
}

/**
 * Corrects who a worker is. What the vault said before is set aside, sealed as it was; nobody is found by it any more.
 *
 * @returns a `CorrectedIdentity`.
 * @throws Refused with an `IdentityRefusal`, when nothing would change or the NIK is not his.
 * @throws Fault BAD_USER_INPUT, naming the field; a worker whom the viewer may not see is not there.
 */
export async function correctIdentity(input: IdentityCorrection, context: Context): Promise<Outcome> {
  const { note, query } = context.change!
  await context.allow(1)
  const reason = checkedReason('input.reason', input.reason)
  const worker = await holdIdentity(input.worker, context)
  note({ workers: [worker.id], subject: `Worker:${worker.id}` })
  const former = (await readIdentities(query, [worker.id], context.nikKeys)).get(worker.id)
  if (!former) throw badInput('input.worker', 'The vault knows no identity of this worker.')
  const fullName = input.fullName == null ? former.fullName : checkedName(input.fullName)
  const birthDate =
    input.birthDate == null ? former.birthDate : checkedBirthDate(input.birthDate, context.today)
  const declared = { ...worker, nik: input.nik ?? former.nik, birthDate }
  const { nik, findings } = await inspectPerson(query, declared, context.today)
  if (!nik) throw identityRefusal('INVALID_NIK', findings)
  const person = { nik, fullName, birthDate }
  if (nik === former.nik && fullName === former.fullName && birthDate === former.birthDate)
    throw identityRefusal('NOTHING_TO_DO', findings, worker.id)
  const match = await matchBeforeWriting(query, person, context.nikKeys, worker.id)
  if (match.kind !== 'NEW' && !(match.kind === 'SUSPECT' && input.overrideSuspect)) {
    note({ workers: [worker.id, match.worker] })
    const code = match.worker === worker.id ? 'MERGED_ROW' : REFUSED_AS[match.kind]
    throw identityRefusal(code, findings, match.worker)
  }
  await setAside(query, worker.id, birthDate)
  const corrected = [{ worker: worker.id, ...person }]
  const { nikKeys, partnerKeys } = context
  await unlessKnown(findings, insertIdentities(query, corrected, nikKeys, partnerKeys))
  await recordEvents(query, context, [{ worker: worker.id, kind: 'IDENTITY_CORRECTED', reason }])
  return done('CorrectedIdentity', { worker: worker.id, findings: findingFacts(findings) })
}

interface HeldWorker {
  readonly id: string
  readonly sex: Sex
  readonly village: string
}

/**
 * A worker whom the viewer may see, until the transaction ends: first the row, for which corrections queue, then his
 * identity, which a rotation of keys may be sealing anew.
 */
async function holdIdentity(id: string, { change, read }: Context): Promise<HeldWorker> {
  const { query } = change!
  const worker = ref(WorkerEntity)
  // Looked at only then: one who was merged into another meanwhile is not there any more.
  await holdWorkers(query, [id])
  const [seen] = await read<HeldWorker>(
    sql`/* identity.seen */ select ${worker.id}, ${worker.sex}, ${worker.village} as village from ${worker} where ${worker.id} = ${idValue(id)}`,
    query,
  )
  if (!seen) throw badInput('input.worker', 'There is no worker of this id.', 'Look it up with workers.')
  await query('/* identity.hold */ select from worker_identity where worker_id = $1 for update', [seen.id])
  return seen
}

/** What the vault says, put among the former identities; it says nothing of him then. */
async function setAside(query: Query, worker: string, birthDate: string): Promise<void> {
  await query(
    `/* identity.set_aside */ with sealed as (
      delete from worker_identity where worker_id = $1 returning key_id, nik_cipher, full_name, birth_date
    ), token as (
      delete from identity_token where worker_id = $1 returning key_id, nik_token
    ), born as (
      update worker set birth_month = $2 where id = $1 and birth_month <> $2
    )
    insert into former_identity (worker_id, key_id, nik_token, nik_cipher, full_name, birth_date)
    select $1, key_id, nik_token, nik_cipher, full_name, birth_date from sealed join token using (key_id)`,
    [worker, firstDay(monthOf(birthDate))],
  )
}
