/** Draws that repeat: the same seed gives the same sequence on every machine. Not for secrets. */
export interface Random {
  /** A whole number from 0 to `n - 1`. */
  below(n: number): number
  /** True with this probability, 0 to 1. */
  chance(probability: number): boolean
  /** @throws Error when the list is empty. */
  pick<T>(from: readonly T[]): T
  /** A new list in another order. */
  shuffle<T>(list: readonly T[]): T[]
}

/** The generator sfc32 (Chris Doty-Humphrey, PractRand), started from the FNV-1a hash of a text. */
export function randomFrom(seed: string): Random {
  let [a, b, c, counter] = [fnv1a(`${seed}/1`), fnv1a(`${seed}/2`), fnv1a(`${seed}/3`), 1]
  const next = () => {
    const result = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + result) | 0
    return result >>> 0
  }
  for (let warmUp = 0; warmUp < 15; warmUp++) next()
  const below = (n: number) => Math.floor((next() / 2 ** 32) * n)
  return {
    below,
    chance: (probability) => next() / 2 ** 32 < probability,
    pick: (from) => {
      if (from.length === 0) throw new Error('There is nothing to pick from.')
      return from[below(from.length)]!
    },
    shuffle: (list) => {
      const order = [...list]
      for (let at = order.length - 1; at > 0; at--) {
        const other = below(at + 1)
        ;[order[at], order[other]] = [order[other]!, order[at]!]
      }
      return order
    },
  }
}

/** Draws from a table of weights: above 0, need not add up to anything. */
export function weighted<T>(table: readonly (readonly [value: T, weight: number])[]): (random: Random) => T {
  const total = table.reduce((sum, [, weight]) => sum + weight, 0)
  const steps = 2 ** 24
  const bounds: { value: T; upTo: number }[] = []
  let sum = 0
  for (const [value, weight] of table) {
    sum += weight
    bounds.push({ value, upTo: (sum / total) * steps })
  }
  return (random) => {
    const drawn = random.below(steps)
    let [low, high] = [0, bounds.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (bounds[middle]!.upTo > drawn) high = middle
      else low = middle + 1
    }
    return bounds[low]!.value
  }
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
