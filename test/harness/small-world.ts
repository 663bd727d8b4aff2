import type { Hub } from '../../src/app.ts'
import { composeNik, type Nik } from '../../src/kernel/nik.ts'
import { aRoster } from '../rosters/world.ts'
import { AREA_CODES, someAreas, VILLAGE_CODES } from './areas.ts'
import { aBudget, aPayer, aProgram, aWorker, type InsertedProgram } from './builders.ts'

/** What a test may ask a small world for. */
export interface SmallWorld {
  readonly areas: readonly string[]
  readonly programs: readonly string[]
  readonly niks: readonly Nik[]
}

/** Text that needs care wherever it is put: quotes, backslash, control characters, characters beyond the first plane. */
export const AWKWARD = `it's "quoted" \\back\\slash\\ 🌂 é\t\n\r\u0001\u007f\u2028 $1 %s {}[]`

/**
 * A hub with a little of everything: every kind of payer, programs whose codes need escapes, budgets beyond 2^53
 * and without any money, workers with none to several enrollments and reported lines, overlaps, deaths, charges over
 * New Year, empty areas.
 */
export async function smallWorld(hub: Hub): Promise<SmallWorld> {
  await someAreas(hub)
  const central = await aPayer('CENTRAL', { name: 'Pusat' }).in(hub)
  const banten = await aPayer('PROVINCE', { area: '36' }).in(hub)
  const tangerang = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  const city = await aPayer('REGENCY', { area: '36.71' }).in(hub)
  const village = await aPayer('VILLAGE', { area: '36.03.01.2003' }).in(hub)
  const employer = await aPayer('EMPLOYER', { name: AWKWARD }).in(hub)
  const donor = await aPayer('DONOR', { name: 'Yayasan "Payung"' }).in(hub)
  const self = await aPayer('SELF', { name: '' }).in(hub)

  const sweep = await aProgram(tangerang).coded('TNG-2022').during('2022-12..2023-05').upToDecile(4).in(hub)
  const province = await aProgram(banten)
    .coded(`B "1" \\ 'x'`, AWKWARD)
    .paying('JKM')
    .admitting('FISHER', 'FARMER')
    .basedOn(AWKWARD)
    .in(hub)
  const donated = await aProgram(donor).coded('🌂').paying('JHT').at(0n).in(hub)
  const tobacco = await aProgram(tangerang)
    .coded('DBH')
    .from('DBH_CHT', 'PU')
    .during('2023-01..2023-12')
    .in(hub)
  const unused = await aProgram(central)
    .coded('NONE')
    .paying('JKK', 'JKM', 'JHT', 'JP', 'JKP')
    .at(2n ** 60n)
    .in(hub)

  const of2022 = await aBudget(tangerang, 2022, 845_241_600n)
    .committing(845_241_600n)
    .payingOut(1_000_000n)
    .in(hub)
  const of2023 = await aBudget(tangerang, 2023, 4_226_208_000n)
    .heldBy('Dinas Tenaga Kerja', '5.1.02.02.01.0001')
    .committing(1n)
    .revisedBy(5n)
    .in(hub)
  const ofProvince = await aBudget(banten, 2023, 9_007_199_254_740_993n)
    .committing(9_007_199_254_740_993n)
    .in(hub)
  await aBudget(tangerang, 2023, 7n).from('DBH_CHT').heldBy(AWKWARD).in(hub)
  await aBudget(village, 2023, 0n).in(hub)
  await aBudget(city, 2024, 333n).committing(3n).payingOut(1n).in(hub)

  const niks = [1, 2, 3].map((n) =>
    composeNik({ district: '36.03.01', birthDate: `1983-05-0${n}`, sex: 'FEMALE', serial: 9_000 + n }),
  )
  await aWorker()
    .aged(40)
    .inDecile(2)
    .identifiedBy(niks[0]!)
    .coveredBy(sweep, '2022-12..2023-05', { chargedTo: [of2022, of2023], paidThrough: '2023-02' })
    .coveredBy(donated, '2023-01..2023-03')
    .in(hub)
  await aWorker()
    .aged(40)
    .male()
    .working('FISHER')
    .identifiedBy(niks[1]!)
    .coveredBy(province, '2023-01..2023-06', { chargedTo: [ofProvince], paidThrough: '2023-06' })
    .reportedBy(employer, '2023-01..2023-12', { segment: 'PU', by: AWKWARD })
    .reportedBy(self, '2023-05..2023-05', { benefit: 'JHT' })
    .in(hub)
  await aWorker()
    .aged(64)
    .inDecile(1)
    .livingIn('36.71.01.1001')
    .coveredBy(sweep, '2022-12..2023-01', { decision: 'REJECTED' })
    .coveredBy(sweep, '2023-04..2023-05', { decision: 'COMMITTED', chargedTo: [of2023] })
    .coveredBy(tobacco, '2023-06..2023-12', { decision: 'PROPOSED' })
    .in(hub)
  await aWorker().aged(70).inDecile(4).died('2023-03').coveredBy(sweep, '2022-12..2023-05').in(hub)
  await aWorker().aged(17).working('NON_ASN').livingIn('11.10.01.2001').in(hub)
  await aWorker().aged(30).civilServant().inDecile(3).livingIn('36.01.01.2001').in(hub)
  for (let n = 0; n < 10; n++) {
    const worker = aWorker()
      .bornIn(`19${60 + (n % 4)}-0${1 + (n % 3)}`)
      .livingIn(VILLAGE_CODES[n % 5]!)
      .working((['FARMER', 'FISHER', 'PEDICAB'] as const)[n % 3]!)
    if (n % 2 === 0) worker.inDecile(1 + n)
    if (n % 3 === 0)
      worker.coveredBy(sweep, '2023-01..2023-05', { decision: 'SUBMITTED', chargedTo: [of2023] })
    if (n % 4 === 0) worker.coveredBy(donated, '2022-12..2022-12')
    await worker.in(hub)
  }
  await someRates(hub)
  await someRosters(hub, sweep, province)
  const programs = [sweep, province, donated, tobacco, unused].map(({ code }) => code)
  return { areas: AREA_CODES, programs, niks }
}

