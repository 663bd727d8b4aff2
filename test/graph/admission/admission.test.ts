import { getIntrospectionQuery } from 'graphql'
import { describe, expect, test } from 'vitest'
import { type AdmissionOptions, createAdmission } from '../../../src/graph/admission/admission.ts'
import { ADMISSION_LIMITS } from '../../../src/graph/admission/limits.ts'
import { documentId, trustedDocuments } from '../../../src/graph/admission/trusted.ts'
import { codeOf, faultOf, many } from './refusals.ts'

// Real: everything. No database and no server stand behind it, and no schema: what is asked is only measured.

const TRUSTED = '{ provinces { code } }'
const ID = documentId(TRUSTED)

function admission(options: Partial<AdmissionOptions> = {}) {
  const trusted = trustedDocuments({ [ID]: { name: 'provinces', source: 'README.md', body: TRUSTED } })
  return createAdmission({ limits: ADMISSION_LIMITS, trusted, trustedOnly: false, ...options })
}

/** What becomes of a text: the message of its refusal, or undefined. */
function refusal(query: string, options?: Partial<AdmissionOptions>): string | undefined {
  return faultOf(() => admission(options).admit({ query }))?.message
}

const limits = ADMISSION_LIMITS
const inside = (depth: number, innermost: string) =>
  `${'{ a '.repeat(depth - 1)}{ ${innermost} }${' }'.repeat(depth - 1)}`

describe('a text is admitted at a limit and refused one beyond it:', () => {
  test.each<[what: string, limit: number, text: (size: number) => string, says: string]>([
    ['characters', limits.characters, (n) => `{ a }${'\n'.repeat(n - 5)}`, '32,768 characters long'],
    [
      'comments count as characters',
      limits.characters,
      (n) => `{ a }#${'x'.repeat(n - 6)}`,
      '32,768 characters',
    ],
    [
      'tokens',
      limits.tokens,
      (n) => `query Q(${many(Math.floor((n - 8) / 4), '$v: Int')}) { a a ${many((n - 8) % 4, 'a')} }`,
      '4,000 tokens long',
    ],
    ['depth', limits.depth, (n) => inside(n, 'a'), '15 levels deep'],
    [
      'depth through inline fragments',
      limits.depth,
      (n) => inside(n, '... { a } ... on A { a }'),
      '15 levels',
    ],
    [
      'depth through fragments',
      limits.depth,
      (n) => `{ a { ...F } } fragment F on A ${inside(n - 1, 'a')}`,
      '15 levels',
    ],
    [
      'depth of a fragment that nobody spreads',
      limits.depth,
      (n) => `{ a } fragment F on A ${inside(n, 'a')}`,
      '15 levels',
    ],
    [
      'depth of the schema',
      limits.introspectionDepth,
      (n) => `{ __schema ${inside(n - 1, 'a')} }`,
      '16 levels deep in the schema',
    ],
    [
      'depth of a type',
      limits.introspectionDepth,
      (n) => `{ ... { __type(name: "A") ${inside(n - 1, 'a')} } }`,
      'in the schema',
    ],
    ['root fields', limits.rootFields, (n) => `{ ${many(n, 'a')} }`, '20 root fields wide'],
    [
      'root fields in fragments',
      limits.rootFields,
      (n) => `{ a ...F } fragment F on Query { ${many(n - 1, 'a')} }`,
      '20 root fields',
    ],
    ['aliases', limits.aliases, (n) => `{ a { ${many(n, (i) => `a${i}: a`)} } }`, '100 aliases long'],
    [
      'aliases in fragments',
      limits.aliases / 2,
      (n) => `{ a { ...F } b { ...F } } fragment F on A { ${many(n, (i) => `a${i}: a`)} }`,
      '100 aliases',
    ],
    ['fields', limits.selections, (n) => `{ a { ${many(n - 1, 'a')} } }`, '1,000 fields and fragments long'],
    [
      'fields of fragments',
      limits.selections / 4,
      (n) => `{ a { ...F } b { ...F } c { ...F } d { ...F } } fragment F on A { ${many(n - 2, 'a')} }`,
      '1,000 fields',
    ],
    [
      'directives',
      limits.directives,
      (n) => `{ a { ${many(n, 'a @skip(if: false)')} } }`,
      '100 directives long',
    ],
    [
      'directives everywhere',
      limits.directives - 5,
      (n) =>
        `query Q($v: Int @x) @x { a { ...F @x ... @x { a } ${many(n, 'a @x')} } } fragment F on A @x { a }`,
      '100 directives',
    ],
    [
      'operations',
      limits.operations,
      (n) => many(n, (i) => `query Q${i} { a }`),
      '20 operations in one document',
    ],
    ['members of a list', limits.listLength, (n) => `{ a(in: [${many(n, '1')}]) }`, '1,000 members'],
    [
      'members of a list in an object',
      limits.listLength,
      (n) => `{ a @x(in: { b: [${many(n, '1')}] }) }`,
      '1,000 members',
    ],
    [
      'members of a default',
      limits.listLength,
      (n) => `query ($v: [Int!] = [${many(n, '1')}]) { a(in: $v) }`,
      '1,000 members',
    ],
    ['characters of a value', limits.textLength, (n) => `{ a(in: "${'x'.repeat(n)}") }`, '10,000 characters'],
    [
      'depth of a value',
      limits.valueDepth / 2,
      (n) => `{ a(in: ${'[{ b: '.repeat(n)}1${' }]'.repeat(n)}) }`,
      '10 objects and lists',
    ],
  ])('%s', (_, limit, text, says) => {
    expect(refusal(text(limit))).toBeUndefined()
    expect(refusal(text(limit + 1))).toContain(says)
  })

  test('brackets, whatever is between them', () => {
    const nested = (n: number) => `${'{ ... on A '.repeat(n - 1)}{ a }${' }'.repeat(n - 1)}`
    expect(refusal(nested(limits.nesting))).toBeUndefined()
    expect(refusal(nested(limits.nesting + 1))).toContain('110 brackets deep')
    const chain = (n: number) =>
      `{ ...F2 } ${many(n - 2, (i) => `fragment F${i + 2} on A { ...F${i + 3} }`)} fragment F${n} on A { a }`
    expect(refusal(chain(limits.nesting))).toBeUndefined()
    expect(refusal(chain(limits.nesting + 1))).toContain('110 selections deep')
    expect(refusal(many(440, (i) => `fragment F${440 - i} on A { ...F${441 - i} }`))).toContain(
      'selections deep',
    )
    // Before any parser could run out of stack.
    expect(refusal('{a'.repeat(1_900))).toContain('brackets deep')
    expect(refusal(`{ a(in: ${'['.repeat(3_000)}`)).toContain('brackets deep')
    expect(refusal(`query ($v: ${'['.repeat(3_000)}`)).toContain('brackets deep')
  })

  test('the depth is what the hub is set to', () => {
    const six = { limits: { ...limits, depth: 6 } }
    expect(refusal(inside(6, 'a'), six)).toBeUndefined()
    expect(refusal(inside(7, 'a'), six)).toContain('6 levels deep')
    const fifty = { limits: { ...limits, depth: 50 } }
    expect(refusal(inside(50, `... { a(in: ${'['.repeat(10)}${']'.repeat(10)}) }`), fifty)).toBeUndefined()
  })
})

