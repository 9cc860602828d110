/** Work for after the answer, in this process: one task after the other, none stopped by another's failure. */
import type { BackgroundTasks } from './contract/handler.ts'

export class Background implements BackgroundTasks {
  readonly #tasks: (() => unknown)[] = []

  add<Arguments extends readonly unknown[]>(task: (...args: Arguments) => unknown, ...args: Arguments): void {
    this.#tasks.push(() => task(...args))
  }

  get isEmpty(): boolean {
    return this.#tasks.length === 0
  }

  /** Never rejects: what fails is reported. A task may add further ones. */
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
