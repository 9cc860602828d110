/** A list of what happened, in order. A test reads it, or waits until it has a number of entries. */

export class Journal {
  readonly #entries: string[] = []
  #awake: () => void = () => undefined

  add(entry: string): void {
    this.#entries.push(entry)
    this.#awake()
  }

  /** What happened since it was last asked. */
  take(): string[] {
    return this.#entries.splice(0)
  }

  /** The same as soon as there are so many entries, for what happens after an answer has arrived. */
  async takeWhen(count: number): Promise<string[]> {
    while (this.#entries.length < count) {
      await new Promise<void>((resolve) => {
        this.#awake = resolve
      })
    }
    return this.take()
  }
}
