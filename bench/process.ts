/** A server in a process of its own, on a port and a processor of its own, and what it has cost so far. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createConnection, createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { buildScript } from './build.ts'

export interface ServerProcess {
  readonly name: string
  readonly port: number
  readonly child: ChildProcess
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

/** `undefined`, with the reason on standard error, where it does not start. */
export async function startServer(
  folder: string,
  name: string,
  env: NodeJS.ProcessEnv = {},
  python?: string,
): Promise<ServerProcess | undefined> {
  const port = await freePort()
  const command =
    python === undefined
      ? [process.execPath, await buildScript(`${folder}/${name}`)]
      : [python, fileURLToPath(new URL(`${folder}/${name}.py`, import.meta.url))]
  const [program, ...args] = process.platform === 'linux' ? ['taskset', '-c', '1', ...command] : command
  const child = spawn(program!, args, {
    env: { ...process.env, ...env, PORT: String(port), NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  process.once('exit', () => child.kill())
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  for (let attempt = 0; attempt < 300 && child.exitCode === null; attempt++) {
    if (await answers(port)) return { name, port, child }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  console.error(`${name} did not start: ${complaint.slice(0, 400)}`)
  child.kill()
  return undefined
}

async function answers(port: number): Promise<boolean> {
  const socket = createConnection(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** CPU time of a process so far, in milliseconds: all of its threads. */
export function cpuOf({ child }: ServerProcess): number {
  const tasks = readdirSync(`/proc/${child.pid}/task`)
  const nanoseconds = tasks.map((task) => Number(readFileSync(`/proc/${child.pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]))
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6
}

/** Resident memory, in bytes. */
export function rssOf({ child }: ServerProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1024
}
