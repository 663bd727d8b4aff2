import { setImmediate } from 'node:timers/promises'

/**
 * The same items, each made while the one before it is still worked on: what makes them and what uses them wait for different
 * things. One is ahead, never more, and it is asked for once the use of the one before has begun: what that sends off is on its
 * way by then. When the user stops early, nobody waits for the item that is under way.
 */
export async function* oneAhead<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item, void> {
  const iterator = items[Symbol.asyncIterator]()
  const ask = async () => {
    await setImmediate()
    return iterator.next()
  }
  let isEnded = false
  try {
    for (let next = ask(); ; ) {
      const { done, value } = await next
      isEnded = done === true
      if (isEnded) return
      next = ask()
      // Whoever comes to it hears of its failure; until then it is nobody's unhandled rejection.
      next.catch(() => {})
      yield value
    }
  } finally {
    if (!isEnded) iterator.return?.()?.catch(() => {})
  }
}
