import { Arg, Ctx, Extensions, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import { recordAudit, recordFailure } from '../access/audit/audit.ts'
import {
  lookupTokens,
  parsePartnerToken,
  partnerLookupTokens,
  type WantedToken,
} from '../access/vault/lookup.ts'
import type { Context } from '../contract/context.ts'
import { costs } from '../contract/cost.ts'
import { checkSpan, monthDate } from '../contract/months.ts'
import { COVERAGE_CHECK } from '../contract/readings.ts'
import { CoverageLineEntity } from '../enrollments/coverage-line.entity.ts'
import type { LineRef } from '../enrollments/covered.ts'
import { badInput, Fault } from '../kernel/errors.ts'
import { addMonths, type Month } from '../kernel/month.ts'
import { inspectNik } from '../kernel/nik.ts'
import type { PartnerKey } from '../kernel/partner-keys.ts'
import { PayerEntity } from '../payers/payer.entity.ts'
import { derived, rows } from '../planner/description.ts'
import { answeredLate } from '../planner/marks.ts'
import { type DerivedRef, ref, type Sql, sql } from '../planner/sql.ts'
import { workersByToken } from '../workers/identity-lookup.ts'
import { WorkerEntity } from '../workers/worker.entity.ts'
import { Worker } from '../workers/worker.type.ts'
import { CheckCoverageInput, CoverageCheck } from './check-coverage.type.ts'

const MOST_PEOPLE = 1_000

/** Five look-ups by index for a person. */
const LOOKING_UP = 5

function peopleAsked({ input }: { input: CheckCoverageInput }): number {
  return input.people.length
}

@Resolver(() => CoverageCheck)
export class CheckCoverageResolver {
  @Extensions({
    ...costs({ perRow: LOOKING_UP, rows: peopleAsked, reads: ['input'] }),
    ...answeredLate(),
  })
  @Query(() => [CoverageCheck], {
    description:
      'Whether people are covered, in the order asked; recorded with its purpose, never over GET, where addresses are logged (pengecekan).',
  })
  async checkCoverage(
    @Arg('input', () => CheckCoverageInput) input: CheckCoverageInput,
    @Ctx() context: Context,
  ) {
    const [from, to] = checkedMonths(input)
    const { valid, workers } = await lookUp(input, context)
    const period = sql`daterange(${monthDate(from)}, ${monthDate(addMonths(to, 1))})`
    return derived<{ index: number; workerId: string }>(checks(valid, workers, period)).orderBy((check) => [
      check.index,
    ])
  }

  @FieldResolver(() => Worker, { nullable: true, description: 'Null for one you may not see (pekerja).' })
  worker(@Root() check: DerivedRef<{ workerId: string }>) {
    return rows(WorkerEntity).where((worker) => sql`${worker.id} = ${check.workerId}`)
  }
}

function checkedMonths({ people, from, to }: CheckCoverageInput): [from: Month, to: Month] {
  const last = (to ?? from) as Month
  if (people.length > MOST_PEOPLE)
    throw badInput('input.people', 'At most 1,000 people at once.', 'Ask in parts.')
  checkSpan(from as Month, last, 'input.to')
  return [from as Month, last]
}

/** Who is asked about: whether each was named well, and the tokens to look for. */
interface WantedPeople {
  readonly valid: readonly boolean[]
  readonly tokens: readonly WantedToken[]
}

function wantedPeople({ people }: CheckCoverageInput, context: Context): WantedPeople {
  people.forEach(({ nik, token }, i) => {
    if ((nik == null) === (token == null))
      throw badInput(
        `input.people[${i}]`,
        'A person is named by a NIK or by a token.',
        'Give one of the two.',
      )
  })
  const niks = people.map(({ nik }) => (nik == null ? undefined : inspectNik(nik, context).nik))
  const tokens = people.map(({ token }) => (token == null ? undefined : parsePartnerToken(token)))
  const byToken = tokens.some((token) => token !== undefined)
  return {
    valid: people.map((_, i) => niks[i] !== undefined || tokens[i] !== undefined),
    tokens: [
      ...lookupTokens(niks, context.nikKeys),
      ...(byToken ? partnerLookupTokens(tokens, partnerOf(context)) : []),
    ],
  }
}

/** The viewer's own partner key: with another's key, two partners could join their lists. */
function partnerOf({ viewer, partnerKeys }: Context): PartnerKey {
  const key = partnerKeys.find(({ partner }) => partner === viewer.partner)
  if (key) return key
  throw new Fault('FORBIDDEN', 'Only a partner with a key of his own may ask by token.', {
    field: 'input.people.token',
    remedy: 'Ask by NIK.',
  })
}

/** The workers found, by position; recorded in the transaction that finds them, before anything is said of them. */
async function lookUp(input: CheckCoverageInput, context: Context) {
  const { people, purpose } = input
  const event = {
    action: 'COVERAGE_CHECK',
    what: 'Query.checkCoverage',
    purpose,
    people: people.length,
  } as const
  try {
    const { valid, tokens } = wantedPeople(input, context)
    await context.allow(people.length)
    return await context.db.transaction(async (query) => {
      const found = await context.read<{ index: number; worker_id: string }>(
        sql`/* coverage.find */ ${workersByToken(tokens)}`,
        query,
      )
      const workers = new Array<string | null>(people.length).fill(null)
      for (const { index, worker_id } of found) workers[index] = worker_id
      const concerned = [...new Set(found.map(({ worker_id }) => worker_id))]
      await recordAudit(query, context, { ...event, outcome: 'DONE', workers: concerned })
      return { valid, workers }
    })
  } catch (error) {
    await recordFailure(context, event, error)
    throw error
  }
}

/** A row per person asked about. */
function checks(valid: readonly boolean[], workers: readonly (string | null)[], period: Sql): Sql {
  const asked = sql`select n - 1 as index, valid, worker_id from unnest(${valid}::boolean[], ${workers}::bigint[]) with ordinality as a(valid, worker_id, n)`
  const newLine = () => ref(CoverageLineEntity, COVERAGE_CHECK)
  const [any, benefits, kinds, covering] = [newLine(), newLine(), newLine(), newLine()]
  const lines = (line: LineRef) => sql`${line.worker} = a.worker_id and ${line.period} && ${period}`
  const payer = ref(PayerEntity)
  return sql`select a.index, a.valid, a.worker_id as "workerId", a.worker_id is not null as known,
    exists (select 1 from ${any} where ${lines(any)}) as covered,
    array(select distinct ${benefits.benefit} from ${benefits} where ${lines(benefits)} order by 1) as benefits,
    array(select distinct ${payer.kind} from ${kinds} join ${payer} on ${payer.id} = ${kinds.payer} where ${lines(kinds)} order by 1) as "payerKinds",
    array(select to_char(m, 'YYYY-MM') from generate_series(lower(${period}), upper(${period}) - 1, interval '1 month') as m where exists (select 1 from ${covering} where ${covering.worker} = a.worker_id and ${covering.period} @> m::date) order by m) as months
    from (${asked}) as a`
}
