import { SaxesParser } from 'saxes'
import { asUnreadable, unreadableWorkbook } from './unreadable.ts'

/** What is told while XML is read. Names are without their namespace's prefix. */
export interface XmlEvents {
  /** @param attributes by their names as written, `r:id` with its prefix. */
  open?(name: string, attributes: Readonly<Record<string, string>>): void
  text?(text: string): void
  close?(name: string): void
}

export interface XmlReader {
  /** @throws Fault BAD_USER_INPUT for what is no XML, or none that a workbook has. */
  write(bytes: Uint8Array): void
  end(): void
}

/** The parser keeps a text or a tag until it ends: no cell, and no tag, is as long as this. */
const LONGEST_PART = 1_000_000
const DEEPEST = 100

/** Reads XML piece by piece. Entities of a document's own are not known to it, so none expands. */
export function xmlReader({ open, text, close }: XmlEvents): XmlReader {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const parser = new SaxesParser<{ xmlns: false; position: false }>({ xmlns: false, position: false })
  let depth = 0
  let ended = 0
  parser.on('opentag', ({ name, attributes }) => {
    ended = parser.position
    if (++depth > DEEPEST) throw unreadableWorkbook()
    open?.(withoutPrefix(name), attributes)
  })
  parser.on('closetag', ({ name }) => {
    ended = parser.position
    depth--
    close?.(withoutPrefix(name))
  })
  parser.on('text', (value) => text?.(value))
  parser.on('cdata', (value) => text?.(value))
  return {
    write(bytes) {
      orUnreadable(() => parser.write(decoder.decode(bytes, { stream: true })))
      if (parser.position - ended > LONGEST_PART) throw unreadableWorkbook()
    },
    end: () => orUnreadable(() => parser.write(decoder.decode()).close()),
  }
}

/** Reads all of it. */
export async function readXml(bytes: AsyncIterable<Uint8Array>, events: XmlEvents): Promise<void> {
  const reader = xmlReader(events)
  for await (const piece of bytes) reader.write(piece)
  reader.end()
}

function withoutPrefix(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function orUnreadable(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    throw asUnreadable(error)
  }
}
