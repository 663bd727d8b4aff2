import { spawnSync } from 'node:child_process'
import pg from 'pg'

/** The server the bench runs on; the database is made and filled on the first run and kept for the next. */
const SERVER = process.env.BENCH_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'

/** The address of a database filled from `seeds/national` with this many workers. */
export async function benchDatabase(workers: number): Promise<string> {
  const url = new URL(SERVER)
  const name = `payung_bench_${workers}`
  const client = new pg.Client({ connectionString: SERVER })
  await client.connect()
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
  if (rowCount === 0) await client.query(`create database ${name}`)
  await client.end()
  url.pathname = `/${name}`
  const seeded = spawnSync(
    process.execPath,
    ['../bin/payung.js', 'seed', 'national', '--workers', String(workers)],
    {
      env: { ...process.env, DATABASE_URL: url.href },
      stdio: 'inherit',
    },
  )
  if (seeded.status !== 0) throw new Error('the bench database could not be filled')
  return url.href
}
