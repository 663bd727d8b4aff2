import type { Database } from './database.ts'

/**
 * Yields the id once at once, for how things are now, and then whenever somebody sends it to the channel or a
 * notification may have been missed. However many come while the consumer is busy, he is given one: he looks at how
 * things are, not at what happened. `return` ends it, also while `next` waits.
 *
 * @param channel a constant of the code; see {@link Database.listen}.
 * @param isOver whether nothing will change any more: asked each time before the id is yielded, which is the last time then.
 *   Without it there is no end but `return`.
 */
export function changesOf(
  db: Pick<Database, 'listen'>,
  channel: string,
  id: string,
  isOver: () => Promise<boolean> = async () => false,
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
  const end = () => {
    hasEnded = true
    wake()
    listening?.then(
      (stop) => stop(),
      // Whoever waits for `next` hears of it.
      () => {},
    )
  }
  return {
    async next() {
      if (hasEnded) return { done: true, value: undefined }
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
      const isLast = await isOver()
      if (hasEnded) return { done: true, value: undefined }
      if (isLast) end()
      return { done: false, value: id }
    },
    async return() {
      end()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
