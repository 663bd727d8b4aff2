import type { Context } from '../../contract/context.ts'
import { firstDay } from '../../kernel/month.ts'
import { intersection, type Period } from '../../kernel/period.ts'
import { type Cut, planCut, writeCuts } from '../life/cut.ts'
import { acting } from '../life/end.ts'
import type { HeldEnrollment } from '../life/held-enrollment.ts'
import { type NewCharge, writeEnrollments } from '../write-enrollments.ts'
import { noteFrom } from './person.ts'

/** Months in a row that are charged. */
interface Run {
  readonly period: Period
  readonly charges: readonly NewCharge[]
}

/** How an enrollment gives up unpaid months that somebody else covers. */
export interface Release {
  readonly cut: Cut
  /** Whether no month after them is left, so that it ends; otherwise it is suspended, and may go on. */
  readonly ends: boolean
  /** The months that it covers no more. */
  readonly lost: Period
  /** The runs of months after them, in which it goes on as it was decided: none in which it had paused before. */
  readonly rest: readonly Run[]
}

/**
 * What it means to release the unpaid ones of some months. Paid months stay, and so does what was committed after them.
 *
 * @returns undefined when it covers none of them, or all of those are paid.
 */
export function planRelease(held: HeldEnrollment, months: Period): Release | undefined {
  const { period, suspendedFrom } = held
  const from = months.from > period.from ? months.from : period.from
  if (from >= months.until) return undefined
  const ends = months.until >= period.until
  const cut = planCut(held, from, 'STAY', ends ? 'ENDED' : 'SUSPENDED')
  const coveredUntil = suspendedFrom ?? period.until
  if (cut.coveredUntil >= coveredUntil) return undefined
  const lost = intersection({ from: cut.coveredUntil, until: coveredUntil }, months)
  if (!lost) return undefined
  return { cut, ends, lost, rest: restOf(held, { from: months.until, until: coveredUntil }) }
}

function restOf({ charges }: HeldEnrollment, after: Period): Run[] {
  if (after.from >= after.until) return []
  const runs: { period: Period; charges: NewCharge[] }[] = []
  for (const { budget, monthly, period } of charges) {
    const kept = intersection(period, after)
    if (!kept) continue
    const last = runs.at(-1)
    if (last?.period.until === kept.from) {
      last.period = { from: last.period.from, until: kept.until }
      last.charges.push({ budget, monthly, period: kept })
    } else runs.push({ period: kept, charges: [{ budget, monthly, period: kept }] })
  }
  return runs
}

/** Does it: what has a rest is suspended and taken up again after the months, at the contributions it was decided at. */
export async function writeReleases(
  releases: readonly Release[],
  context: Context,
  reason: string,
): Promise<void> {
  const [first] = releases.map(({ lost }) => lost.from).sort()
  if (first === undefined) return
  const telling = { ...acting(context), reason, note: noteFrom(first) }
  const ending = releases.filter(({ ends }) => ends)
  const suspending = releases.filter(({ ends }) => !ends)
  await writeCuts(context.change!, cutsOf(ending), { ...telling, event: 'ENDED' })
  await writeCuts(context.change!, cutsOf(suspending), { ...telling, event: 'SUSPENDED', suspends: true })
  for (const release of suspending) await goOn(release, context, reason)
}

function cutsOf(releases: readonly Release[]): Cut[] {
  return releases.map(({ cut }) => cut)
}

async function goOn({ cut: { enrollment }, rest }: Release, context: Context, reason: string): Promise<void> {
  const { worker, program, id, suspendedFrom } = enrollment
  const [first] = rest
  if (!first) return
  const going = rest.map((run) => ({ worker, program, continues: id, ...run }))
  await writeEnrollments(context.change!, going, {
    ...acting(context),
    event: 'RESUMED',
    reason,
    note: `${program}: 1 person, from ${first.period.from} on`,
  })
  await context.change!.query(
    `/* life_event.goes_on */ update enrollment set suspended_from = $3::date where (worker_id, id) = ($1, $2)`,
    [worker, id, suspendedFrom && firstDay(suspendedFrom)],
  )
}
