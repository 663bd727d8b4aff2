import { reaches, type Viewer } from '../../access/viewer.ts'
import type { Context } from '../../contract/context.ts'
import { done, type Outcome } from '../../contract/outcome.ts'
import { checkedReason } from '../../contract/reason.ts'
import { badInput, Fault } from '../../kernel/errors.ts'
import type { NikFinding } from '../../kernel/nik.ts'
import { ref, sql } from '../../planner/sql.ts'
import type { WorkerCategory } from '../../programs/worker-category.ts'
import { recordEvents } from '../record-events.ts'
import { type Sex, WorkerEntity } from '../worker.entity.ts'
import { findingFacts, identityRefusal } from './identity-refusal.ts'
import { checkedBirthDate, checkedName, inspectPerson } from './inspect-person.ts'
import { matchBeforeWriting } from './match-people.ts'
import { registerPeople } from './register-people.ts'

/** Somebody to be registered; days are `YYYY-MM-DD`. */
export interface NewWorker {
  readonly nik: string
  readonly fullName: string
  readonly birthDate: string
  readonly sex: Sex
  readonly category: WorkerCategory
  readonly village: string
  /** Today unless told. */
  readonly domicileSince?: string | null | undefined
  readonly welfareDecile?: number | null | undefined
  readonly decileAsOf?: string | null | undefined
  readonly civilServant?: boolean | null | undefined
  /** Why a suspect is somebody else, or why somebody of another name is the same person. */
  readonly overrideReason?: string | null | undefined
}

/**
 * Registers a person whom nobody has registered yet. With a reason, a suspect is taken for another person, and somebody
 * of the same NIK and another name for the same person: then nobody is registered, and it answers with the worker there is,
 * whom the viewer has to see for that.
 *
 * @returns a `RegisteredWorker`.
 * @throws Refused with an `IdentityRefusal`: INVALID_NIK, ALREADY_REGISTERED, IDENTITY_CONFLICT, SUSPECT_MATCH.
 * @throws Fault BAD_USER_INPUT or FORBIDDEN, naming the field.
 */
export async function registerWorker(input: NewWorker, context: Context): Promise<Outcome> {
  const { note, query } = context.change!
  await context.allow(1)
  const worker = checkedWorker(input, context)
  const { nik, findings } = await inspectPerson(query, worker, context.today)
  if (!nik) throw identityRefusal('INVALID_NIK', findings)
  const person = { nik, fullName: worker.fullName, birthDate: worker.birthDate }
  const match = await matchBeforeWriting(query, person, context.nikKeys)
  if (match.kind !== 'NEW') note({ workers: [match.worker] })
  const { overrideReason: reason } = worker
  if (match.kind === 'EXACT' || (match.kind !== 'NEW' && reason === null))
    throw identityRefusal(REFUSED_AS[match.kind], findings, match.worker)
  if (match.kind === 'CONFLICT') {
    // Into the history of somebody else's person nobody writes.
    if (!(await isSeen(match.worker, context)))
      throw identityRefusal(REFUSED_AS[match.kind], findings, match.worker)
    await recordEvents(query, context, [{ worker: match.worker, kind: 'REGISTERED', reason }])
    return registered(match.worker, findings, context)
  }
  const suspected = match.kind === 'SUSPECT' ? reason : null
  const newcomer = { ...worker, nik, civilServant: worker.civilServant ?? false, reason: suspected }
  const [id] = await unlessKnown(findings, registerPeople(query, [newcomer], context))
  note({ workers: match.kind === 'SUSPECT' ? [id!, match.worker] : [id!] })
  return registered(id!, findings, context)
}

async function isSeen(id: string, { change, read }: Context): Promise<boolean> {
  const worker = ref(WorkerEntity)
  const seen = await read(
    sql`/* identity.seen */ select ${worker.id} from ${worker} where ${worker.id} = ${id}`,
    change!.query,
  )
  return seen.length === 1
}

/** How a match that is not new is refused. */
export const REFUSED_AS = {
  EXACT: 'ALREADY_REGISTERED',
  CONFLICT: 'IDENTITY_CONFLICT',
  SUSPECT: 'SUSPECT_MATCH',
} as const

/**
 * Waits for a person to be written whom nobody knew a moment ago.
 *
 * @throws Refused when somebody else was faster: the transaction is lost, so it cannot be said who.
 */
export async function unlessKnown<Written>(
  findings: readonly NikFinding[],
  written: Promise<Written>,
): Promise<Written> {
  try {
    return await written
  } catch (error) {
    if (error instanceof Fault && error.code === 'CONFLICT' && error.field === 'nik')
      throw identityRefusal('ALREADY_REGISTERED', findings)
    throw error
  }
}

function registered(worker: string, findings: readonly NikFinding[], { change }: Context): Outcome {
  change!.note({ subject: `Worker:${worker}` })
  return done('RegisteredWorker', { worker, findings: findingFacts(findings) })
}

function checkedWorker(input: NewWorker, { today, viewer }: { today: string; viewer: Viewer }) {
  const { village, welfareDecile = null, decileAsOf = null, overrideReason } = input
  const birthDate = checkedBirthDate(input.birthDate, today)
  const domicileSince = input.domicileSince ?? today
  if (!reaches(viewer, village)) {
    throw new Fault('FORBIDDEN', 'This village lies outside your areas.', {
      field: 'input.village',
      remedy: 'Ask the regency in which he lives to register him.',
    })
  }
  if (domicileSince > today || domicileSince < birthDate)
    throw badInput('input.domicileSince', 'A domicile begins between birth and today.')
  if (welfareDecile !== null && !(welfareDecile >= 1 && welfareDecile <= 10))
    throw badInput('input.welfareDecile', 'A decile is 1 to 10.')
  if ((welfareDecile === null) !== (decileAsOf === null))
    throw badInput('input.decileAsOf', 'A decile has a date, and a date a decile.', 'Give both or neither.')
  if (decileAsOf !== null && decileAsOf > today)
    throw badInput('input.decileAsOf', 'A decile is not known before its day.')
  return {
    ...input,
    fullName: checkedName(input.fullName),
    birthDate,
    domicileSince,
    welfareDecile,
    decileAsOf,
    overrideReason: overrideReason == null ? null : checkedReason('input.overrideReason', overrideReason),
  }
}
