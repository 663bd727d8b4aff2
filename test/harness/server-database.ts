import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { describe } from 'vitest'

const { TEST_DATABASE_URL } = process.env

/** A suite that needs a real PostgreSQL server: skipped unless TEST_DATABASE_URL names one. */
export const describeOnServer = describe.skipIf(!TEST_DATABASE_URL)

export interface ServerDatabase {
  readonly url: string
  drop(): Promise<void>
}

/**
 * Creates a database of its own on the server of TEST_DATABASE_URL, with a name nobody else has.
 *
 * @param like a database to whom nobody is connected, of which it becomes a copy; without it, it is empty.
 * @returns its URL, and what drops it even when somebody is still connected.
 */
export async function withServerDatabase({ like }: { like?: ServerDatabase } = {}): Promise<ServerDatabase> {
  if (!TEST_DATABASE_URL) throw new Error('TEST_DATABASE_URL is not set')
  const name = `payung_test_${process.pid}_${randomBytes(4).toString('hex')}`
  const template = like ? ` template ${new URL(like.url).pathname.slice(1)}` : ''
  await asAdministrator(TEST_DATABASE_URL, `create database ${name}${template}`)
  const url = new URL(TEST_DATABASE_URL)
  url.pathname = `/${name}`
  return {
    url: url.href,
    drop: () => asAdministrator(TEST_DATABASE_URL, `drop database if exists ${name} with (force)`),
  }
}

/** Through `postgres`, which every server has: the database that the URL names need not exist. */
async function asAdministrator(testUrl: string, statement: string): Promise<void> {
  const url = new URL(testUrl)
  url.pathname = '/postgres'
  const client = new Client({ connectionString: url.href })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
