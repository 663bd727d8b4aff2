import { posix } from 'node:path'
import type { Archive } from './archive.ts'
import { unreadableWorkbook } from './unreadable.ts'
import { readXml } from './xml.ts'

/** Where the parts of a workbook are in its archive (ECMA-376, Office Open XML). */
export interface Workbook {
  /** The first sheet of cells, in the order of the tabs. */
  readonly sheet: string
  readonly sharedStrings?: string | undefined
  readonly styles?: string | undefined
  /** Whether days are counted from 1904, as once on the Macintosh, instead of 1900. */
  readonly from1904: boolean
}

interface Relation {
  readonly id: string
  /** The last word of its type's URI, which has one more form in the strict edition. */
  readonly kind: string
  readonly part: string
}

/** @throws Fault BAD_USER_INPUT for an archive that is no workbook. */
export async function findWorkbook(archive: Archive): Promise<Workbook> {
  const book = (await relationsOf(archive, '')).find(({ kind }) => kind === 'officedocument')
  if (book === undefined) throw unreadableWorkbook()
  const relations = await relationsOf(archive, book.part)
  const tabs: string[] = []
  let from1904 = false
  await readXml(archive.open(book.part), {
    open(name, attributes) {
      if (name === 'workbookPr') from1904 = ['1', 'true'].includes(attributes.date1904 ?? '')
      if (name !== 'sheet') return
      const [, id] = Object.entries(attributes).find(([key]) => key.endsWith(':id')) ?? []
      if (id !== undefined) tabs.push(id)
    },
  })
  const sheets = tabs.map((tab) => relations.find(({ id, kind }) => id === tab && kind === 'worksheet'))
  const sheet = sheets.find((relation) => relation !== undefined)
  if (sheet === undefined) throw unreadableWorkbook()
  const partOf = (wanted: string) => relations.find(({ kind }) => kind === wanted)?.part
  return { sheet: sheet.part, sharedStrings: partOf('sharedstrings'), styles: partOf('styles'), from1904 }
}

/** What a part refers to; `''` is the archive itself. */
async function relationsOf(archive: Archive, part: string): Promise<readonly Relation[]> {
  const folder = posix.dirname(part)
  const relations: Relation[] = []
  await readXml(archive.open(posix.join(folder, '_rels', `${posix.basename(part)}.rels`)), {
    open(name, { Id: id = '', Type: type = '', Target: target = '' }) {
      if (name !== 'Relationship') return
      const place = target.startsWith('/') ? target.slice(1) : posix.join(folder, target)
      relations.push({ id, kind: posix.basename(type).toLowerCase(), part: place.toLowerCase() })
    },
  })
  return relations
}
