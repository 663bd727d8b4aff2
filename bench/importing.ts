import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import autocannon from 'autocannon'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { CASES } from './cases.ts'

/**
 * A file of 75,000 people, from the upload over HTTP to the last one enrolled, submitted and approved on the way; beside
 * the bare floor: the same rows copied to a staging table and inserted by two statements into copies of the same tables.
 * And what readers get meanwhile, beside what they usually get; and the same file on the embedded database. The demo's hub and
 * the demo's file.
 */
const SERVER = process.env.BENCH_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const FILE = '../seeds/tangerang-2022/roster-2023-06.csv.gz'
const PROGRAM = 'KAB-TANGERANG-RENTAN-2023'
const PORT = 4107
const READERS = 4
const ROUNDS = Number(process.env.BENCH_IMPORTS ?? 3)
const ADDRESS = `http://127.0.0.1:${PORT}`

export interface Importing {
  /** Seconds, of the round in the middle. */
  readonly hub: number
  readonly received: number
  readonly screened: number
  readonly enrolled: number
  readonly floor: number
  /** Hub ÷ floor, round by round, of the round in the middle. */
  readonly ratio: number
  /** Most memory that the server has held, in MB (VmHWM). */
  readonly megabytes: number
  /** Reads a second without and during the import. */
  readonly usualReads: number
  readonly reads: number
  /** On the embedded database; seconds, of the round in the middle. */
  readonly embedded: Seconds
}

interface Seconds {
  readonly received: number
  readonly screened: number
  readonly enrolled: number
  /** Altogether. */
  readonly hub: number
}

interface Imported extends Seconds {
  readonly megabytes: number
}

export async function measureImporting(): Promise<Importing> {
  const seeded = 'payung_bench_rosters'
  await seed(seeded)
  const rounds: (Imported & { floor: number; ratio: number })[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const { rows, ...times } = await withCopy(seeded, async (url) => {
      const imported = await withHub({ DATABASE_URL: url }, () => importFile())
      return { ...imported, rows: await rowsWritten(url) }
    })
    const floor = await withCopy(seeded, (url) => writeBare(url, rows))
    const ratio = times.hub / floor
    rounds.push({ ...times, floor, ratio })
    console.log(`import ${times.hub.toFixed(1)} s, floor ${floor.toFixed(1)} s, ${ratio.toFixed(2)} ×`)
  }
  const reading = await withCopy(seeded, (url) =>
    withHub({ DATABASE_URL: url }, () => readWhileImporting(url)),
  )
  const megabytes = Math.max(...rounds.map((round) => round.megabytes))
  return { ...middle(rounds, ({ ratio }) => ratio), megabytes, ...reading, embedded: await onPglite() }
}

