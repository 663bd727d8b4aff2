import { loadRates } from '../../seeds/load-rates.ts'
import type { Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { composeNik, type Nik } from '../../src/kernel/nik.ts'
import { someAreas } from '../harness/areas.ts'
import { aWorker } from '../harness/builders.ts'
import { ADMIN, openTestHub } from '../harness/hub.ts'
import type { Answer, Variables } from '../harness/operations.ts'
import { askAs } from '../harness/viewers.ts'

/** A hub with areas and the contribution rates of `seeds/rates.yaml`, and nobody in it. */
export async function openRatedHub(): Promise<Hub> {
  const hub = await openTestHub()
  await someAreas(hub)
  await hub.db.transaction(loadRates)
  return hub
}

let niks = 0

/** A NIK that nobody has yet. */
export function newNik(): Nik {
  const number = niks++
  const day = String(1 + (Math.floor(number / 999) % 28)).padStart(2, '0')
  const month = String(1 + (Math.floor(number / 27_972) % 12)).padStart(2, '0')
  return composeNik({
    district: '36.03.01',
    birthDate: `1983-${month}-${day}`,
    sex: 'FEMALE',
    serial: 9_001 + (number % 999),
  })
}

/** A farmer of 40 in Balaraja whom the hub can name: nothing stands against enrolling her. */
export function someone() {
  return aWorker().aged(40).inDecile(2).identifiedBy(newNik())
}

export type Ask = (query: string, variables?: Variables) => Promise<Answer>

export function asking(hub: Hub, viewer: Viewer = ADMIN): Ask {
  return (query, variables = {}) => askAs(hub, viewer, query, variables)
}

export const REFUSAL = `__typename ... on Refusal { code message }
  ... on OverlapRefusal { covered { benefit payerKind from to } findings { code fact } shortfalls { fiscalYear } }
  ... on EligibilityRefusal { findings { code level fact } rulesVersion shortfalls { fiscalYear } }
  ... on BudgetRefusal { shortfalls { fiscalYear budget needed remaining } }`

export const STATE_REFUSAL = `__typename ... on Refusal { code message } ... on StateRefusal { possibleFrom }`

export const ENROLLMENT = `id state from to worker { id } program { code }
  charges { from to monthly total paidThrough budget { id fiscalYear } }
  lines { benefit from to }`

export const ENROLL = `mutation ($input: EnrollWorkerInput!) { enrollWorker(input: $input) {
  ${REFUSAL} ... on Enrollment { ${ENROLLMENT} } } }`

export const SCREEN = `query ($input: ScreenWorkerInput!) { screenWorker(input: $input) {
  outcome cost rulesVersion findings { code level fact } covered { benefit payerKind from to }
  charges { fiscalYear budget from to monthly } shortfalls { fiscalYear budget needed remaining } } }`

/** Ceiling, committed and paid of a budget, in rupiah. */
export async function balanceOf({ db }: Pick<Hub, 'db'>, budget: { readonly id: string }) {
  const [row] = await db.query<{ ceiling: string; committed: string; paid: string }>(
    '/* test.balance */ select ceiling, committed, paid from budget where id = $1',
    [budget.id],
  )
  return { ceiling: BigInt(row!.ceiling), committed: BigInt(row!.committed), paid: BigInt(row!.paid) }
}

/** The kinds of ledger entries of a budget, in order, with their deltas of committed and paid. */
export async function entriesOf({ db }: Pick<Hub, 'db'>, budget: { readonly id: string }) {
  const rows = await db.query<{ kind: string; committed: string; paid: string }>(
    `/* test.entries */ select kind, committed_delta as committed, paid_delta as paid from budget_entry
      where budget_id = $1 order by id`,
    [budget.id],
  )
  return rows.map(({ kind, committed, paid }) => `${kind} ${committed} ${paid}`)
}
