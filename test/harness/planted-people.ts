import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { inspectNik } from '../../src/kernel/nik.ts'
import { packageRoot } from '../../src/kernel/package-root.ts'
import { PLANTED_NAME } from './planted-name.ts'

/**
 * The people whom tests and scenarios plant, as they are looked for in outputs. None of them lives: serials of their
 * NIKs are 9001 to 9999.
 *
 * - A NIK that stands in the source of a test or a scenario, with whatever separators, within longer numbers, and as
 *   the number it becomes where text was expected.
 * - Anything else that is such a NIK, standing alone or in the groups in which people write it: builders and scenarios
 *   compose them. Not as decimals of a fraction, of which some look like one by chance.
 * - {@link PLANTED_NAME}, and what follows it; builders name everybody so.
 * - Two names of the demo's list next to each other: all scenarios make their full names of them.
 *
 * All of these also behind percent-encoding, escapes of JSON, base64 (cursors, tokens) and hexadecimal (`bytea`).
 */
export interface FoundPerson {
  readonly by: 'NIK' | 'name'
  /** Tells people apart without naming them: the start of a SHA-256 in hexadecimal. */
  readonly hash: string
}

export type FindPeople = (text: string) => readonly FoundPerson[]

/** Reads the sources, and returns what finds the people of them in a text, each once. */
export function peopleFinder(): FindPeople {
  const niks = niksInSources()
  const names = namesOfScenarios()
  return (text) => {
    const found = new Map<string, FoundPerson>()
    const add = (by: FoundPerson['by'], who: string) => found.set(who, { by, hash: hashOf(who) })
    for (const reading of readings(text)) {
      for (const nik of niksIn(reading, niks)) add('NIK', nik)
      for (const name of namesIn(reading, names)) add('name', name)
    }
    return [...found.values()]
  }
}

function niksInSources(): ReadonlySet<string> {
  const niks = new Set<string>()
  for (const folder of ['test', 'seeds']) {
    for (const file of readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })) {
      if (!/\.(ts|ya?ml|csv)$/.test(file)) continue
      const source = readFileSync(join(packageRoot, folder, file), 'utf8')
      for (const [digits] of source.matchAll(/(?<![\d.])\d{16}(?!\d)/g))
        if (isPlanted(digits)) niks.add(digits)
    }
  }
  return niks
}

function isPlanted(digits: string): boolean {
  return digits[12] === '9' && inspectNik(digits).nik !== undefined
}

interface Names {
  readonly women: readonly string[]
  readonly men: readonly string[]
  readonly last: readonly string[]
}

function namesOfScenarios(): ReadonlySet<string> {
  const file = join(packageRoot, 'seeds/tangerang-2022/names.yaml')
  const { women, men, last } = parse(readFileSync(file, 'utf8')) as Names
  return new Set([...women, ...men, ...last])
}

const DIGITS = /\d(?:[\s.\-\u2010-\u2015]{0,3}\d){15,}/g
/** `3603015506859001`, `360301 550685 9001`, `3603-0155-0685-9001`, `36.03.01.550685.9001` */
const ALONE =
  /(?<![\w.])(?:\d{16}|\d{6}([ .-])\d{6}\1\d{4}|\d{4}([ .-])\d{4}\2\d{4}\2\d{4}|\d\d\.\d\d\.\d\d\.\d{6}\.\d{4})(?!\.?\w)/g

function* niksIn(text: string, known: ReadonlySet<string>): Generator<string> {
  for (const [run] of text.matchAll(DIGITS)) {
    const digits = run.replace(/\D/g, '')
    for (let at = 0; at + 16 <= digits.length; at++) {
      const nik = digits.slice(at, at + 16)
      if (known.has(nik) || known.has(lastDigitBack(nik, known))) yield nik
    }
  }
  for (const [run] of text.matchAll(ALONE)) {
    const nik = run.replace(/\D/g, '')
    if (isPlanted(nik)) yield nik
  }
}

/** NIKs of provinces 91 to 96 are rounded to an even last digit where they become numbers. */
function lastDigitBack(digits: string, known: ReadonlySet<string>): string {
  if (digits[0] !== '9') return digits
  const near = [-1n, 1n].map((off) => String(BigInt(digits) + off))
  return near.find((nik) => known.has(nik) && String(Number(nik)) === digits) ?? digits
}

const PLANTED = new RegExp(`${PLANTED_NAME.replace(' ', '[ +_]')}(?:[ +_]\\w+)?`, 'gi')
const TWO_NAMES = /\b[A-Z][a-z]+(?=[ +_]([A-Z][a-z]+))/g

function* namesIn(text: string, names: ReadonlySet<string>): Generator<string> {
  for (const [name] of text.matchAll(PLANTED)) yield name
  for (const [first, second] of text.matchAll(TWO_NAMES)) {
    if (names.has(first) && names.has(second!)) yield `${first} ${second}`
  }
}

const ENCODED = /[A-Za-z0-9+/_-]{20,}/g
const HEXADECIMAL = /(?:[2-7][0-9a-f]){11,}/gi
const MOST_WRAPPINGS = 2

/** The text itself, and what stands in it in another form. */
function* readings(text: string, wrappings = 0): Generator<string> {
  yield text
  const unescaped = withoutEscapes(text)
  if (unescaped !== text) yield unescaped
  if (wrappings === MOST_WRAPPINGS) return
  const wrapped = [
    ...Array.from(text.matchAll(ENCODED), ([run]) => Buffer.from(run, 'base64').toString('latin1')),
    ...Array.from(text.matchAll(HEXADECIMAL), ([run]) => Buffer.from(run, 'hex').toString('latin1')),
  ].filter(isText)
  if (wrapped.length > 0) yield* readings(wrapped.join('\n'), wrappings + 1)
}

function withoutEscapes(text: string): string {
  return text
    .replace(/\\u([0-9a-f]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\[nrt"]/g, ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
}

/** Whether anybody could have written it: what was no base64 decodes to anything. */
function isText(decoded: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  return !/[\x00-\x08\x0e-\x1f\x7f]/.test(decoded)
}

function hashOf(who: string): string {
  return createHash('sha256').update(who).digest('hex').slice(0, 12)
}
