import fc from 'fast-check'
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql'
import { expect, test } from 'vitest'
import { ADMISSION_LIMITS, type AdmissionLimits } from '../../../src/graph/admission/limits.ts'
import { checkDocument } from '../../../src/graph/admission/measure.ts'
import { codeOf, many } from './refusals.ts'

// Real: everything. Documents are generated, and measured a second time the naive way: with every fragment written
// out where it is spread.

/** So small that generated documents lie on both sides of each. */
const LIMITS: AdmissionLimits = {
  ...ADMISSION_LIMITS,
  nesting: 6,
  depth: 3,
  introspectionDepth: 3,
  rootFields: 4,
  aliases: 3,
  selections: 14,
  operations: 2,
}

const FRAGMENTS = ['A', 'B', 'C', 'D']
const name = fc.constantFrom('a', 'b', 'c', '__typename', '__schema', '__type')

const { selectionSet } = fc.letrec<{ selectionSet: string; selection: string }>((tie) => ({
  selectionSet: fc
    .array(tie('selection'), { minLength: 1, maxLength: 3, depthIdentifier: 'set' })
    .map((selections) => `{ ${selections.join(' ')} }`),
  selection: fc.oneof(
    { depthIdentifier: 'set', depthSize: 'small', maxDepth: 4 },
    fc.tuple(fc.constantFrom('', '', '', 'x: '), name).map(([alias, field]) => `${alias}${field}`),
    fc.constantFrom(...FRAGMENTS).map((fragment) => `...${fragment}`),
    fc.tuple(fc.constantFrom('', '', 'y: '), name, tie('selectionSet')).map((parts) => parts.join(' ')),
    fc.tuple(fc.constantFrom('...', '... on T'), tie('selectionSet')).map((parts) => parts.join(' ')),
  ),
}))

const documents = fc
  .tuple(
    fc.array(selectionSet, { minLength: 1, maxLength: 3 }),
    fc.array(selectionSet, { maxLength: FRAGMENTS.length }),
  )
  .map(([operations, fragments]) =>
    [
      ...operations.map((set, n) => `query Q${n} ${set}`),
      ...fragments.map((set, n) => `fragment ${FRAGMENTS[n]} on T ${set}`),
    ].join('\n'),
  )

test('a document is admitted when, with its fragments written out, it is within every limit, and only then', () => {
  const seen = { admitted: 0, 'too large': 0, circular: 0 }
  fc.assert(
    fc.property(documents, (text) => {
      const document = parse(text)
      const expected = naively(document)
      seen[expected]++
      const code = codeOf(() => checkDocument(document, LIMITS))
      // Of a document that is circular and too large, what is met first is told.
      if (expected === 'circular') expect(code).toBeDefined()
      else expect(code).toBe(expected === 'too large' ? 'TOO_COMPLEX' : undefined)
    }),
    { numRuns: 2_000 },
  )
  // Otherwise the documents would be all alike, and the comparison worth nothing.
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(100)
})

test('a document costs no more to measure than to read, whatever it expands to', () => {
  const unlimited = {
    ...ADMISSION_LIMITS,
    nesting: Number.POSITIVE_INFINITY,
    depth: Number.POSITIVE_INFINITY,
    selections: Number.POSITIVE_INFINITY,
  }
  const bomb = parse(
    `{ ...F0 } ${many(100, (n) => `fragment F${n} on T { a { ...F${n + 1} } b { ...F${n + 1} ...F${n + 1} } }`)} fragment F100 on T { a }`,
  )
  const started = performance.now()
  checkDocument(bomb, unlimited)
  expect(performance.now() - started).toBeLessThan(500)
})

/** A selection with its fragments written out: a field, or what a fragment holds. */
interface Written {
  readonly field?: FieldNode
  readonly below: readonly Written[]
}

class Circular extends Error {}

