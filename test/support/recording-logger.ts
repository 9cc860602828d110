/** A logger that keeps what it is told, so that a test can ask for it and prints nothing. */
import type { Logger } from '../../src/index.ts'

export interface LogEntry {
  readonly level: keyof Logger
  readonly fields: Readonly<Record<string, unknown>>
  readonly message: string
}

export class RecordingLogger implements Logger {
  readonly #entries: LogEntry[] = []
  #told: () => void = () => undefined

  error(fields: object, message: string): void {
    this.#record('error', fields, message)
  }

  warn(fields: object, message: string): void {
    this.#record('warn', fields, message)
  }

  info(fields: object, message: string): void {
    this.#record('info', fields, message)
  }

  /** What was told since it was last asked. */
  take(): readonly LogEntry[] {
    return this.#entries.splice(0)
  }

  takeMessages(): readonly string[] {
    return this.take().map(({ message }) => message)
  }

  /** The same as soon as something was told: for what is told after an answer has arrived. */
  async waitForMessages(): Promise<readonly string[]> {
    if (this.#entries.length === 0) {
      await new Promise<void>((resolve) => {
        this.#told = resolve
      })
    }
    return this.takeMessages()
  }

  #record(level: keyof Logger, fields: object, message: string): void {
    this.#entries.push({ level, fields: fields as LogEntry['fields'], message })
    this.#told()
  }
}

/** For a test that does not look at the log. */
export const silent: Logger = { error: () => undefined, warn: () => undefined, info: () => undefined }
