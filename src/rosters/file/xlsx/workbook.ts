import { posix } from 'node:path'
import { badInput } from '../../../kernel/errors.ts'
import type { Archive } from './archive.ts'
import { unreadableWorkbook } from './unreadable.ts'
import { readXml } from './xml.ts'

/** Where the parts of a workbook are in its archive (ECMA-376, Office Open XML). */
export interface Workbook {
  /** The first sheet of cells that is not hidden, in the order of the tabs. */
  readonly sheet: string
  readonly sharedStrings?: string | undefined
  readonly styles?: string | undefined
  /** Whether days are counted from 1904, as once on the Macintosh, instead of 1900. */
  readonly from1904: boolean
}

/** People who keep a sheet for each village have some hundreds. */
const MOST_SHEETS = 1000
/** Besides its sheets, a workbook refers to its texts, its styles and a few dozen other parts. */
const MOST_RELATIONS = 2 * MOST_SHEETS
/** Spreadsheets write `rId12`. */
const LONGEST_ID = 255

interface Relation {
  /** The last word of its type's URI, which has one more form in the strict edition. */
  readonly kind: string
  readonly part: string
}

/** @throws Fault BAD_USER_INPUT for an archive that is no workbook, or one of more than a thousand sheets. */
export async function findWorkbook(archive: Archive): Promise<Workbook> {
  const book = partOf(await relationsOf(archive, ''), 'officedocument')
  if (book === undefined) throw unreadableWorkbook()
  const relations = await relationsOf(archive, book)
  let tabs = 0
  let sheet: string | undefined
  let from1904 = false
  await readXml(archive.open(book), {
    open(name, attributes) {
      if (name === 'workbookPr') from1904 = ['1', 'true'].includes(attributes.date1904 ?? '')
      if (name !== 'sheet') return
      if (++tabs > MOST_SHEETS) throw tooManySheets()
      const { state = 'visible' } = attributes
      const [, id = ''] = Object.entries(attributes).find(([key]) => key.endsWith(':id')) ?? []
      const related = relations.get(id)
      if (state === 'visible' && related?.kind === 'worksheet') sheet ??= related.part
    },
  })
  if (sheet === undefined) throw unreadableWorkbook()
  return {
    sheet,
    sharedStrings: partOf(relations, 'sharedstrings'),
    styles: partOf(relations, 'styles'),
    from1904,
  }
}

function partOf(relations: ReadonlyMap<string, Relation>, wanted: string): string | undefined {
  return relations.values().find(({ kind }) => kind === wanted)?.part
}

/** What of the archive a part refers to, by the id that it uses; `''` is the archive itself. */
async function relationsOf(archive: Archive, part: string): Promise<ReadonlyMap<string, Relation>> {
  const folder = posix.dirname(part)
  const relations = new Map<string, Relation>()
  await readXml(archive.open(posix.join(folder, '_rels', `${posix.basename(part)}.rels`)), {
    open(name, { Id: id = '', Type: type = '', Target: target = '' }) {
      if (name !== 'Relationship') return
      const place = (target.startsWith('/') ? target.slice(1) : posix.join(folder, target)).toLowerCase()
      if (!archive.has(place) || id.length > LONGEST_ID) return
      relations.set(id, { kind: posix.basename(type).toLowerCase(), part: place })
      if (relations.size > MOST_RELATIONS) throw tooManySheets()
    },
  })
  return relations
}

function tooManySheets() {
  const message = `The workbook has more than ${MOST_SHEETS.toLocaleString('en')} sheets.`
  return badInput('file', message, 'Keep only the sheet of the roster, or send it as "CSV UTF-8".')
}
