import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'
import pg from 'pg'
import { CASES, type Case } from './cases.ts'
import { benchDatabase } from './database.ts'
import { type Enrolling, measureEnrolling, type Speed } from './enrolling.ts'
import { measureImporting, reportImporting } from './importing.ts'
import { benchViewers } from './viewers.ts'

/**
 * Measures hub, PostGraphile and the bare ceiling in turn: every round asks all three within a few seconds, so that
 * a noisy machine is noisy for all. What counts is the median of the ratios, round by round.
 */
const CONNECTIONS = 16
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9)
const SECONDS = Number(process.env.BENCH_SECONDS ?? 2)
/** Long enough for the compilers of Node and the plans of PostgreSQL to settle; the same for all. */
const WARM_UP = 4
const JSON_BODY = { 'content-type': 'application/json' }
const WORKERS = Number(process.env.BENCH_WORKERS ?? 300_000)

const CONTENDERS = ['hub', 'postgraphile', 'ceiling'] as const
type Contender = (typeof CONTENDERS)[number]

/** As a clerk, the same with nothing sealing the audit trail, and with no rules: the same server code, in turn. */
const RULES = ['clerk', 'unsealed', 'ruleless'] as const
type Ruled = (typeof RULES)[number]

const PORTS: Record<Contender | Ruled, number> = {
  hub: 4101,
  postgraphile: 4102,
  ceiling: 4103,
  clerk: 4101,
  ruleless: 4104,
  unsealed: 4105,
}

interface Round {
  readonly requests: number
  readonly p50: number
  readonly p99: number
}

const databaseUrl = await benchDatabase(WORKERS)
const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 })
const viewers = await benchViewers(pool)
const servers = await startServers()
const stop = () => {
  for (const server of servers) server.kill('SIGTERM')
}
try {
  const results = []
  for (const question of CASES) {
    const bodies = await bodiesOf(question)
    const bytes = await checkAnswers(bodies)
    const rounds: Record<Contender, Round[]> = { hub: [], postgraphile: [], ceiling: [] }
    for (const contender of CONTENDERS) await measure(contender, bodies[contender], WARM_UP)
    for (let round = 0; round < ROUNDS; round++) {
      for (const contender of CONTENDERS)
        rounds[contender].push(await measure(contender, bodies[contender], SECONDS))
    }
    const result = summary(question.name, bytes, rounds)
    console.log(lineOf(result))
    results.push(result)
  }
  const rules = await rulesMeasured(CASES[0]!)
  console.log(lineOfRules(rules))
  // The copy of the database needs one that nobody is connected to.
  stop()
  await pool.end()
  const enrolling = await measureEnrolling(WORKERS)
  console.log(lineOfEnrolling(enrolling))
  report(results, rules, enrolling)
  reportImporting(await measureImporting())
} finally {
  stop()
}

