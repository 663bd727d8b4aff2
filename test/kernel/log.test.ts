import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLogger } from '../../src/kernel/log.ts'
import { niks } from './arbitraries.ts'

/** A logger that is real down to the line it writes. */
function aLog(level: 'info' | 'silent' = 'info') {
  const lines: string[] = []
  const log = createLogger({ level, destination: { write: (line) => lines.push(line) } })
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') }
}

const NIK = '3603015705909001'
/** Sixteen digits in this order, whatever stands between them. */
const leaks = (text: string, nik: string) => text.replace(/[^0-9]/g, '').includes(nik)

test('a line is JSON with the message and the fields', () => {
  const { log, lines, last } = aLog()
  log.info({ component: 'roster', rows: 3, rate: 0.1234567890123456, ok: true, none: null }, 'screened')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^\{.*\}\n$/)
  expect(last()).toMatchObject({
    level: 30,
    msg: 'screened',
    component: 'roster',
    rows: 3,
    rate: 0.1234567890123456,
    ok: true,
    none: null,
  })
})

test('a level that is off writes nothing', () => {
  const { log, lines } = aLog('silent')
  log.fatal('x')
  expect(lines).toEqual([])
})

test('money in bigints is logged, at the top and below', () => {
  const { log, last } = aLog()
  log.info({ ceiling: 1_680_000_000n, budget: { paid: -5n, months: [16_800n] } }, 'budget')
  expect(last()).toMatchObject({ ceiling: 1_680_000_000, budget: { paid: -5, months: [16_800] } })
})

test('identity is redacted by its key, wherever it stands and however it is written', () => {
  const { log, lines, last } = aLog()
  const identity = { nik: 'n', name: 'Siti', fullName: 'Siti', birthDate: '1990-05-17', full_name: 'Siti' }
  log.info({ ...identity, worker: { rows: [{ identity }], declaredBirthDate: '1990-05-17' } })
  expect(lines[0]).not.toMatch(/Siti|1990/)
  expect(last().worker.rows[0].identity).toEqual({
    nik: '[redacted]',
    name: '[redacted]',
    fullName: '[redacted]',
    birthDate: '[redacted]',
    full_name: '[redacted]',
  })
})

test('credentials in headers are redacted', () => {
  const { log, lines, last } = aLog()
  const headers = { Authorization: 'Bearer abc', cookie: 'sid=abc', 'Set-Cookie': ['sid=abc'], host: 'hub' }
  log.info({ req: { headers } })
  expect(lines[0]).not.toContain('abc')
  expect(last().req.headers.host).toBe('hub')
})

test('a NIK in an error is taken out of its message, its stack and its cause', () => {
  const { log, lines, last } = aLog()
  const cause = new Error(`Key (nik)=(${NIK}) already exists.`)
  log.error(Object.assign(new Error(`worker ${NIK}`, { cause }), { code: '23505' }))
  expect(leaks(lines[0]!, NIK)).toBe(false)
  expect(last().err).toMatchObject({ type: 'Error', code: '23505' })
  expect(last().err.message).toContain('worker [NIK]')
  expect(last().err.stack).toContain('log.test.ts')
})

test('an error is written in full under either of its usual keys', () => {
  const { log, last } = aLog()
  log.error({ err: new Error('a'), error: new Error('b') })
  expect(last()).toMatchObject({ err: { message: 'a' }, error: { message: 'b' } })
})

test('the row values that a database driver adds to an error are redacted', () => {
  const { log, lines, last } = aLog()
  const failure = { detail: 'Failing row contains (Siti).', parameters: ['Siti'], table: 'identity' }
  log.error(Object.assign(new Error('violates a check'), failure))
  expect(lines[0]).not.toContain('Siti')
  expect(last().err.table).toBe('identity')
})

test('child loggers and interpolated messages are scrubbed as well', () => {
  const { log, lines } = aLog()
  const child = log.child({ subject: NIK, nik: 'Siti', big: BigInt(NIK) })
  child.info('row %s is %o', NIK, { inner: NIK })
  child.setBindings({ later: NIK })
  child.child({ nested: { deep: NIK } }).info('x')
  expect(lines).toHaveLength(2)
  for (const line of lines) {
    expect(leaks(line, NIK)).toBe(false)
    expect(line).not.toContain('Siti')
  }
})

test('what is no NIK stays readable', () => {
  const { log, last } = aLog()
  const text = 'Rp 16.800 for 2022-12..2023-05, masked 3603********9001, at 2022-12-31T10:00:00.000Z'
  log.info({ took: 1_700_000_000_000 }, text)
  expect(last()).toMatchObject({ msg: text, took: 1_700_000_000_000 })
})

test('a circular object does not break the log', () => {
  const { log, last } = aLog()
  const node: Record<string, unknown> = { subject: NIK }
  node.self = node
  log.info({ node })
  expect(last().node.subject).toBe('[NIK]')
})

/** The NIK as people write it, in the middle of other text and other numbers. */
const written = fc
  .tuple(
    niks,
    fc.array(fc.constantFrom('', '', '', ' ', '.', '-', ' - ', '\u00a0', '\n'), {
      minLength: 15,
      maxLength: 15,
    }),
    fc.constantFrom('', 'NIK ', 'row 12 ', '12345678 ', '=', '"'),
    fc.constantFrom('', ' ', ' 42', '.', ',x', '"'),
  )
  .map(([nik, gaps, before, after]) => {
    const typed = [...nik].map((digit, index) => digit + (gaps[index] ?? '')).join('')
    return { nik, text: `${before}${typed}${after}` }
  })

const nested = (leaf: unknown) =>
  fc.array(fc.constantFrom('object', 'array', 'toJSON', 'error', 'key'), { maxLength: 6 }).map((layers) =>
    layers.reduce<unknown>((inner, layer) => {
      if (layer === 'array') return [1, inner]
      if (layer === 'toJSON') return { toJSON: () => inner }
      if (layer === 'error') return { err: inner, error: Object.assign(new Error(String(leaf)), { inner }) }
      if (layer === 'key') return { [String(leaf)]: inner }
      return { inner, other: 1 }
    }, leaf),
  )

test('no way of writing a NIK and no nesting brings it into a line', () => {
  const cases = written.chain(({ nik, text }) =>
    fc
      .constantFrom<unknown>(text, Number(nik), BigInt(nik))
      .chain((leaf) => nested(leaf).map((field) => ({ nik, text, field }))),
  )
  fc.assert(
    fc.property(cases, ({ nik, text, field }) => {
      const { log, lines } = aLog()
      log.info({ field }, text)
      log.child({ field }).warn(text)
      log.error(new Error(text, { cause: field }))
      log.error({ err: Object.assign(new Error(text), { field }) })
      expect(lines).toHaveLength(4)
      for (const line of lines) {
        const { time: _time, pid: _pid, ...rest } = JSON.parse(line)
        const flat = JSON.stringify(rest)
          .replace(/\\n/g, '')
          .replace(/[\s.-]/g, '')
        expect(flat).not.toContain(nik)
        expect(flat).not.toContain(String(Number(nik)))
      }
    }),
    { numRuns: 300 },
  )
})
