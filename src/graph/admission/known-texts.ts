/** The texts admitted last, so that a repeated operation costs one look into a map. */
export class KnownTexts {
  readonly #texts = new Set<string>()
  #characters = 0

  /** At most so many texts, and so many characters (of up to two bytes) in all of them. */
  constructor(
    readonly mostTexts: number,
    readonly mostCharacters: number,
  ) {}

  /** Whether the text is known; it then counts as used last. */
  has(text: string): boolean {
    if (!this.#texts.delete(text)) return false
    this.#texts.add(text)
    return true
  }

  /** Keeps a text that is not known yet, and forgets those used longest ago when there is no room for it. */
  add(text: string): void {
    this.#texts.add(text)
    this.#characters += text.length
    while (this.#texts.size > this.mostTexts || this.#characters > this.mostCharacters) {
      const oldest = this.#texts.values().next().value as string
      this.#texts.delete(oldest)
      this.#characters -= oldest.length
    }
  }
}