test('a limit that is passed is told with its remedy, as TOO_COMPLEX', () => {
  expect(faultOf(() => admission().admit({ query: inside(16, 'a') }))).toMatchObject({
    code: 'TOO_COMPLEX',
    message: 'The operation is more than 15 levels deep.',
    field: 'query',
    remedy: 'Ask for less at once, or in several operations.',
  })
})

test('the introspection query with all its options is admitted', () => {
  const query = getIntrospectionQuery({
    descriptions: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    experimentalDirectiveDeprecation: true,
    oneOf: true,
  })
  expect(refusal(query)).toBeUndefined()
})

test('fragments that spread each other twice are refused as if written out, in the time of reading them', () => {
  const bomb = `{ ...F0 } ${many(60, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F60 on Query { a }`
  const started = performance.now()
  expect(refusal(bomb)).toContain('fields and fragments long')
  expect(performance.now() - started).toBeLessThan(250)
})

test.each([
  ['itself', 'fragment F on A { ...F }'],
  ['itself below a field', 'fragment F on A { a { ... { ...F } } }'],
  ['one that contains it', 'fragment F on A { a { ...G } } fragment G on A { a { ...F } }'],
])('a fragment that contains %s is refused, spread or not', (_, fragments) => {
  for (const query of [`{ a { ...F } } ${fragments}`, `{ a } ${fragments}`]) {
    const fault = faultOf(() => admission().admit({ query }))
    expect(fault).toMatchObject({ code: 'BAD_USER_INPUT', message: 'A fragment contains itself.' })
  }
})

