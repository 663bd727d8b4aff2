import { badInput } from '../../../kernel/errors.ts'
import { unescaped } from './escapes.ts'
import { lengthened } from './lengthened.ts'
import { unreadableWorkbook } from './unreadable.ts'
import { readXml } from './xml.ts'

/** The texts that a workbook keeps once and names by number. */
export interface SharedStrings {
  /** @throws Fault BAD_USER_INPUT when there is no such text. */
  at(index: number): string
}

/**
 * So many texts are kept as one run of bytes: as strings they would take several times the memory, and each would keep
 * alive the piece of the file that it was cut from.
 */
const TEXTS_OF_BLOCK = 1000

interface Block {
  readonly bytes: Buffer
  /** Where each text ends in the bytes. */
  readonly ends: Uint32Array
}

/** @param most bytes that may be kept. @throws Fault BAD_USER_INPUT when there are more, or a text is no cell's. */
export async function readSharedStrings(
  part: AsyncIterable<Uint8Array> | undefined,
  most: number,
): Promise<SharedStrings> {
  const blocks: Block[] = []
  let texts: string[] = []
  let kept = 0
  let text = ''
  let isText = false
  let isPhonetic = false
  const keep = () => {
    kept += Buffer.byteLength(text) + Uint32Array.BYTES_PER_ELEMENT
    if (kept > most) throw tooMuchText(most)
    // Cells of nothing but spaces may name it a million times.
    texts.push(text.trim() === '' ? '' : text)
    if (texts.length < TEXTS_OF_BLOCK) return
    blocks.push(blockOf(texts))
    texts = []
  }
  if (part !== undefined) {
    await readXml(part, {
      open(name) {
        if (name === 'si') text = ''
        // How a text is read aloud is not part of it.
        else if (name === 'rPh') isPhonetic = true
        else if (name === 't') isText = !isPhonetic
      },
      text(value) {
        if (isText) text = lengthened(text, value)
      },
      close(name) {
        if (name === 't') isText = false
        else if (name === 'rPh') isPhonetic = false
        else if (name === 'si') keep()
      },
    })
  }
  blocks.push(blockOf(texts))
  return { at: (index) => unescaped(textOf(blocks, index)) }
}

function blockOf(texts: readonly string[]): Block {
  const ends = new Uint32Array(texts.length)
  let end = 0
  for (const [n, text] of texts.entries()) {
    end += Buffer.byteLength(text)
    ends[n] = end
  }
  // Outside Node's pool: a pooled block would keep alive what else was in the pool then.
  const bytes = Buffer.allocUnsafeSlow(end)
  bytes.write(texts.join(''))
  return { bytes, ends }
}

function textOf(blocks: readonly Block[], index: number): string {
  const block = blocks[Math.floor(index / TEXTS_OF_BLOCK)]
  const n = index % TEXTS_OF_BLOCK
  const end = block?.ends[n]
  if (block === undefined || end === undefined) throw unreadableWorkbook()
  return block.bytes.toString('utf8', block.ends[n - 1] ?? 0, end)
}

function tooMuchText(most: number) {
  const message = `The texts of the workbook take more than ${most.toLocaleString('en')} bytes.`
  return badInput('file', message, 'Keep only the sheet of the roster, or send it as "CSV UTF-8".')
}
