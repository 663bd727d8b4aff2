import { readFileSync } from 'node:fs'
import { parse, YAMLParseError } from 'yaml'
import type { z } from 'zod'
import { SetupError } from './errors.ts'

export interface DataFile<Schema extends z.ZodType> {
  readonly schema: Schema
  /** What the file is called in a message; its path unless told. */
  readonly name?: string
  /** What to call a part of the file in a message, from its path; by default `row 3, from`. */
  readonly nameOf?: (path: readonly PropertyKey[], content: unknown) => string
}

/**
 * Reads a YAML file of data.
 *
 * @param path absolute, or from the working directory.
 * @throws SetupError that names the file and every wrong part of it; the system's error when there is no such file.
 */
export function readDataFile<Schema extends z.ZodType>(
  path: string,
  { schema, name = path, nameOf = pathName }: DataFile<Schema>,
): z.infer<Schema> {
  const content = parsed(readFileSync(path, 'utf8'), name)
  const result = schema.safeParse(content)
  if (result.success) return result.data
  throw new SetupError(
    `${name} has mistakes:`,
    result.error.issues.map((issue) => `${nameOf(issue.path, content)}: ${issue.message}`),
  )
}

function parsed(text: string, name: string): unknown {
  try {
    // Core has no dates, so 2022-12-01 stays the text it is.
    return parse(text, { schema: 'core' })
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error
    throw new SetupError(`${name} is no YAML:`, [error.message])
  }
}

function pathName(path: readonly PropertyKey[]): string {
  const words = path.map((part) => (typeof part === 'number' ? `row ${part + 1}` : String(part)))
  return words.join(', ') || 'the file'
}
