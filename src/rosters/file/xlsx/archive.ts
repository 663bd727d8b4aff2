import { type Entry, fromBufferPromise } from 'yauzl'
import { tooLarge } from '../../../kernel/errors.ts'
import { asUnreadable, unreadableWorkbook } from './unreadable.ts'

/** The parts of a workbook, by their names in its ZIP archive in lower case: `xl/workbook.xml`. */
export interface Archive {
  has(part: string): boolean
  /** The bytes of a part, decompressed as they are asked for. @throws Fault BAD_USER_INPUT when there is none. */
  open(part: string): AsyncGenerator<Uint8Array, void>
}

/** Workbooks have dozens of parts; what is kept of each is bounded by this. */
const MOST_PARTS = 10_000

/**
 * @param most bytes that all parts read together may have, decompressed: a ZIP archive of a few bytes can hold
 *   terabytes.
 * @throws Fault BAD_USER_INPUT for what is no ZIP archive.
 */
export async function openArchive(bytes: Buffer, most: number): Promise<Archive> {
  const zip = await fromBufferPromise(bytes).catch(refuse)
  const entries = await entriesOf(zip.eachEntry()).catch(refuse)
  let left = most
  return {
    has: (part) => entries.has(part),
    async *open(part) {
      const entry = entries.get(part)
      if (entry === undefined) throw unreadableWorkbook()
      try {
        for await (const piece of await zip.openReadStreamPromise(entry)) {
          left -= piece.length
          if (left < 0) throw unpacksTooLarge(most)
          yield piece
        }
      } catch (error) {
        throw asUnreadable(error)
      }
    },
  }
}

async function entriesOf(listed: AsyncIterable<Entry>): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>()
  for await (const entry of listed) {
    if (entries.size === MOST_PARTS) throw unreadableWorkbook()
    entries.set(entry.fileName.toLowerCase(), entry)
  }
  return entries
}

function refuse(error: unknown): never {
  throw asUnreadable(error)
}

function unpacksTooLarge(most: number) {
  const message = `The workbook unpacks to more than ${most.toLocaleString('en')} bytes.`
  return tooLarge('file', message, 'Split the roster into several files, or send it as "CSV UTF-8".')
}
