import { type ChildProcess, fork } from 'node:child_process'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { benchDatabase } from './database.ts'

/**
 * Enrolling one person: `enrollWorker` over HTTP, in turn with a bare transaction that writes the same rows with prepared
 * statements; and `screenWorker`, in turn with its bare statement. The bare side has the hub's sessions, and keeps the plans of
 * what it prepares as the hub does: without them it would plan each screening anew. Everybody is enrolled in one program
 * and charged to one budget, as in the week before a month begins. A copy of the bench database is made for it, and dropped after.
 */
const CONNECTIONS = 16
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9)
const SECONDS = Number(process.env.BENCH_SECONDS ?? 2)
const WARM_UP = 3
const PORT = 4106
const PROGRAM = 'BENCH-2030'

/** One contender's rounds: how many a second, and latencies in ms. */
export interface Speed {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
}

export interface Enrolling {
  readonly enroll: { readonly hub: Speed; readonly bare: Speed; readonly ratio: number }
  readonly screen: { readonly hub: Speed; readonly bare: Speed; readonly ratio: number }
}

/** Does one thing for the next worker. */
type Work = (worker: string) => Promise<void>

/** @param workers of the bench database that is copied. */
export async function measureEnrolling(workers: number): Promise<Enrolling> {
  const { url, drop } = await copyOfBenchDatabase(workers)
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS, options: await sessionOptions() })
  let hub: ChildProcess | undefined
  try {
    const payer = await prepareMoney(pool)
    const next = await peopleToEnroll(pool)
    hub = await startHub(url)
    const overHttp = await askingHub(payer)
    const enroll = await compared(next, overHttp.enroll, await bareEnrolling(pool, payer))
    const screen = await compared(next, overHttp.screen, await bareScreening(pool))
    await checkLedger(pool)
    return { enroll, screen }
  } finally {
    hub?.kill('SIGTERM')
    await pool.end()
    await drop()
  }
}

/** The settings of the hub's sessions, and plans that are kept. */
async function sessionOptions(): Promise<string> {
  const { SESSION_SETTINGS } = await import('../dist/src/db/session.js')
  const settings = { ...SESSION_SETTINGS, plan_cache_mode: 'force_generic_plan' }
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')
}

async function compared(next: () => string, hub: Work, bare: Work) {
  const rounds: Record<'hub' | 'bare', Speed[]> = { hub: [], bare: [] }
  for (const work of [hub, bare]) await measure(next, work, WARM_UP)
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? (['hub', 'bare'] as const) : (['bare', 'hub'] as const)
    for (const contender of order)
      rounds[contender].push(await measure(next, contender === 'hub' ? hub : bare, SECONDS))
  }
  const middle = (of: Speed[]): Speed => ({
    perSecond: median(of.map(({ perSecond }) => perSecond)),
    p50: median(of.map(({ p50 }) => p50)),
    p99: median(of.map(({ p99 }) => p99)),
  })
  const ratio = median(rounds.hub.map(({ perSecond }, i) => perSecond / rounds.bare[i]!.perSecond))
  return { hub: middle(rounds.hub), bare: middle(rounds.bare), ratio }
}

async function measure(next: () => string, work: Work, seconds: number): Promise<Speed> {
  const latencies: number[] = []
  const started = performance.now()
  const end = started + seconds * 1_000
  const loop = async () => {
    while (performance.now() < end) {
      const before = performance.now()
      await work(next())
      latencies.push(performance.now() - before)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, loop))
  const perSecond = latencies.length / ((performance.now() - started) / 1_000)
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
  return { perSecond, p50: at(0.5), p99: at(0.99) }
}

async function copyOfBenchDatabase(workers: number) {
  const original = new URL(await benchDatabase(workers))
  const template = original.pathname.slice(1)
  const name = `${template}_enrolling`
  const admin = new URL(original)
  admin.pathname = '/postgres'
  const run = async (text: string) => {
    const client = new pg.Client({ connectionString: admin.href })
    await client.connect()
    await client.query(text)
    await client.end()
  }
  await run(`drop database if exists ${name} with (force)`)
  await run(`create database ${name} template ${template}`)
  const url = new URL(original)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => run(`drop database if exists ${name} with (force)`) }
}