test.each(['__proto__', 'constructor', 'prototype'])('the name %s is admitted nowhere in a text', (name) => {
  for (const query of [
    `{ ${name} }`,
    `{ ${name}: a }`,
    `{ a(${name}: 1) }`,
    `{ a(in: { ${name}: 1 }) }`,
    `query ($${name}: Int) { a }`,
    `{ ...${name} } fragment ${name} on A { a }`,
  ]) {
    expect(codeOf(() => admission().admit({ query }))).toBe('BAD_USER_INPUT')
  }
  expect(refusal(`{ a(in: "${name}") }`)).toBeUndefined()
})

test.each([
  '',
  '{',
  '{ a',
  'hello',
  '{ a(in: ?) }',
  '{ a(in: "',
  '{ ...F }',
  'type A { a: Int }',
  7,
  {},
  null,
])('what is not an operation, %j, is left to the parser, which says why', (query) => {
  expect(admission().admit({ query })).toEqual({ query })
})

test('what is not an operation is refused when it is too large', () => {
  expect(refusal(`? ${'a '.repeat(20_000)}`)).toContain('characters long')
  expect(refusal(`hello ${'a '.repeat(4_000)} ?`)).toContain('tokens long')
})

describe('variables', () => {
  const variablesCode = (variables: unknown) => codeOf(() => admission().admit({ query: '{ a }', variables }))
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])
  const people = (count: number) => ({
    input: { people: Array.from({ length: count }, () => ({ nik: 'x' })) },
  })

  test('may be absent, null or an object, and nothing else', () => {
    for (const variables of [undefined, null, {}, { a: null, b: 1, c: true, d: 'x' }]) {
      expect(variablesCode(variables)).toBeUndefined()
    }
    for (const variables of ['{}', 1, true, [], [{}]]) expect(variablesCode(variables)).toBe('BAD_USER_INPUT')
  })

  test('may hold the thousand people of a check, and not one more', () => {
    expect(variablesCode(people(1_000))).toBeUndefined()
    expect(variablesCode(people(1_001))).toBe('TOO_COMPLEX')
  })

  test('may be ten objects and lists deep, and not one more', () => {
    expect(variablesCode({ v: nested(10) })).toBeUndefined()
    expect(variablesCode({ v: nested(11) })).toBe('TOO_COMPLEX')
    expect(variablesCode({ v: nested(1_000) })).toBe('TOO_COMPLEX')
    const circular: Record<string, unknown> = {}
    circular.self = circular
    expect(variablesCode(circular)).toBe('TOO_COMPLEX')
  })

  test('may hold ten thousand values, and not one more', () => {
    const lists = (count: number) =>
      Object.fromEntries(
        Array.from({ length: 10 }, (_, n) => [`v${n}`, Array(n === 0 ? count : 999).fill(1)]),
      )
    expect(variablesCode(lists(999))).toBeUndefined()
    expect(variablesCode(lists(1_000))).toBe('TOO_COMPLEX')
  })

  test('may hold a text of ten thousand characters, and not one more', () => {
    expect(variablesCode({ v: 'x'.repeat(10_000) })).toBeUndefined()
    expect(variablesCode({ v: 'x'.repeat(10_001) })).toBe('TOO_COMPLEX')
    const operationName = 'x'.repeat(10_001)
    expect(codeOf(() => admission().admit({ query: '{ a }', operationName }))).toBe('TOO_COMPLEX')
  })

  test.each(['__proto__', 'constructor', 'prototype'])('have no key %s at any depth', (key) => {
    for (const text of [`{"${key}":{}}`, `{"v":{"${key}":1}}`, `{"v":[[{"${key}":1}]]}`]) {
      expect(variablesCode(JSON.parse(text))).toBe('BAD_USER_INPUT')
    }
    expect(variablesCode({ v: key })).toBeUndefined()
  })

  test('are checked although the text is known', () => {
    const hub = admission()
    hub.admit({ query: '{ a }' })
    expect(codeOf(() => hub.admit({ query: '{ a }', variables: people(1_001) }))).toBe('TOO_COMPLEX')
  })

  test('are never repeated in a refusal', () => {
    for (const variables of [{ v: '3603'.repeat(2_501) }, JSON.parse('{"3603":{"__proto__":"3603"}}')]) {
      const fault = faultOf(() => admission().admit({ query: '{ a }', variables }))
      expect(`${fault!.message} ${fault!.field} ${fault!.remedy}`).not.toContain('3603')
    }
  })
})

