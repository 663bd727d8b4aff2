import { ANONYMOUS, type Viewer } from '../../../src/access/viewer.ts'
import type { Hub } from '../../../src/app.ts'
import { someAreas } from '../../harness/areas.ts'
import {
  aBudget,
  aPayer,
  aProgram,
  aWorker,
  type InsertedBudget,
  type InsertedPayer,
  type InsertedWorker,
} from '../../harness/builders.ts'
import { aViewer } from '../../harness/viewers.ts'

/**
 * Banten, seen from the regency of Tangerang (36.03): its own people and those who live there, whom others pay for.
 * With Banten it has an agreement that ends today; those with Pandeglang and the donor have ended or not begun.
 */
export interface Jurisdictions {
  readonly payers: Readonly<Record<PayerName, InsertedPayer>>
  readonly budgets: Readonly<
    Record<'tangerang' | 'village' | 'banten' | 'pandeglang' | 'donor', InsertedBudget>
  >
  readonly people: Readonly<Record<PersonName, InsertedWorker>>
  readonly viewers: Readonly<Record<ViewerName, Viewer>>
  /** The name of a person by id. */
  nameOf(id: string): PersonName
}

type PayerName = 'tangerang' | 'village' | 'pandeglang' | 'banten' | 'donor'

export type PersonName =
  /** Lives in the village of Cangkudu; Tangerang pays, and an employer is reported too. */
  | 'own'
  /** Lives in Tangerang; Banten pays. */
  | 'helped'
  /** Lives in Tangerang; the donor pays. */
  | 'donated'
  /** Lives in Tangerang; Pandeglang pays. */
  | 'commuter'
  /** Lives in the city, outside; Tangerang pays. */
  | 'moved'
  /** Lives in Pandeglang; Tangerang has proposed him, and nobody pays. */
  | 'proposed'
  /** Lives in Pandeglang; Tangerang has decided about him, and nobody pays any more. */
  | 'released'
  /** Lives in Pandeglang; Pandeglang pays. */
  | 'neighbor'
  /** Lives in Jakarta; Banten pays. */
  | 'distant'

export type ViewerName = 'clerk' | 'village' | 'analyst' | 'ministry' | 'partner' | 'anonymous'

export async function jurisdictions(hub: Hub): Promise<Jurisdictions> {
  await someAreas(hub)
  const payers = {
    tangerang: await aPayer('REGENCY', { area: '36.03', name: 'Tangerang' }).in(hub),
    village: await aPayer('VILLAGE', { area: '36.03.01.2003', name: 'Cangkudu' }).in(hub),
    pandeglang: await aPayer('REGENCY', { area: '36.01', name: 'Pandeglang' }).in(hub),
    banten: await aPayer('PROVINCE', { area: '36', name: 'Banten' }).in(hub),
    donor: await aPayer('DONOR', { name: 'Yayasan' }).in(hub),
  }
  const employer = await aPayer('EMPLOYER', { name: 'PT' }).in(hub)
  const program = (payer: InsertedPayer, code: string) => aProgram(payer).coded(code).paying('JKK').in(hub)
  const tng = await program(payers.tangerang, 'TNG')
  const btn = await program(payers.banten, 'BTN')
  const pdg = await program(payers.pandeglang, 'PDG')
  const dnr = await program(payers.donor, 'DNR')
  const budget = (payer: InsertedPayer, ceiling: bigint) => aBudget(payer, 2023, ceiling).in(hub)
  const budgets = {
    tangerang: await budget(payers.tangerang, 10_000_000n),
    village: await budget(payers.village, 1_000_000n),
    banten: await budget(payers.banten, 50_000_000n),
    pandeglang: await budget(payers.pandeglang, 20_000_000n),
    donor: await budget(payers.donor, 5_000_000n),
  }
  const months = '2023-01..2023-06'
  const people = {
    own: await aWorker()
      .livingIn('36.03.01.2003')
      .coveredBy(tng, months, { chargedTo: [budgets.tangerang] })
      .reportedBy(employer, '2023-05..2023-05', { segment: 'PU', by: 'Rahasia' })
      .in(hub),
    helped: await aWorker()
      .livingIn('36.03.02.2001')
      .coveredBy(btn, months, { chargedTo: [budgets.banten] })
      .in(hub),
    donated: await aWorker().livingIn('36.03.01.1001').coveredBy(dnr, months).in(hub),
    commuter: await aWorker().livingIn('36.03.02.2002').coveredBy(pdg, months).in(hub),
    moved: await aWorker()
      .livingIn('36.71.01.1001')
      .coveredBy(tng, months, { chargedTo: [budgets.tangerang] })
      .in(hub),
    proposed: await aWorker()
      .livingIn('36.01.01.2001')
      .coveredBy(tng, months, { decision: 'PROPOSED' })
      .in(hub),
    released: await aWorker()
      .livingIn('36.01.01.2001')
      .coveredBy(tng, months, { decision: 'RELEASED' })
      .in(hub),
    neighbor: await aWorker()
      .livingIn('36.01.01.2002')
      .coveredBy(pdg, months, { chargedTo: [budgets.pandeglang] })
      .in(hub),
    distant: await aWorker().livingIn('31.71.01.1001').coveredBy(btn, months).in(hub),
  }
  await anAgreement(hub, payers.banten, payers.tangerang, '[2023-01-01,2023-05-15]')
  await anAgreement(hub, payers.tangerang, payers.pandeglang, '[2022-01-01,2023-05-14]')
  await anAgreement(hub, payers.tangerang, payers.donor, '[2023-05-16,)')
  const names = new Map(Object.entries(people).map(([name, { id }]) => [id, name as PersonName]))
  return {
    payers,
    budgets,
    people,
    viewers: {
      clerk: aViewer('clerk', ['36.03'], { payer: payers.tangerang.id }),
      village: aViewer('clerk', ['36.03.01.2003'], { subject: 'village', payer: payers.village.id }),
      analyst: aViewer('analyst', ['36']),
      ministry: aViewer('analyst', ['*'], { subject: 'ministry' }),
      partner: aViewer('partner', ['36.03']),
      anonymous: ANONYMOUS,
    },
    nameOf: (id) => names.get(id)!,
  }
}

/** Two payers agree for a range of days, as PostgreSQL writes it. */
async function anAgreement(
  { db }: Pick<Hub, 'db'>,
  one: InsertedPayer,
  other: InsertedPayer,
  days: string,
): Promise<void> {
  const [first, second] = [one.id, other.id].sort((a, b) => Number(a) - Number(b))
  await db.query(
    `/* test.agreement */ insert into agreement (first_id, second_id, period, reference)
      values ($1, $2, $3::daterange, 'PKS')`,
    [first, second, days],
  )
}
