import { hash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { documentsText } from '../../../src/cli/documents.ts'
import { createProgram } from '../../../src/cli/program.ts'
import {
  type DocumentManifest,
  documentId,
  readTrustedDocuments,
} from '../../../src/graph/admission/trusted.ts'
import { SetupError } from '../../../src/kernel/errors.ts'
import { packageRoot } from '../../../src/kernel/package-root.ts'

// Real: the documentation, the schema, and a folder like the package's own.

const scratch = mkdtempSync(join(tmpdir(), 'documents-'))
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(scratch, 'package-'))
  mkdirSync(join(folder, 'docs', 'examples'), { recursive: true })
  writeFileSync(join(folder, 'README.md'), '# A hub\n')
})
afterAll(() => rmSync(scratch, { recursive: true }))

function write(file: string, text: string): void {
  writeFileSync(join(folder, file), text)
}

function manifest(): DocumentManifest {
  return JSON.parse(documentsText(folder)) as DocumentManifest
}

function problems(act: () => unknown): string[] {
  try {
    act()
  } catch (error) {
    if (error instanceof SetupError) return [error.message, ...error.problems]
    throw error
  }
  return []
}

test('the committed documents are those of the documentation, by the ids of their texts, sorted', () => {
  const text = readFileSync(join(packageRoot, 'schema', 'documents.json'), 'utf8')
  expect(text).toBe(documentsText())
  const ids = Object.keys(JSON.parse(text))
  expect(ids).toEqual([...ids].sort())
  const trusted = readTrustedDocuments()
  const example = readFileSync(join(packageRoot, 'docs/examples/3-a-year-of-coverage.graphql'), 'utf8')
  const id = hash('sha256', example)
  expect(trusted.byId(`sha256:${id}`)).toBe(example)
  expect(trusted.has(example)).toBe(true)
  expect(trusted.has(`${example}\n`)).toBe(false)
})

test('a document is an example to the letter, or a whole operation in a block of the documentation', () => {
  const example = '# Why.\nquery Named { provinces { code } }\n\nquery Other { provinces { name } }\n'
  const block = '{\n  all: provinces {\n    name\n  }\n}'
  write('docs/examples/1-one.graphql', example)
  mkdirSync(join(folder, 'docs', 'deep'))
  write(
    'docs/deep/page.md',
    `Ask:\n\n\`\`\`graphql\n${block}\n\`\`\`\n\nor\n\n\`\`\`json\n{ "a": 1 }\n\`\`\`\n`,
  )
  write(
    'README.md',
    '```graphql\ntype Worker { id: ID! }\n```\n\n```graphql\nextend type Worker { id: ID! }\n```\n',
  )
  expect(manifest()).toEqual({
    [documentId(example)]: { name: 'Named', source: 'docs/examples/1-one.graphql', body: example },
    [documentId(block)]: { name: 'provinces', source: 'docs/deep/page.md', body: block },
  })
})

test('the command line writes contract, rules and documents, and names those that are not up to date', async () => {
  const file = join(folder, 'documents.json')
  const run = (...args: string[]) => createProgram().parseAsync(['schema', ...args], { from: 'user' })
  await run('--out', folder)
  expect(readFileSync(file, 'utf8')).toBe(documentsText())
  await run('--check', folder)
  writeFileSync(file, '{}')
  rmSync(join(folder, 'access.md'))
  const stale = await run('--check', folder).catch((error) => error)
  expect(stale.problems).toEqual([join(folder, 'access.md'), file])
})

test('one text in two places is one document', () => {
  for (const file of ['1-one', '2-two']) write(`docs/examples/${file}.graphql`, '{ provinces { code } }\n')
  expect(Object.values(manifest()).map(({ source }) => source)).toEqual(['docs/examples/1-one.graphql'])
})

test('operations that the schema refuses are told all at once, each with its file', () => {
  write('docs/examples/1-one.graphql', '{ wrong }\n')
  write('README.md', '```graphql\nquery {\n```\n\n```graphql\nfragment F on Worker { id }\n```\n')
  expect(problems(() => documentsText(folder))).toEqual([
    expect.stringContaining('The schema refuses operations of the documentation'),
    expect.stringMatching(/^docs\/examples\/1-one\.graphql: Cannot query field "wrong"/),
    expect.stringMatching(/^README\.md: Syntax Error/),
    expect.stringMatching(/^README\.md: Fragment "F" is never used/),
  ])
})

test.each([
  ['is missing', undefined],
  ['is no JSON', '{'],
  ['is no manifest', '{"a":"b"}'],
  ['holds more than a manifest has', '{"a":{"name":"n","source":"s","body":"b","more":1}}'],
])('a manifest that %s is refused, with the command that writes it', (_, text) => {
  const file = join(folder, 'documents.json')
  if (text !== undefined) writeFileSync(file, text)
  const [message] = problems(() => readTrustedDocuments(file))
  expect(message).toContain(`${file} holds no trusted documents`)
  expect(message).toContain('npm run schema')
})

test('a manifest whose text was changed under its id is refused', () => {
  const file = join(folder, 'documents.json')
  cpSync(join(packageRoot, 'schema', 'documents.json'), file)
  expect(problems(() => readTrustedDocuments(file))).toEqual([])
  writeFileSync(file, readFileSync(file, 'utf8').replace('uncoveredWorkers', 'eligibleWorkers'))
  const [message, ...forged] = problems(() => readTrustedDocuments(file))
  expect(message).toContain('The trusted documents have mistakes')
  expect(forged).toEqual([expect.stringMatching(/^[0-9a-f]{64} is not the SHA-256 of its text$/)])
})
