/** Pseudo-random choices that a seed repeats (mulberry32). */
export class Random {
  #state: number

  constructor(readonly seed: number) {
    this.#state = seed >>> 0
  }

  /** At least 0, less than 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** A whole number from 0 up to, and not including, `below`. */
  below(below: number): number {
    return Math.floor(this.next() * below)
  }

  from(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  pick<T>(choices: readonly T[]): T {
    if (choices.length === 0) throw new Error('nothing to pick from')
    return choices[this.below(choices.length)]!
  }

  /** A choice, each as likely as its weight says. */
  weighted<T>(choices: readonly T[], weight: (choice: T) => number): T {
    const weights = choices.map(weight)
    let left = this.next() * weights.reduce((sum, w) => sum + w, 0)
    for (let i = 0; i < choices.length; i++) {
      left -= weights[i]!
      if (left < 0) return choices[i]!
    }
    return choices.at(-1)!
  }

  shuffled<T>(items: readonly T[]): T[] {
    return items
      .map((item) => [this.next(), item] as const)
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item)
  }
}

/** The seed of PAYUNG_TEST_SEED, or one that nobody chose. */
export function testSeed(): number {
  const given = process.env.PAYUNG_TEST_SEED
  return given ? Number(given) : Date.now() % 1_000_000_000
}
