import { expect, test } from 'vitest'
import { silentProgress, terminalProgress } from '../../src/kernel/progress.ts'

/** A stream that keeps what is written, and a clock that is moved by hand. */
function aTerminal(options: { isTTY: boolean; columns?: number }) {
  const writes: string[] = []
  const clock = { ms: 0 }
  const progress = terminalProgress({ ...options, write: (text) => writes.push(text) }, () => clock.ms)
  return { writes, clock, progress }
}

test('a pipe gets one line for each finished step', () => {
  const { writes, clock, progress } = aTerminal({ isTTY: false })
  const step = progress.step('workers', 200)
  step.advance(150)
  clock.ms = 1500
  step.advance(50)
  expect(writes).toEqual([])
  step.done('200 rows')
  progress.step('index').done()
  expect(writes).toEqual(['workers  200 rows  1.5 s\n', 'index  0.0 s\n'])
})

test('a terminal sees one line updated in place with percentage and seconds', () => {
  const { writes, clock, progress } = aTerminal({ isTTY: true })
  const step = progress.step('workers', 200)
  clock.ms = 2000
  step.advance(50)
  clock.ms = 3000
  step.done()
  expect(writes).toEqual([
    '\r\x1b[2Kworkers  0 %  0.0 s',
    '\r\x1b[2Kworkers  25 %  2.0 s',
    '\r\x1b[2Kworkers  3.0 s\n',
  ])
})

test('a million fast steps draw a few lines only', () => {
  const { writes, clock, progress } = aTerminal({ isTTY: true })
  const step = progress.step('workers', 1_000_000)
  for (let row = 0; row < 1_000_000; row++) {
    clock.ms = row / 1000
    step.advance()
  }
  expect(writes).toHaveLength(10)
})

test('more items than expected stay at 100 %, and none expected is 100 % too', () => {
  const { writes, clock, progress } = aTerminal({ isTTY: true })
  const step = progress.step('workers', 2)
  clock.ms = 200
  step.advance(5)
  progress.step('nobody', 0)
  expect(writes.slice(1)).toEqual(['\r\x1b[2Kworkers  100 %  0.2 s', '\r\x1b[2Knobody  100 %  0.0 s'])
})

test('without a total the count is shown', () => {
  const { writes, clock, progress } = aTerminal({ isTTY: true })
  const step = progress.step('rows')
  clock.ms = 200
  step.advance(7)
  expect(writes).toEqual(['\r\x1b[2Krows  0.0 s', '\r\x1b[2Krows  7  0.2 s'])
})

test('a line never wraps, because a wrapped line could not be erased', () => {
  const { writes, progress } = aTerminal({ isTTY: true, columns: 20 })
  progress.step('a very long label of a step', 10)
  expect(writes).toEqual(['\r\x1b[2Ka very long label o'])
})

test('a finished step stays finished', () => {
  const { writes, clock, progress } = aTerminal({ isTTY: true })
  const step = progress.step('workers', 2)
  step.done()
  clock.ms = 500
  step.advance()
  step.done()
  expect(writes).toHaveLength(2)
})

test('silence is a progress as well', () => {
  const step = silentProgress.step('workers', 2)
  expect([step.advance(1), step.done('x')]).toEqual([undefined, undefined])
})