/** A program of the central government for everybody in 2030, with money for all. */
async function prepareMoney(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query(`insert into payer (kind, name) values ('CENTRAL', 'Bench') returning id`)
  const payer: string = rows[0].id
  await pool.query(
    `insert into coverage_program (code, name, payer_id, funding_source, segment, benefits, period, contribution, legal_basis)
      values ('${PROGRAM}', 'Bench', $1, 'APBN', 'BPU', '{JKK,JKM}', '[2030-01-01,2031-01-01)', 16800, 'bench')`,
    [payer],
  )
  const budget = await pool.query(
    `insert into budget (payer_id, fiscal_year, funding_source, agency, original_ceiling)
      values ($1, 2030, 'APBN', 'Bench', 1000000000000) returning id`,
    [payer],
  )
  await pool.query(
    `insert into budget_entry (budget_id, kind, ceiling_delta, entered_on, note)
      values ($1, 'ALLOCATE', 1000000000000, '2029-12-20', 'bench')`,
    [budget.rows[0].id],
  )
  return payer
}

/** Hands out people whom nothing stands against, each once. */
async function peopleToEnroll(pool: pg.Pool): Promise<() => string> {
  const { rows } = await pool.query<{ id: string }>(
    `select id::text from worker
      where death_month is null and not civil_servant and birth_month between '1967-01-01' and '2010-01-01'
        and exists (select from worker_identity where worker_id = worker.id)
        and not exists (select from coverage_line where worker_id = worker.id and upper(period) > '2030-01-01')
      order by hashint8(id)`,
  )
  let taken = 0
  return () => {
    const person = rows[taken++]
    if (!person) throw new Error('everybody is enrolled: take a larger bench database, or fewer rounds')
    return person.id
  }
}