async function someRosters(hub: Hub, sweep: InsertedProgram, province: InsertedProgram): Promise<void> {
  const first = await aRoster(sweep)
    .during('2023-01..2023-05')
    .inState('ENROLLED')
    .submittedBy('clerk')
    .throughWith(4)
    .withRow({
      outcome: 'ENROLLED',
      match: 'EXACT',
      worker_id: 1,
      enrollment_id: 1,
      rank: 1,
      acceptance: 'ACCEPTED',
    })
    .withRow({ outcome: 'OVER_BUDGET', screened_as: 'ELIGIBLE', match: 'NEW', rank: 2 })
    .withRow({
      outcome: 'ALREADY_COVERED',
      match: 'EXACT',
      worker_id: 2,
      covered: [
        { benefit: 'JKM', payerKind: 'PROVINCE', from: '2023-01', to: '2023-06' },
        { benefit: 'JHT', payerKind: 'SELF', from: '2023-05', to: '2023-05' },
      ],
      findings: [{ code: 'CATEGORY', level: 'INELIGIBLE', message: 'Not this category.', fact: 'FISHER' }],
    })
    .withRow({
      outcome: 'ENROLLED',
      match: 'SUSPECT',
      worker_id: 3,
      identity_decision: 'OTHER_PERSON',
      identity_reason: AWKWARD,
      identity_decided_by: 'clerk',
      acceptance: 'REFUSED',
      acceptance_reason: AWKWARD,
    })
    .in(hub)
  await aRoster(sweep)
    .correcting(first)
    .withRow({ outcome: 'ELIGIBLE', match: 'NEW', rank: 2 })
    .withRow({ outcome: 'ELIGIBLE', match: 'NEW', rank: 1, category: 'DRIVER' })
    .withRow({ outcome: 'DUPLICATE_IN_FILE', match: 'NEW', in_file: 'DUPLICATE', same_as_row: 1 })
    .withRow({ outcome: 'SUSPECT_MATCH', match: 'NEW', in_file: 'SUSPECT', same_as_row: 2 })
    .withRow({
      outcome: 'INVALID_NIK',
      category: null,
      sex: null,
      birth_month: null,
      village_code: null,
      welfare_decile: null,
      nik_findings: [
        { code: 'LENGTH', level: 'ERROR', message: 'It has not 16 digits.' },
        { code: 'MOVED', level: 'INFO', message: AWKWARD },
      ],
      problems: [{ code: 'MISSING', field: 'sex', message: 'The sex is missing.' }],
    })
    .withRow({ outcome: 'IDENTITY_CONFLICT', match: 'CONFLICT', worker_id: 4 })
    .in(hub)
  await aRoster(province).inState('DRAFT').withRow().in(hub)
}

async function someRates({ db }: Hub): Promise<void> {
  await db.query(`/* test.rates */
    insert into contribution_rate
      (segment, benefit, variant, payer, sector, amount, basis_points, minimum, maximum, effective_from,
       effective_to, legal_basis, standing)
    values
      ('BPU', 'JKK', 'to 1,099,000', 'ANY', 'ANY', 10000, null, null, null, '2015-07-01', null, 'PP 44/2015', 'VERIFIED'),
      ('BPU', 'JKM', '', 'ANY', 'ANY', 6800, null, null, null, '2015-07-01', '2023-04-30', 'PP 44/2015', 'VERIFIED'),
      ('BPU', 'JKM', '', 'GOVERNMENT', 'ANY', 3400, null, null, null, '2015-07-01', null, 'a "b"', 'UNVERIFIED'),
      ('PU', 'JKK', 'low', 'OTHER', 'TRANSPORT', null, 24, 1, 9223372036854775807, '2020-01-15', null, 'x', 'VERIFIED')`)
}
