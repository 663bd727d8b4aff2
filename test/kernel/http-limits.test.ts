import { expect, test } from 'vitest'
import { DEFAULT_HTTP_LIMITS, readConfig } from '../../src/kernel/config.ts'
import { SetupError } from '../../src/kernel/errors.ts'

test('limits are generous unless somebody sets them', () => {
  const { http, statementTimeoutMs, introspection } = readConfig({})
  expect(http).toEqual(DEFAULT_HTTP_LIMITS)
  expect([statementTimeoutMs, introspection]).toEqual([10_000, true])
})

test('every limit is read', () => {
  const env = {
    PAYUNG_INTROSPECTION: 'false',
    PAYUNG_RATE_LIMIT: '0',
    PAYUNG_ANONYMOUS_RATE_LIMIT: '60',
    PAYUNG_CONCURRENT_REQUESTS: '8',
    PAYUNG_BODY_LIMIT: '65536',
    PAYUNG_REQUEST_TIMEOUT_MS: '5000',
    PAYUNG_STATEMENT_TIMEOUT_MS: '0',
    PAYUNG_EVENT_LOOP_DELAY_MS: '200',
    PAYUNG_HEAP_PERCENT: '80',
    PAYUNG_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
    PAYUNG_CORS_ORIGINS: 'https://dashboard.example,http://localhost:5173',
    PAYUNG_ROSTER_MAX_ROWS: '1000000',
    PAYUNG_ROSTER_MAX_BYTES: '500000000',
    PAYUNG_ROSTER_FILES: '20',
    PAYUNG_ROSTER_WORKBOOKS: '1',
    PAYUNG_ROSTER_IDENTITY_DAYS: '30',
  }
  expect(readConfig(env)).toMatchObject({
    introspection: false,
    statementTimeoutMs: 0,
    rosters: { rows: 1_000_000, bytes: 500_000_000, files: 20, workbooks: 1, identityDays: 30 },
    http: {
      requestsPerMinute: 0,
      anonymousRequestsPerMinute: 60,
      concurrentRequests: 8,
      bodyBytes: 65_536,
      requestMs: 5_000,
      eventLoopDelayMs: 200,
      heapPercent: 80,
      trustedProxies: ['10.0.0.0/8', '::1'],
      corsOrigins: ['https://dashboard.example', 'http://localhost:5173'],
    },
  })
})

test.each([
  ['PAYUNG_TRUSTED_PROXIES', ['everybody', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.1,', '*']],
  ['PAYUNG_CORS_ORIGINS', ['*', 'dashboard.example', 'https://dashboard.example/', 'null', 'file://x']],
  ['PAYUNG_REQUEST_TIMEOUT_MS', ['0', '-1', 'soon']],
  ['PAYUNG_HEAP_PERCENT', ['101']],
  ['PAYUNG_INTROSPECTION', ['perhaps']],
  ['PAYUNG_ROSTER_FILES', ['0', 'many']],
  ['PAYUNG_ROSTER_WORKBOOKS', ['0']],
  ['PAYUNG_ROSTER_IDENTITY_DAYS', ['0', 'never']],
])('%s is refused when it is none of its kind, with a remedy', (variable, values) => {
  for (const value of values) {
    const read = () => readConfig({ [variable]: value })
    expect(read, value).toThrow(SetupError)
    expect(read).toThrow(new RegExp(`${variable} must be .*\\. Leave it out`))
  }
})
