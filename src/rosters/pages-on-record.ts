import { setImmediate as turnOfOthers } from 'node:timers/promises'
import { type AuditRecord, recordAudit, recordFailure } from '../access/audit/audit.ts'
import type { Context } from '../contract/context.ts'
import type { Query } from '../db/database.ts'
import type { CsvValue } from './file/write-csv.ts'

/** Some rows of a roster on their way to whoever asked for them. */
export interface Page {
  readonly lines: readonly (readonly CsvValue[])[]
  /** Ids of the workers whom they are about. */
  readonly workers: readonly string[]
  /** How many people they are about, known or not. */
  readonly people: number
  /** The row after which the next page begins; undefined when there is none. */
  readonly last: number | undefined
}

/**
 * Pages of a roster, each read and recorded in one transaction before anybody gets it: the audit trail names whoever was
 * handed out, and nobody else, also when the reader leaves in the middle. A roster of nobody is recorded too.
 *
 * @param event what the trail says of each page.
 * @param pageAfter reads the page that begins after a row.
 * @throws whatever fails, which is recorded as well; pages before have been handed out then.
 */
export async function* pagesOnRecord(
  context: Context,
  event: Omit<AuditRecord, 'outcome' | 'workers' | 'people'>,
  pageAfter: (query: Query, row: number) => Promise<Page>,
): AsyncGenerator<Page['lines'], void> {
  try {
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page = await recordedPage(context, event, pageAfter, after)
      if (page.lines.length > 0) yield page.lines
      after = page.last
      // The embedded database answers within one turn: without this, nobody else would have any until the end.
      await turnOfOthers()
    }
  } catch (error) {
    await recordFailure(context, event, error)
    throw error
  }
}

function recordedPage(
  context: Context,
  event: Parameters<typeof pagesOnRecord>[1],
  pageAfter: Parameters<typeof pagesOnRecord>[2],
  after: number,
): Promise<Page> {
  return context.db.transaction(async (query) => {
    const page = await pageAfter(query, after)
    const { workers, people } = page
    if (people > 0 || after === 0)
      await recordAudit(query, context, { ...event, outcome: 'DONE', workers, people })
    return page
  })
}