describe('a trusted document', () => {
  test.each([
    ['its id', { documentId: `sha256:${ID}` }],
    ['its bare id', { documentId: ID }],
    ['its id in capitals', { documentId: `sha256:${ID.toUpperCase()}` }],
    [
      'the hash of an automatic persisted query',
      { extensions: { persistedQuery: { version: 1, sha256Hash: ID } } },
    ],
  ])('is asked for by %s', (_, asked) => {
    const { query, variables, operationName, ...others } = admission().admit({
      ...asked,
      variables: { v: 1 },
      operationName: 'Q',
    })
    expect({ query, variables, operationName }).toEqual({
      query: TRUSTED,
      variables: { v: 1 },
      operationName: 'Q',
    })
    // Nobody after this looks an id up again.
    expect(JSON.stringify(others)).not.toContain(ID)
  })

  test('leaves other extensions as they are', () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: ID }, trace: true }
    expect(admission().admit({ extensions })).toEqual({ query: TRUSTED, extensions: { trace: true } })
  })

  test.each(['sha256:00', '', 'sha256:', 'constructor', `md5:${ID}`, 7, {}, [ID]])(
    'is not found by %j, and the field at fault is named',
    (id) => {
      const fault = faultOf(() => admission().admit({ documentId: id }))
      expect(fault).toMatchObject({ code: 'BAD_USER_INPUT', field: 'documentId' })
      expect(fault!.remedy).toContain('schema/documents.json')
    },
  )

  test('is asked for by id or by text, not by both', () => {
    const fault = faultOf(() => admission().admit({ documentId: ID, query: TRUSTED }))
    expect(fault).toMatchObject({ code: 'BAD_USER_INPUT', field: 'documentId' })
    expect(admission().admit({ documentId: null, query: TRUSTED }).query).toBe(TRUSTED)
    expect(admission().admit({ documentId: ID, query: null }).query).toBe(TRUSTED)
  })

  test('is not put in the place of an automatic persisted query of the client', () => {
    const asked = { extensions: { persistedQuery: { version: 1, sha256Hash: documentId('{ a }') } } }
    expect(admission().admit(asked)).toEqual(asked)
    const registering = { query: '{ a }', extensions: asked.extensions }
    expect(admission().admit(registering)).toEqual(registering)
    for (const extensions of [
      null,
      'x',
      7,
      { persistedQuery: null },
      { persistedQuery: { sha256Hash: 7 } },
    ]) {
      expect(admission().admit({ extensions })).toEqual({ extensions })
    }
  })

  test('has its variables checked as any other', () => {
    expect(codeOf(() => admission().admit({ documentId: ID, variables: [] }))).toBe('BAD_USER_INPUT')
  })
})

describe('a hub that answers trusted documents only', () => {
  const closed = () => admission({ trustedOnly: true })

  test('answers them by id and by text', () => {
    for (const asked of [{ documentId: ID }, { query: TRUSTED }]) {
      expect(closed().admit(asked).query).toBe(TRUSTED)
    }
  })

  test.each([
    ['another text', { query: '{ a }' }],
    ['a text that differs in a space', { query: `${TRUSTED} ` }],
    ['the introspection query', { query: getIntrospectionQuery() }],
    [
      'a persisted query of a client',
      { extensions: { persistedQuery: { sha256Hash: documentId('{ a }') } } },
    ],
    ['no text', {}],
    ['a text that is none', { query: [TRUSTED] }],
  ])('refuses %s, and says what to send', (_, asked) => {
    expect(faultOf(() => closed().admit(asked))).toMatchObject({
      code: 'FORBIDDEN',
      remedy: 'Send the documentId of an operation in schema/documents.json.',
    })
  })
})

test('a repeated operation costs a look into a map', () => {
  const hub = admission()
  const text = `{ a { ${many(800, (n) => `field${n}`)} } }`
  const variables = { scope: '36.03', first: 50 }
  const admitted = () => hub.admit({ query: text, variables })
  admitted()
  const started = performance.now()
  for (let n = 0; n < 10_000; n++) admitted()
  // Under a microsecond on a quiet machine; reading the text takes a thousand times that.
  expect((performance.now() - started) / 10_000).toBeLessThan(0.02)
})
