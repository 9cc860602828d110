/** Starts an example as its README says, in a process of its own, and listens to what it prints. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export type Variables = Readonly<Record<string, string>>

export class Example {
  readonly folder: string
  /** For `describe`: why its tests can't run. */
  readonly skip: string | false

  constructor(name: string) {
    this.folder = join(import.meta.dirname, '../../examples', name)
    this.skip = existsSync(join(this.folder, 'node_modules')) ? false : `the example is not installed: npm ci --prefix examples/${name}`
  }

  spawn(variables: Variables, program: readonly string[] = ['main.ts']): ChildProcess {
    const env = { ...process.env, PORT: '0', HOST: '127.0.0.1', ...variables }
    return spawn(process.execPath, ['--import', 'tsx', ...program], { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  }

  async start(variables: Variables = {}): Promise<RunningExample> {
    const running = new RunningExample(this.spawn(variables))
    await running.listening()
    return running
  }

  /** The `curl` commands of the README, each on one line, asked of the app at `url`. */
  async readCommands(url: string): Promise<readonly string[]> {
    const script = await this.readScript(url)
    return script.match(/^curl .*/gm) ?? []
  }

  /** The block of the README that has `curl` commands, each on one line, asked of the app at `url`. */
  async readScript(url: string): Promise<string> {
    const readme = await readFile(join(this.folder, 'README.md'), 'utf8')
    const blocks = Array.from(readme.matchAll(/^```sh\n([^]*?)^```$/gm), ([, block = '']) => block)
    const script = blocks.filter((block) => block.includes('curl ')).join('')
    return script
      .replaceAll(/\\\n\s*/g, '')
      .replaceAll(/ +#.*/g, '')
      .replaceAll('localhost:8000', new URL(url).host)
  }

  /** A package that only the example has. */
  require(name: string): unknown {
    return createRequire(join(this.folder, 'package.json'))(name)
  }
}

export class RunningExample {
  readonly process: ChildProcess
  /** All that it has printed. */
  printed = ''
  url = ''
  readonly #ended: Promise<unknown[]>
  #check: () => void = () => undefined

  constructor(child: ChildProcess) {
    this.process = child
    this.#ended = once(child, 'close')
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.printed += text
        this.#check()
      })
    }
    child.once('close', () => this.#check())
  }

  /** Resolves when it has printed text that matches. Rejects when it ends without. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      this.#check = () => {
        const found = pattern.exec(this.printed)
        if (found !== null) resolve(found)
        else if (this.process.exitCode !== null) reject(new Error(`it ended without ${pattern}: ${this.printed}`))
      }
      this.#check()
    })
  }

  async listening(): Promise<void> {
    const [, url = ''] = await this.waitFor(/The API +(http:\/\/[^/\s]+)/)
    this.url = url
  }

  /** Sends SIGTERM. Resolves to the exit code and the signal that ended it. */
  async stop(): Promise<readonly unknown[]> {
    this.process.kill('SIGTERM')
    return this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill('SIGKILL')
    await this.#ended
  }
}
