import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'
import pg from 'pg'
import { CASES, type Case } from './cases.ts'
import { benchDatabase } from './database.ts'

/**
 * Measures hub, PostGraphile and the bare ceiling in turn: every round asks all three within a few seconds, so that
 * a noisy machine is noisy for all. What counts is the median of the ratios, round by round.
 */
const CONNECTIONS = 16
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9)
const SECONDS = Number(process.env.BENCH_SECONDS ?? 2)
/** Long enough for the compilers of Node and the plans of PostgreSQL to settle; the same for all. */
const WARM_UP = 4
const WORKERS = Number(process.env.BENCH_WORKERS ?? 300_000)

const CONTENDERS = ['hub', 'postgraphile', 'ceiling'] as const
type Contender = (typeof CONTENDERS)[number]
const PORTS: Record<Contender, number> = { hub: 4101, postgraphile: 4102, ceiling: 4103 }

interface Round {
  readonly requests: number
  readonly p50: number
  readonly p99: number
}

const databaseUrl = await benchDatabase(WORKERS)
const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 })
const servers = await startServers()
try {
  const results = []
  for (const question of CASES) {
    const bodies = await bodiesOf(question)
    const bytes = await checkAnswers(bodies)
    const rounds: Record<Contender, Round[]> = { hub: [], postgraphile: [], ceiling: [] }
    for (const contender of CONTENDERS) await measure(contender, bodies, WARM_UP)
    for (let round = 0; round < ROUNDS; round++) {
      for (const contender of CONTENDERS) rounds[contender].push(await measure(contender, bodies, SECONDS))
    }
    const result = summary(question.name, bytes, rounds)
    console.log(lineOf(result))
    results.push(result)
  }
  report(results)
} finally {
  for (const server of servers) server.kill('SIGTERM')
  await pool.end()
}

async function startServers(): Promise<ChildProcess[]> {
  const env = (port: number) => ({
    ...process.env,
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    POOL: String(CONNECTIONS),
    GRAPHILE_ENV: 'production',
  })
  const hub = fork('../bin/payung.js', ['serve'], {
    env: {
      ...env(PORTS.hub),
      PAYUNG_SEED: 'none',
      PAYUNG_EXPOSE_SQL: 'false',
      PAYUNG_GRAPHIQL: 'false',
      PAYUNG_DATABASE_POOL: String(CONNECTIONS),
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const peers = (['postgraphile', 'ceiling'] as const).map((peer) =>
    fork(`peers/${peer}.ts`, { env: env(PORTS[peer]), stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
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

type Bodies = Record<Contender, string[]>

async function bodiesOf({ hub, postgraphile, values, variable }: Case): Promise<Bodies> {
  const { rows } = await pool.query<string[]>({ text: values, rowMode: 'array' })
  const variables = rows.map(([text]) => ({ v: variable(text!) }))
  const of = (query: string) => variables.map((values) => JSON.stringify({ query, variables: values }))
  return { hub: of(hub), postgraphile: of(postgraphile), ceiling: of(hub) }
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

async function ask(contender: Contender, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  return (
    await fetch(`http://127.0.0.1:${PORTS[contender]}/graphql`, { method: 'POST', headers, body })
  ).text()
}

function leaves(json: unknown): number {
  if (json === null) return 0
  if (typeof json !== 'object') return 1
  return Object.values(json).reduce<number>((sum, value) => sum + leaves(value), 0)
}

async function measure(contender: Contender, bodies: Bodies, seconds: number): Promise<Round> {
  const result = await autocannon({
    url: `http://127.0.0.1:${PORTS[contender]}/graphql`,
    connections: CONNECTIONS,
    duration: seconds,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    requests: bodies[contender].map((body) => ({ body })),
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

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}

type Result = ReturnType<typeof summary>

function lineOf({ name, hub, postgraphile, ceiling, toPostgraphile, toCeiling }: Result): string {
  return `${name}: hub ${hub.requests.toFixed(0)}/s, PostGraphile ${postgraphile.requests.toFixed(0)}/s (${toPostgraphile.toFixed(2)} ×), ceiling ${ceiling.requests.toFixed(0)}/s (${toCeiling.toFixed(2)} ×)`
}

function report(results: Result[]): void {
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
apart; the ratios are medians over the rounds.
`
  writeFileSync('RESULTS.md', markdown)
  const figures = results.map(({ name, hub, postgraphile, ceiling }) => ({
    case: name,
    hub: hub.requests,
    postgraphile: postgraphile.requests,
    ceiling: ceiling.requests,
  }))
  writeFileSync('results.json', `${JSON.stringify(figures, null, 2)}\n`)
}
