/** Functions that wait for news of a name, such as the messages of a channel. */
export class Listeners {
  readonly #byName = new Map<string, Set<() => void>>()

  get isEmpty(): boolean {
    return this.#byName.size === 0
  }

  /** The function that is returned removes `notify` again; a second call of it does nothing. */
  add(name: string, notify: () => void): () => void {
    const listeners = this.#byName.get(name) ?? new Set()
    this.#byName.set(name, listeners.add(notify))
    return () => {
      listeners.delete(notify)
      // The name may have got another set of listeners since.
      if (listeners.size === 0 && this.#byName.get(name) === listeners) this.#byName.delete(name)
    }
  }

  notify(name: string): void {
    for (const notify of this.#byName.get(name) ?? []) notify()
  }

  notifyAll(): void {
    for (const listeners of this.#byName.values()) for (const notify of listeners) notify()
  }
}
