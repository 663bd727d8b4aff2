import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import { nikToken } from '../access/vault/vault.ts'
import type { Context } from '../contract/context.ts'
import { checkSpan, monthDate } from '../contract/months.ts'
import { CoverageLineEntity } from '../enrollments/coverage-line.entity.ts'
import type { LineRef } from '../enrollments/covered.ts'
import { badInput } from '../kernel/errors.ts'
import { addMonths, type Month } from '../kernel/month.ts'
import { inspectNik, type Nik } from '../kernel/nik.ts'
import { PayerEntity } from '../payers/payer.entity.ts'
import { derived, rows } from '../planner/description.ts'
import { type DerivedRef, ref, type Sql, sql } from '../planner/sql.ts'
import { WorkerEntity } from '../workers/worker.entity.ts'
import { Worker } from '../workers/worker.type.ts'
import { WorkerIdentityEntity } from '../workers/worker-identity.entity.ts'
import { CheckCoverageInput, CoverageCheck } from './check-coverage.type.ts'

const MOST_PEOPLE = 1_000

@Resolver(() => CoverageCheck)
export class CheckCoverageResolver {
  @Query(() => [CoverageCheck], {
    description:
      'Whether people are covered, in the order asked; never over GET, where addresses are logged (pengecekan).',
  })
  checkCoverage(@Arg('input', () => CheckCoverageInput) input: CheckCoverageInput, @Ctx() context: Context) {
    const [from, to] = checked(input, context)
    const people = input.people.map(({ nik }) => inspectNik(nik, { today: context.today }).nik)
    const period = sql`daterange(${monthDate(from)}, ${monthDate(addMonths(to, 1))})`
    return derived<{ index: number; workerId: string }>(checks(people, period, context)).orderBy((check) => [
      check.index,
    ])
  }

  @FieldResolver(() => Worker, { nullable: true })
  worker(@Root() check: DerivedRef<{ workerId: string }>) {
    return rows(WorkerEntity).where((worker) => sql`${worker.id} = ${check.workerId}`)
  }
}

function checked({ people, from, to }: CheckCoverageInput, { overGet }: Context): [from: Month, to: Month] {
  const last = (to ?? from) as Month
  if (overGet)
    throw badInput('input', 'People are not looked up over GET: addresses are logged.', 'Use POST.')
  if (people.length > MOST_PEOPLE)
    throw badInput('input.people', 'At most 1,000 people at once.', 'Ask in parts.')
  checkSpan(from as Month, last, 'input.to')
  return [from as Month, last]
}

/** A row per person asked about. Only tokens of the NIKs reach the database. */
function checks(people: readonly (Nik | undefined)[], period: Sql, { nikKeys }: Context): Sql {
  const identity = ref(WorkerIdentityEntity)
  const tokens = people.flatMap((nik, index) =>
    nik === undefined ? [] : nikKeys.map((key) => ({ index, token: nikToken(nik, key).toString('hex') })),
  )
  const found = sql`select t.index, ${identity.worker} as worker_id from unnest(${tokens.map(({ index }) => index)}::int[], ${tokens.map(({ token }) => token)}::text[]) as t(index, token) join ${identity} on ${identity.nikToken} = decode(t.token, 'hex')`
  const asked = sql`select n - 1 as index, valid from unnest(${people.map((nik) => nik !== undefined)}::boolean[]) with ordinality as a(valid, n)`
  const lines = (line: LineRef) => sql`${line.worker} = f.worker_id and ${line.period} && ${period}`
  const [any, benefits, kinds, covering] = [
    ref(CoverageLineEntity),
    ref(CoverageLineEntity),
    ref(CoverageLineEntity),
    ref(CoverageLineEntity),
  ]
  const payer = ref(PayerEntity)
  return sql`select a.index, a.valid, f.worker_id as "workerId", f.worker_id is not null as known,
    exists (select 1 from ${any} where ${lines(any)}) as covered,
    array(select distinct ${benefits.benefit} from ${benefits} where ${lines(benefits)} order by 1) as benefits,
    array(select distinct ${payer.kind} from ${kinds} join ${payer} on ${payer.id} = ${kinds.payer} where ${lines(kinds)} order by 1) as "payerKinds",
    array(select to_char(m, 'YYYY-MM') from generate_series(lower(${period}), upper(${period}) - 1, interval '1 month') as m where exists (select 1 from ${covering} where ${covering.worker} = f.worker_id and ${covering.period} @> m::date) order by m) as months
    from (${asked}) as a left join (${found}) as f on f.index = a.index`
}