async function startServers(): Promise<ChildProcess[]> {
  const env = (port: number) => ({
    ...process.env,
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    POOL: String(CONNECTIONS),
    GRAPHILE_ENV: 'production',
    PAYUNG_SEED: 'none',
    PAYUNG_EXPOSE_SQL: 'false',
    PAYUNG_GRAPHIQL: 'false',
    PAYUNG_DATABASE_POOL: String(CONNECTIONS),
    // One client asks here what thousands would ask.
    PAYUNG_RATE_LIMIT: '0',
    PAYUNG_ANONYMOUS_RATE_LIMIT: '0',
    PAYUNG_CONCURRENT_REQUESTS: '0',
    LOG_LEVEL: 'warn',
  })
  const hub = fork('../bin/payung.js', ['serve'], {
    env: env(PORTS.hub),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const peers = (
    [
      ['postgraphile', 'postgraphile'],
      ['ceiling', 'ceiling'],
      ['ruleless', 'hub-without', 'rules'],
      ['unsealed', 'hub-without', 'audit'],
    ] as const
  ).map(([contender, file, without]) =>
    fork(`peers/${file}.ts`, {
      env: { ...env(PORTS[contender]), WITHOUT: without },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    }),
  )
  await Promise.all([answering(PORTS.hub), ...peers.map((peer) => once(peer, 'message'))])
  return [hub, ...peers]
}

async function answering(port: number): Promise<void> {
  for (let attempt = 0; attempt < 120; attempt++) {
    const live = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined)
    if (live?.ok) return
    await sleep(250)
  }
  throw new Error('the hub did not start')
}

/** What is sent, over and over. */
interface Asked {
  readonly body: string
  readonly headers?: Record<string, string>
}

type Bodies = Record<Contender, Asked[]>

function as(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}

async function bodiesOf({ hub, postgraphile, values, variable }: Case): Promise<Bodies> {
  const { rows } = await pool.query<string[]>({ text: values, rowMode: 'array' })
  const variables = rows.map(([text]) => ({ v: variable(text!) }))
  const of = (query: string) =>
    variables.map((values) => ({ body: JSON.stringify({ query, variables: values }) }))
  const asMinistry = of(hub).map((asked) => ({ ...asked, headers: as(viewers.ministry) }))
  return { hub: asMinistry, postgraphile: of(postgraphile), ceiling: of(hub) }
}

/** All contenders must give the same data: the ceiling to the letter, PostGraphile as many values. Returns the hub's bytes. */
async function checkAnswers(bodies: Bodies): Promise<number> {
  const [hub, peer, ceiling] = await Promise.all(
    CONTENDERS.map((contender) => ask(contender, bodies[contender][0]!)),
  )
  if (hub !== ceiling) throw new Error(`the ceiling answers differently: ${ceiling!.slice(0, 500)}`)
  const [ours, theirs] = [leaves(JSON.parse(hub!)), leaves(JSON.parse(peer!))]
  if (ours !== theirs || ours < 3)
    throw new Error(`the hub answers ${ours} values, PostGraphile ${theirs}: ${peer!.slice(0, 500)}`)
  return Buffer.byteLength(hub!)
}

async function ask(contender: Contender | Ruled, { body, headers: own }: Asked): Promise<string> {
  const headers = { ...JSON_BODY, ...own }
  return (
    await fetch(`http://127.0.0.1:${PORTS[contender]}/graphql`, { method: 'POST', headers, body })
  ).text()
}

function leaves(json: unknown): number {
  if (json === null) return 0
  if (typeof json !== 'object') return 1
  return Object.values(json).reduce<number>((sum, value) => sum + leaves(value), 0)
}

async function measure(
  contender: Contender | Ruled,
  asked: readonly Asked[],
  seconds: number,
): Promise<Round> {
  const result = await autocannon({
    url: `http://127.0.0.1:${PORTS[contender]}/graphql`,
    connections: CONNECTIONS,
    duration: seconds,
    method: 'POST',
    requests: asked.map(({ body, headers: own }) => ({ body, headers: { ...JSON_BODY, ...own } })),
  })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${contender}: ${result.non2xx} refused, ${result.errors} failed`)
  return { requests: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 }
}

function summary(name: string, bytes: number, rounds: Record<Contender, Round[]>) {
  const middle = (contender: Contender) => ({
    requests: median(rounds[contender].map(({ requests }) => requests)),
    p50: median(rounds[contender].map(({ p50 }) => p50)),
    p99: median(rounds[contender].map(({ p99 }) => p99)),
  })
  const ratio = (peer: Contender) =>
    median(rounds.hub.map(({ requests }, i) => requests / rounds[peer][i]!.requests))
  return {
    name,
    bytes,
    hub: middle('hub'),
    postgraphile: middle('postgraphile'),
    ceiling: middle('ceiling'),
    toPostgraphile: ratio('postgraphile'),
    toCeiling: ratio('ceiling'),
  }
}

/** The page of workers, each asked for by the clerk of the regency it is of, with the rules and without. */
async function rulesMeasured({ name, hub, values }: Case) {
  const { rows } = await pool.query<string[]>({ text: values, rowMode: 'array' })
  const asked = rows.map(([code]) => ({
    body: JSON.stringify({ query: hub, variables: { v: code } }),
    headers: as(viewers.clerkOf(code!)),
  }))
  const counts = await Promise.all(RULES.map(async (ruled) => rowsIn(await ask(ruled, asked[0]!))))
  if (counts[0] === 0 || new Set(counts).size > 1) throw new Error(`pages of other lengths: ${counts}`)
  const rounds: Record<Ruled, Round[]> = { clerk: [], unsealed: [], ruleless: [] }
  for (const ruled of RULES) await measure(ruled, asked, WARM_UP)
  for (let round = 0; round < ROUNDS; round++) {
    // The first of a round meets the noise of the change: the first and the last change places.
    const order = round % 2 === 0 ? RULES : RULES.toReversed()
    for (const ruled of order) rounds[ruled].push(await measure(ruled, asked, SECONDS))
  }
  const middle = (ruled: Ruled) => median(rounds[ruled].map(({ requests }) => requests))
  const ratioTo = (other: Ruled) =>
    median(rounds.clerk.map(({ requests }, i) => requests / rounds[other][i]!.requests))
  return {
    name,
    clerk: middle('clerk'),
    ruleless: middle('ruleless'),
    unsealed: middle('unsealed'),
    toRuleless: ratioTo('ruleless'),
    toUnsealed: ratioTo('unsealed'),
  }
}

function rowsIn(answer: string): number {
  return JSON.parse(answer).data?.workers.nodes.length ?? 0
}

type Rules = Awaited<ReturnType<typeof rulesMeasured>>

function lineOfRules({ name, clerk, ruleless, unsealed, toRuleless, toUnsealed }: Rules): string {
  return `${name}: as a clerk ${clerk.toFixed(0)}/s, without rules ${ruleless.toFixed(0)}/s (${toRuleless.toFixed(2)} ×), without sealer ${unsealed.toFixed(0)}/s (${toUnsealed.toFixed(2)} ×)`
}

function lineOfEnrolling({ enroll, screen }: Enrolling): string {
  const line = (name: string, { hub, bare, ratio }: Enrolling['enroll']) =>
    `${name}: hub ${hub.perSecond.toFixed(0)}/s, bare ${bare.perSecond.toFixed(0)}/s (${ratio.toFixed(2)} ×)`
  return [line('enrollWorker', enroll), line('screenWorker', screen)].join('\n')
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}

type Result = ReturnType<typeof summary>

function lineOf({ name, hub, postgraphile, ceiling, toPostgraphile, toCeiling }: Result): string {
  return `${name}: hub ${hub.requests.toFixed(0)}/s, PostGraphile ${postgraphile.requests.toFixed(0)}/s (${toPostgraphile.toFixed(2)} ×), ceiling ${ceiling.requests.toFixed(0)}/s (${toCeiling.toFixed(2)} ×)`
}

function report(results: Result[], rules: Rules, { enroll, screen }: Enrolling): void {
  const speed = ({ perSecond, p50, p99 }: Speed) =>
    `${perSecond.toFixed(0)} (${p50.toFixed(1)} / ${p99.toFixed(1)})`
  const cell = ({ requests, p50, p99 }: Round) =>
    `${requests.toFixed(0)} (${p50.toFixed(0)} / ${p99.toFixed(0)})`
  const lines = results.map(
    (result) =>
      `| ${result.name} | ${(result.bytes / 1000).toFixed(1)} | ${cell(result.hub)} | ${cell(result.postgraphile)} | ${cell(result.ceiling)} | ${result.toPostgraphile.toFixed(2)} × | ${result.toCeiling.toFixed(2)} × |`,
  )
  const markdown = `# The comparison with the peers

Written by \`npm run bench\`: ${WORKERS.toLocaleString('en')} workers of \`seeds/national\` on PostgreSQL, ${CONNECTIONS} connections, ${ROUNDS} rounds of
${SECONDS} s per contender and case in turn, on ${cpus().length} cores shared by database, server and client, Node ${process.versions.node}. Requests per
second, in parentheses p50 / p99 in ms; medians of the rounds, ratios round by round.

| case | kB | hub | PostGraphile 5 | ceiling | hub ÷ PostGraphile | hub ÷ ceiling |
| --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}

The ceiling is \`node:http\` and \`pg\` with the hub's own statement, prepared: no GraphQL, no framework. Aimed at are
2.0 × PostGraphile, and 0.8 × the ceiling (0.6 × for one worker). Where a statement takes PostgreSQL milliseconds the
ceiling is within reach; where it takes a fraction of one, what is missing is a nearly constant price of a request in
Node: Apollo's pipeline with the SHA-256 of the query that it computes each time, Fastify, and the describing resolvers
(10 to 50 µs, \`src/planner/README.md\`). Turns in which a shared machine gave its processor away pull single figures far
apart; the ratios are medians over the rounds. The hub is asked by a viewer of the whole country.

## What the access rules cost

The same page of 50 workers, asked for by the clerk of each regency with a token (rows by domicile and by his payer,
other payers concealed, the token checked, the operation passed by the gate), beside the same server with no rules at
all (aimed at is 0.9), and beside the same server without a sealer of the audit trail (0.95): a read that identifies
nobody writes no event.

| case | as a clerk | without rules | ratio | without sealer | ratio |
| --- | --- | --- | --- | --- | --- |
| ${rules.name} | ${rules.clerk.toFixed(0)} | ${rules.ruleless.toFixed(0)} | ${rules.toRuleless.toFixed(2)} × | ${rules.unsealed.toFixed(0)} | ${rules.toUnsealed.toFixed(2)} × |

## Enrolling one person

\`enrollWorker\` over HTTP with a clerk's token, ${CONNECTIONS} connections, everybody into one program and one budget; in turn with a
bare transaction that knows everything already and writes the same rows with prepared statements, the ledger last (aimed
at is 0.5). And \`screenWorker\`, in turn with its bare statement. Each round enrolls other people; synchronous commits.

| case | hub | bare | ratio |
| --- | --- | --- | --- |
| enrollWorker | ${speed(enroll.hub)} | ${speed(enroll.bare)} | ${enroll.ratio.toFixed(2)} × |
| screenWorker | ${speed(screen.hub)} | ${speed(screen.bare)} | ${screen.ratio.toFixed(2)} × |
`
  writeFileSync('RESULTS.md', markdown)
  const figures = results.map(({ name, hub, postgraphile, ceiling }) => ({
    case: name,
    hub: hub.requests,
    postgraphile: postgraphile.requests,
    ceiling: ceiling.requests,
  }))
  const rulesFigure = {
    case: `${rules.name}, as a clerk`,
    hub: rules.clerk,
    withoutRules: rules.ruleless,
    withoutSealer: rules.unsealed,
  }
  const enrolling = [
    { case: 'enrollWorker', hub: enroll.hub.perSecond, bare: enroll.bare.perSecond, ratio: enroll.ratio },
    { case: 'screenWorker', hub: screen.hub.perSecond, bare: screen.bare.perSecond, ratio: screen.ratio },
  ]
  writeFileSync('results.json', `${JSON.stringify([...figures, rulesFigure, ...enrolling], null, 2)}\n`)
}