async function startHub(url: string): Promise<ChildProcess> {
  const env = {
    ...process.env,
    DATABASE_URL: url,
    PORT: String(PORT),
    PAYUNG_SEED: 'none',
    PAYUNG_EXPOSE_SQL: 'false',
    PAYUNG_GRAPHIQL: 'false',
    PAYUNG_DATABASE_POOL: String(CONNECTIONS),
    PAYUNG_RATE_LIMIT: '0',
    PAYUNG_CONCURRENT_REQUESTS: '0',
    LOG_LEVEL: 'warn',
  }
  const hub = fork('../bin/payung.js', ['serve'], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  for (let attempt = 0; attempt < 120; attempt++) {
    const ready = await fetch(`http://127.0.0.1:${PORT}/health/ready`).catch(() => undefined)
    if (ready?.ok) return hub
    await sleep(250)
  }
  throw new Error('the hub did not start')
}

const ENROLL = `mutation ($v: ID!) { enrollWorker(input: { worker: $v, program: "${PROGRAM}", from: "2030-01", to: "2030-12" })
  { __typename ... on Enrollment { id } ... on Refusal { code message } } }`
const SCREEN = `query ($v: ID!) { screenWorker(input: { worker: $v, program: "${PROGRAM}", from: "2030-01", to: "2030-12" })
  { outcome cost findings { code } charges { budget from to monthly } } }`

async function askingHub(payer: string): Promise<Record<'enroll' | 'screen', Work>> {
  const { openTokenKeys } = await import('../dist/src/access/tokens/open-token-keys.js')
  const { signDevelopmentToken } = await import('../dist/src/access/tokens/development-key.js')
  const { developmentKey } = openTokenKeys({ dataDir: '.payung', production: false })
  const claims = { expiresIn: 86_400, subject: 'clerk', role: 'clerk', areas: ['*'], payer }
  const token = await signDevelopmentToken(developmentKey, claims)
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const send =
    (query: string, expected: string): Work =>
    (worker) =>
      new Promise((resolve, reject) => {
        const sent = request(
          { host: '127.0.0.1', port: PORT, path: '/graphql', method: 'POST', agent, headers },
          (answer) => {
            let text = ''
            answer.setEncoding('utf8')
            answer.on('data', (chunk: string) => {
              text += chunk
            })
            answer.on('end', () =>
              text.includes(expected) ? resolve() : reject(new Error(text.slice(0, 500))),
            )
          },
        )
        sent.on('error', reject)
        sent.end(JSON.stringify({ query, variables: { v: worker } }))
      })
  return { enroll: send(ENROLL, '"__typename":"Enrollment"'), screen: send(SCREEN, '"outcome":"ELIGIBLE"') }
}

/** The same rows as `enrollWorker` writes, by a client that knows all of them already and asks nothing. */
async function bareEnrolling(pool: pg.Pool, payer: string): Promise<Work> {
  const { rows } = await pool.query('select id from budget where payer_id = $1', [payer])
  const budget: string = rows[0].id
  const months = '[2030-01-01,2031-01-01)'
  return async (worker) => {
    const client = await pool.connect()
    const run = (name: string, text: string, values: unknown[]) => client.query({ name, text, values })
    try {
      await client.query('begin')
      const enrolled = await run(
        'enrollment',
        `insert into enrollment (worker_id, program_code, period, decision, decided_on, rules_version)
          values ($1, $2, $3, 'COMMITTED', '2023-05-15', '2026.1') returning id`,
        [worker, PROGRAM, months],
      )
      const { id } = enrolled.rows[0]
      await run(
        'charge',
        'insert into charge (worker_id, enrollment_id, budget_id, period, monthly) values ($1, $2, $3, $4, 16800)',
        [worker, id, budget, months],
      )
      await run(
        'lines',
        `insert into coverage_line (worker_id, enrollment_id, program_code, payer_id, funding_source, segment, benefit,
            period, exclusive_group, origin)
          select $1, $2, $3, $4, 'APBN', 'BPU', benefit, $5, benefit, 'HUB' from unnest('{JKK,JKM}'::text[]) as benefit`,
        [worker, id, PROGRAM, payer, months],
      )
      await run(
        'event',
        `insert into worker_event (worker_id, kind, enrollment_id, payer_id, period, amount, entered_on, actor)
          values ($1, 'ENROLLED', $2, $3, $4, 201600, '2023-05-15', 'clerk')`,
        [worker, id, payer, months],
      )
      await run(
        'audit',
        `insert into audit_event (actor, action, outcome, what, workers, people, request_id, subject)
          values ('clerk', 'MUTATION', 'DONE', 'Mutation.enrollWorker', array[$1::bigint], 1, 'bench', $2)`,
        [worker, `Enrollment:${id}`],
      )
      await run(
        'entry',
        `insert into budget_entry (budget_id, kind, committed_delta, entered_on, note)
          values ($1, 'COMMIT', 201600, '2023-05-15', 'BENCH-2030: 1 person, 2030-01..2030-12')`,
        [budget],
      )
      await client.query('commit')
    } finally {
      client.release()
    }
  }
}

/** The statement of the screening, as the hub sends it. */
async function bareScreening(pool: pg.Pool): Promise<Work> {
  const { screen } = await import('../dist/src/enrollments/eligibility/screen.js')
  const { DEFAULT_LIMITS } = await import('../dist/src/insight/eligible.js')
  const query = async (text: string, values: unknown[]) =>
    (await pool.query({ name: 'screen', text, values })).rows
  const period = { from: '2030-01', until: '2031-01' }
  return async (worker) => {
    await screen(query, [{ worker, program: PROGRAM, period }], DEFAULT_LIMITS)
  }
}

async function checkLedger(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query(
    `select committed = (select count(*) * 201600 from charge where budget_id = budget.id) as agrees
      from budget where agency = 'Bench'`,
  )
  if (!rows[0].agrees) throw new Error('the budget and its charges do not agree')
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}

if (import.meta.main) {
  const found = await measureEnrolling(Number(process.env.BENCH_WORKERS ?? 300_000))
  console.log(JSON.stringify(found, null, 2))
}
