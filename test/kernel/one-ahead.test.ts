import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { oneAhead } from '../../src/kernel/one-ahead.ts'

function made(events: string[], { failsAt = Infinity, hangsAt = Infinity } = {}) {
  return (async function* () {
    try {
      for (let n = 1; n <= 4; n++) {
        events.push(`makes ${n}`)
        if (n === failsAt) throw new Error('no more')
        if (n === hangsAt) await new Promise(() => {})
        yield n
      }
    } finally {
      events.push('closed')
    }
  })()
}

test('all items come in their order, and the next one is made while one is used', async () => {
  const events: string[] = []
  for await (const n of oneAhead(made(events))) {
    await setImmediate()
    events.push(`used ${n}`)
  }
  expect(events).toEqual([
    'makes 1',
    'makes 2',
    'used 1',
    'makes 3',
    'used 2',
    'makes 4',
    'used 3',
    'closed',
    'used 4',
  ])
})

test('what was made before a failure is used before it is heard of', async () => {
  const events: string[] = []
  const used: number[] = []
  const using = async () => {
    for await (const n of oneAhead(made(events, { failsAt: 3 }))) {
      await setImmediate()
      used.push(n)
    }
  }
  await expect(using()).rejects.toThrow('no more')
  expect(used).toEqual([1, 2])
})

test('who stops early closes what makes them', async () => {
  const events: string[] = []
  for await (const _ of oneAhead(made(events))) {
    await setImmediate()
    await setImmediate()
    break
  }
  expect(events).toEqual(['makes 1', 'makes 2', 'closed'])
})

test('who stops early does not wait for an item that never comes', async () => {
  const using = async () => {
    for await (const n of oneAhead(made([], { hangsAt: 2 }))) if (n === 1) throw new Error('enough')
  }
  await expect(using()).rejects.toThrow('enough')
})
