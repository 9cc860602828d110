/** Tasks that run in this process after the response, one at a time. A failed task does not stop the next. */
import type { BackgroundTasks } from './contract/handler.ts'

export class Background implements BackgroundTasks {
  readonly #tasks: (() => unknown)[] = []

  add<Arguments extends readonly unknown[]>(task: (...args: Arguments) => unknown, ...args: Arguments): void {
    this.#tasks.push(() => task(...args))
  }

  get isEmpty(): boolean {
    return this.#tasks.length === 0
  }

  /** Never rejects: errors are reported. A task may add further tasks. */
  async run(report: (error: unknown) => void): Promise<void> {
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) {
      try {
        await task()
      } catch (error) {
        report(error)
      }
    }
  }
}