/** The same in a process that has its database in itself, each round on a fresh copy of the demo's folder. */
async function onPglite(): Promise<Seconds> {
  const folder = mkdtempSync(join(tmpdir(), 'payung-bench-'))
  const [seeded, copy] = [join(folder, 'seeded'), join(folder, 'copy')]
  try {
    fillDemo({ PAYUNG_DATA: seeded })
    const rounds: Seconds[] = []
    for (let round = 0; round < ROUNDS; round++) {
      rmSync(copy, { recursive: true, force: true })
      cpSync(seeded, copy, { recursive: true })
      const { megabytes: _, ...times } = await withHub({ PAYUNG_DATA: copy }, () => importFile(copy))
      rounds.push(times)
      console.log(`import on PGlite ${times.hub.toFixed(1)} s`)
    }
    return middle(rounds, ({ hub }) => hub)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function middle<Round>(rounds: readonly Round[], by: (round: Round) => number): Round {
  return rounds.toSorted((a, b) => by(a) - by(b))[Math.floor(rounds.length / 2)]!
}

/** In seconds. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1_000
}

async function importFile(dataDir?: string): Promise<Imported> {
  const ask = await asking(dataDir)
  const csv = gunzipSync(readFileSync(FILE))
  let roster = ''
  const received = await timed(async () => {
    const answer = await fetch(`${ADDRESS}/rosters?program=${PROGRAM}&from=2023-06&to=2023-12`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', authorization: `Bearer ${ask.clerk}` },
      body: csv,
    })
    if (answer.status !== 201) throw new Error(await answer.text())
    roster = ((await answer.json()) as { id: string }).id
  })
  const screened = await timed(() => ask.until(roster, 'SCREENED'))
  const enrolled = await timed(async () => {
    await ask.change(ask.clerk, 'submitRoster', roster)
    await ask.change(ask.approver, 'approveRoster', roster)
    await ask.until(roster, 'ENROLLED')
  })
  return { received, screened, enrolled, hub: received + screened + enrolled, megabytes: mostMemory() }
}

async function asking(dataDir = '.payung') {
  const { openTokenKeys } = await import('../dist/src/access/tokens/open-token-keys.js')
  const { signDevelopmentToken } = await import('../dist/src/access/tokens/development-key.js')
  const { developmentKey } = openTokenKeys({ dataDir, production: false })
  const sign = (role: string, payer?: string): Promise<string> =>
    signDevelopmentToken(developmentKey, {
      expiresIn: 86_400,
      subject: role,
      role,
      areas: payer === undefined ? ['*'] : ['36.03'],
      ...(payer !== undefined && { payer }),
    })
  const send = async <Data>(token: string, query: string): Promise<Data> => {
    const answer = await fetch(`${ADDRESS}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    })
    const { data, errors } = (await answer.json()) as { data: Data; errors?: unknown }
    if (errors) throw new Error(JSON.stringify(errors))
    return data
  }
  const { program } = await send<{ program: { payer: { id: string } } }>(
    await sign('admin'),
    `{ program(code: "${PROGRAM}") { payer { id } } }`,
  )
  const [clerk, approver] = await Promise.all([
    sign('clerk', program.payer.id),
    sign('approver', program.payer.id),
  ])
  return {
    clerk,
    approver,
    change: async (token: string, mutation: string, roster: string) => {
      const text = `mutation { done: ${mutation}(input: { roster: "${roster}" }) { __typename } }`
      const { done } = await send<{ done: { __typename: string } }>(token, text)
      if (done.__typename !== 'Roster') throw new Error(`${mutation}: ${done.__typename}`)
    },
    until: async (roster: string, state: string) => {
      for (;;) {
        const data = await send<{ roster: { state: string } }>(clerk, `{ roster(id: "${roster}") { state } }`)
        if (data.roster.state === state) return
        await sleep(100)
      }
    },
  }
}

/** What an import writes of people, as the floor is given it: one line for each row of the file. */
async function rowsWritten(url: string): Promise<Buffer> {
  return withClient(url, async (client) => {
    const copied: Buffer[] = []
    const stream = client.query(
      copyTo(`copy (
        select line.row, line.outcome, line.worker_id, fresh.worker_id is not null as is_new, worker.category, worker.sex,
          worker.birth_month, worker.village_code, worker.domicile_since, worker.welfare_decile, worker.decile_as_of,
          token.nik_token, token.key_id, fresh.nik_cipher, fresh.full_name, fresh.birth_date, line.enrollment_id,
          enrollment.period, charge.budget_id, charge.monthly
        from roster_row as line
          left join worker on worker.id = line.worker_id
          left join worker_identity as fresh on fresh.worker_id = line.worker_id
            and exists (select from worker_event where worker_event.worker_id = line.worker_id and kind = 'REGISTERED')
          left join identity_token as token on token.worker_id = fresh.worker_id
          left join enrollment on (enrollment.worker_id, enrollment.id) = (line.worker_id, line.enrollment_id)
          left join charge on (charge.worker_id, charge.enrollment_id) = (line.worker_id, line.enrollment_id)
      ) to stdout`),
    )
    for await (const chunk of stream) copied.push(chunk as Buffer)
    return Buffer.concat(copied)
  })
}

/** The floor, in seconds. */
function writeBare(url: string, rows: Buffer): Promise<number> {
  return withClient(url, async (client) => {
    await client.query(`create table staged (row int, outcome text, worker_id bigint, is_new bool, category text, sex text,
      birth_month date, village_code text, domicile_since date, welfare_decile smallint, decile_as_of date,
      nik_token bytea, key_id text, nik_cipher bytea, full_name text, birth_date date, enrollment_id bigint,
      period daterange, budget_id bigint, monthly bigint)`)
    return timed(async () => {
      await pipeline([rows], client.query(copyFrom('copy staged from stdin')))
      await client.query(`with registered as (
          insert into worker (id, category, sex, birth_month, village_code, domicile_since, welfare_decile, decile_as_of)
          select worker_id, category, sex, birth_month, village_code, domicile_since, welfare_decile, decile_as_of
          from staged where is_new
        ), tokens as (
          insert into identity_token (nik_token, key_id, worker_id)
          select nik_token, key_id, worker_id from staged where is_new
        ), events as (
          insert into worker_event (worker_id, kind, entered_on, actor)
          select worker_id, 'REGISTERED', '2023-05-15', 'approver' from staged where is_new
        )
        insert into worker_identity (worker_id, key_id, nik_cipher, full_name, birth_date)
        select worker_id, key_id, nik_cipher, full_name, birth_date from staged where is_new`)
      await client.query(`with enrolled as (
          insert into enrollment (worker_id, id, program_code, period, decision, decided_on, rules_version)
          select worker_id, enrollment_id, '${PROGRAM}', period, 'COMMITTED', '2023-05-15', '2026.1'
          from staged where enrollment_id is not null
        ), charged as (
          insert into charge (worker_id, enrollment_id, budget_id, period, monthly)
          select worker_id, enrollment_id, budget_id, period, monthly from staged where enrollment_id is not null
        ), covered as (
          insert into coverage_line (worker_id, enrollment_id, program_code, payer_id, funding_source, segment, benefit,
            period, exclusive_group, origin)
          select worker_id, enrollment_id, code, payer_id, funding_source, segment, benefit, staged.period, benefit, 'HUB'
          from staged join coverage_program on code = '${PROGRAM}' cross join unnest(benefits) as benefit
          where enrollment_id is not null
        ), events as (
          insert into worker_event (worker_id, kind, enrollment_id, payer_id, period, amount, entered_on, actor)
          select worker_id, 'ENROLLED', enrollment_id, payer_id, staged.period, monthly * 7, '2023-05-15', 'approver'
          from staged join coverage_program on code = '${PROGRAM}' where enrollment_id is not null
        )
        insert into budget_entry (budget_id, kind, committed_delta, entered_on, note)
        select budget_id, 'COMMIT', sum(monthly * 7), '2023-05-15', 'bench' from staged where enrollment_id is not null
        group by budget_id`)
    })
  })
}

async function readWhileImporting(url: string): Promise<{ usualReads: number; reads: number }> {
  const { clerk } = await asking()
  const codes = await rowsOf<{ code: string }>(
    url,
    `select code from regency where code like '36.%' order by 1`,
  )
  const page = CASES[0]!
  const requests = codes.map(({ code }) => ({
    body: JSON.stringify({ query: page.hub, variables: { v: page.variable(code) } }),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${clerk}` },
  }))
  const reading = (seconds: number) =>
    autocannon({
      url: `${ADDRESS}/graphql`,
      connections: READERS,
      duration: seconds,
      method: 'POST',
      requests,
    })
  const rate = async (result: Promise<autocannon.Result>) => {
    const { requests: answered, non2xx, errors, duration } = await result
    if (non2xx > 0 || errors > 0) throw new Error(`reads: ${non2xx} refused, ${errors} failed`)
    return answered.total / duration
  }
  await reading(4)
  const usualReads = await rate(reading(8))
  const during = reading(600)
  await importFile()
  during.stop()
  return { usualReads, reads: await rate(during) }
}

let hub: ChildProcess | undefined

async function withHub<Result>(
  database: Readonly<Record<string, string>>,
  work: () => Promise<Result>,
): Promise<Result> {
  const env = {
    ...process.env,
    ...database,
    PORT: String(PORT),
    PAYUNG_SEED: 'none',
    PAYUNG_EXPOSE_SQL: 'false',
    PAYUNG_GRAPHIQL: 'false',
    PAYUNG_RATE_LIMIT: '0',
    PAYUNG_CONCURRENT_REQUESTS: '0',
    LOG_LEVEL: 'warn',
  }
  hub = fork('../bin/payung.js', ['serve'], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = new Promise((resolve) => hub!.once('exit', resolve))
  try {
    for (let attempt = 0; ; attempt++) {
      const ready = await fetch(`${ADDRESS}/health/ready`).catch(() => undefined)
      if (ready?.ok) break
      if (attempt > 120) throw new Error('the hub did not start')
      await sleep(250)
    }
    return await work()
  } finally {
    hub.kill('SIGTERM')
    await ended
  }
}

function mostMemory(): number {
  const status = readFileSync(`/proc/${hub!.pid}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) / 1_000
}

async function seed(name: string): Promise<void> {
  await rowsOf(SERVER, `drop database if exists ${name} with (force)`)
  await rowsOf(SERVER, `create database ${name}`)
  fillDemo({ DATABASE_URL: addressOf(name) })
  await rowsOf(addressOf(name), 'vacuum analyze')
}

function fillDemo(database: Readonly<Record<string, string>>): void {
  const { status } = spawnSync(process.execPath, ['../bin/payung.js', 'seed', 'tangerang-2022'], {
    env: { ...process.env, ...database },
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('the database of the demo could not be filled')
}

async function withCopy<Result>(original: string, work: (url: string) => Promise<Result>): Promise<Result> {
  const name = `${original}_copy`
  await rowsOf(SERVER, `drop database if exists ${name} with (force)`)
  await rowsOf(SERVER, `create database ${name} template ${original}`)
  try {
    return await work(addressOf(name))
  } finally {
    await rowsOf(SERVER, `drop database if exists ${name} with (force)`)
  }
}

function addressOf(name: string): string {
  const url = new URL(SERVER)
  url.pathname = `/${name}`
  return url.href
}

function rowsOf<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  return withClient(url, async (client) => (await client.query<Row>(text)).rows)
}

async function withClient<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** The section of RESULTS.md. */
export function sectionOfImporting(found: Importing): string {
  const seconds = (value: number) => value.toFixed(1)
  const { embedded } = found
  return `## A file of 75,000 people

The demo's roster of June 2023, from the upload over HTTP to the last one enrolled (70,780 of them), submitted and approved
on the way; beside the same rows copied to a staging table and inserted by two bare statements into the same tables with
the same constraints, by a client that knows everything already (at most 3.0 × is aimed at). The round in the middle of
${ROUNDS}, each on a fresh copy of the demo's database. Memory is the most that the server has held (400 MB at most). Readers
ask for pages of 50 workers with relations over ${READERS} connections (0.5 × at least). Below, the same file in a process that has
its database in itself (PGlite, its files on disk), in less than 60 s.

| received s | screened s | enrolled s | altogether s | floor s | ratio | memory MB | reads/s | usual reads/s | ratio |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| ${seconds(found.received)} | ${seconds(found.screened)} | ${seconds(found.enrolled)} | ${seconds(found.hub)} | ${seconds(found.floor)} | ${found.ratio.toFixed(2)} × | ${found.megabytes.toFixed(0)} | ${found.reads.toFixed(0)} | ${found.usualReads.toFixed(0)} | ${(found.reads / found.usualReads).toFixed(2)} × |

| on PGlite: received s | screened s | enrolled s | altogether s |
| --- | --- | --- | --- |
| ${seconds(embedded.received)} | ${seconds(embedded.screened)} | ${seconds(embedded.enrolled)} | ${seconds(embedded.hub)} |
`
}

const SECTION = '## A file of 75,000 people'
const CASE = 'roster of 75,000'

/** Puts the figures in place of the former ones: they take other minutes than the rest, and may be measured alone. */
export function reportImporting(found: Importing): void {
  const [rest] = readFileSync('RESULTS.md', 'utf8').split(`\n${SECTION}`)
  writeFileSync('RESULTS.md', `${rest!.trimEnd()}\n\n${sectionOfImporting(found)}`)
  const figures = JSON.parse(readFileSync('results.json', 'utf8')) as { case: string }[]
  const others = figures.filter((figure) => figure.case !== CASE)
  writeFileSync('results.json', `${JSON.stringify([...others, { case: CASE, ...found }], null, 2)}\n`)
}

if (import.meta.main) {
  const found = await measureImporting()
  reportImporting(found)
  console.log(JSON.stringify(found, null, 2))
}
