/** How long a token is trusted without another look at its signature: a withdrawn key is noticed after this. */
const TRUSTED_FOR_MS = 60_000
const MOST = 1_000

/**
 * Tokens that were verified a moment ago, because a signature takes 50 to 100 µs to verify and a viewer sends the
 * same token with every request. Only verified tokens come in, so forged ones neither fill nor flush it.
 */
export class RecentTokens<Value> {
  /** In the order they came in, which is nearly the order in which they end. */
  readonly #tokens = new Map<string, { readonly value: Value; readonly until: number }>()

  /** How many are held, 1,000 at most. */
  get size(): number {
    return this.#tokens.size
  }

  get(token: string): Value | undefined {
    const found = this.#tokens.get(token)
    if (found === undefined) return undefined
    if (found.until > Date.now()) return found.value
    this.#tokens.delete(token)
    return undefined
  }

  /** @param expires the token's `exp`: seconds since 1970. */
  remember(token: string, value: Value, expires: number): void {
    const until = Math.min(expires * 1000, Date.now() + TRUSTED_FOR_MS)
    if (until <= Date.now()) return
    this.#tokens.delete(token)
    if (this.#tokens.size >= MOST) this.#forgetOldest()
    this.#tokens.set(token, { value, until })
  }

  #forgetOldest(): void {
    for (const token of this.#tokens.keys()) {
      this.#tokens.delete(token)
      return
    }
  }
}