function naively(document: DocumentNode): 'admitted' | 'too large' | 'circular' {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION)
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
  try {
    const written = (set: SelectionSetNode, path: string[]) => writtenOut(set, fragments, path)
    const ofOperations = operations.map((node) => written(node.selectionSet, []))
    const ofFragments = fragments.map((node) => written(node.selectionSet, [node.name.value]))
    const large =
      operations.length > LIMITS.operations ||
      ofOperations.some((set) => rootFields(set).length > LIMITS.rootFields) ||
      [...ofOperations, ...ofFragments].some(isLarge)
    return large ? 'too large' : 'admitted'
  } catch (error) {
    if (error instanceof Circular) return 'circular'
    throw error
  }
}

function writtenOut(
  { selections }: SelectionSetNode,
  fragments: readonly FragmentDefinitionNode[],
  path: readonly string[],
): Written[] {
  return selections.map((selection) => {
    if (selection.kind !== Kind.FRAGMENT_SPREAD) {
      const set = selection.selectionSet
      const below = set ? writtenOut(set, fragments, path) : []
      return selection.kind === Kind.FIELD ? { field: selection, below } : { below }
    }
    const spread = selection.name.value
    if (path.includes(spread)) throw new Circular()
    const fragment = fragments.find((node) => node.name.value === spread)
    return { below: fragment ? writtenOut(fragment.selectionSet, fragments, [...path, spread]) : [] }
  })
}

function isLarge(set: readonly Written[]): boolean {
  const all = everything(set)
  const paths = pathsOf(set)
  return (
    all.length > LIMITS.selections ||
    levelsOf(set) > LIMITS.nesting ||
    all.filter(({ field }) => field?.alias).length > LIMITS.aliases ||
    paths.some((path) => depthOf(path) > LIMITS.depth) ||
    paths.some((path) => introspectionDepthOf(path) > LIMITS.introspectionDepth)
  )
}

function levelsOf(set: readonly Written[]): number {
  return set.length === 0 ? 0 : 1 + Math.max(...set.map(({ below }) => levelsOf(below)))
}

function everything(set: readonly Written[]): Written[] {
  return set.flatMap((selection) => [selection, ...everything(selection.below)])
}

function rootFields(set: readonly Written[]): Written[] {
  return set.flatMap((selection) => (selection.field ? [selection] : rootFields(selection.below)))
}

/** The names of the fields from the root to every field. */
function pathsOf(set: readonly Written[], above: readonly string[] = []): (readonly string[])[] {
  return set.flatMap(({ field, below }) => {
    const path = field ? [...above, field.name.value] : above
    return [path, ...pathsOf(below, path)]
  })
}

function introspectionStart(path: readonly string[]): number {
  return path.findIndex((field) => field === '__schema' || field === '__type')
}

/** Of a path into the schema, only what leads there counts. */
function depthOf(path: readonly string[]): number {
  const start = introspectionStart(path)
  return start === -1 ? path.length : start
}

function introspectionDepthOf(path: readonly string[]): number {
  const start = introspectionStart(path)
  return start === -1 ? 0 : path.length - start
}

test.each([
  'subscription { a @skip(if: true) }',
  'subscription ($v: Boolean!) { a @include(if: $v) { b } }',
  'subscription { ... @skip(if: false) { a } }',
  'subscription { ...f } fragment f on S { ...g } fragment g on S { a @skip(if: true) ...f }',
  'query q { a } subscription s { ...f @include(if: true) } fragment f on S { a }',
])('the field of a subscription cannot be left out: %s', (text) => {
  expect(() => checkDocument(parse(text), ADMISSION_LIMITS)).toThrow('cannot be left out')
})

test.each([
  'subscription { a { b @skip(if: true) ...f @skip(if: true) } } fragment f on T { c }',
  'subscription { a @other ...unknown }',
  'query { a @skip(if: true) }',
])('what lies below the field of a subscription can: %s', (text) => {
  expect(() => checkDocument(parse(text), ADMISSION_LIMITS)).not.toThrow()
})
