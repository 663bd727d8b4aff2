import type { Database } from './database.ts'

/**
 * Yields the id once at once, for how things are now, and then whenever somebody sends it to the channel or a
 * notification may have been missed. However many come while the consumer is busy, he is given one: he looks at how
 * things are, not at what happened. Never ends by itself; `return` ends it, also while `next` waits.
 *
 * @param channel a constant of the code; see {@link Database.listen}.
 */
export function changesOf(
  db: Pick<Database, 'listen'>,
  channel: string,
  id: string,
): AsyncIterableIterator<string> {
  let isNew = true
  let hasEnded = false
  let wake = () => {}
  let listening: Promise<() => void> | undefined
  const heard = (payload: string | undefined) => {
    if (payload !== undefined && payload !== id) return
    isNew = true
    wake()
  }
  return {
    async next() {
      // Before how things are now is looked at, so that nothing is missed between the two.
      listening ??= db.listen(channel, heard)
      await listening
      while (!isNew && !hasEnded) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      if (hasEnded) return { done: true, value: undefined }
      isNew = false
      return { done: false, value: id }
    },
    async return() {
      hasEnded = true
      wake()
      listening?.then(
        (stop) => stop(),
        // Whoever waits for `next` hears of it.
        () => {},
      )
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
