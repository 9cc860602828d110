/** What each framework sends where a handler breaks its contract: asks the servers of `guarantees/`, and prints the table that README.md has. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { request as send } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { startServer, type ServerProcess } from './process.ts'

/** A Python that has `fastapi` and `uvicorn`. */
const PYTHON = process.env['BENCH_PYTHON'] ?? 'python3'

interface Answer {
  readonly status: number
  readonly body: string
  /** Whether the body had its end. */
  readonly isComplete: boolean
}

function ask(port: number, path: string, method = 'GET', body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) }
    const request = send({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('error', () => undefined)
      response.on('close', () => resolve({ status: response.statusCode!, body: text, isComplete: response.complete }))
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** Reads the first chunk of a body, closes the connection, and waits at most two seconds for the producer to end. */
async function leave(port: number): Promise<boolean> {
  await new Promise<void>((resolve, reject) => {
    const request = send({ host: '127.0.0.1', port, path: '/endless', agent: false }, (response) => {
      response.once('data', () => {
        request.destroy()
        resolve()
      })
      response.on('error', () => undefined)
    })
    request.on('error', reject)
    request.end()
  })
  for (let attempt = 0; attempt < 40; attempt++) {
    await pause(50)
    if (!(JSON.parse((await ask(port, '/producer')).body) as { isOpen: boolean }).isOpen) return true
  }
  return false
}

const leaks = ({ body }: Answer) => body.includes('SECRET')
const said = (answer: Answer) => (leaks(answer) ? `**sent**, with ${answer.status}` : String(answer.status))

async function documentedRefusal(port: number): Promise<string> {
  const { status } = await ask(port, '/users/x')
  const document = JSON.parse((await ask(port, '/openapi.json')).body) as { paths: Record<string, { get: { responses: object } }> }
  return String(status) in document.paths['/users/{user_id}']!.get.responses ? `yes (${status})` : `**no** (${status})`
}

/** Each row of the table: its subject, and how a server is asked. */
const ROWS: Readonly<Record<string, (port: number) => Promise<string>>> = {
  'a field that the model does not name': async (port) => {
    const answer = await ask(port, '/row')
    return leaks(answer) ? '**sent**' : answer.status === 200 ? 'left out' : String(answer.status)
  },
  'a value that breaks its model': async (port) => said(await ask(port, '/broken')),
  'a status that is not declared': async (port) => said(await ask(port, '/undeclared')),
  "an undeclared field of a declared error's body": async (port) => {
    const answer = await ask(port, '/missing')
    return leaks(answer) ? '**sent**' : answer.status === 404 ? 'left out' : String(answer.status)
  },
  'the message of an unexpected error': async (port) => (leaks(await ask(port, '/throws')) ? '**sent**' : 'not sent'),
  'the status of a bad parameter is in the document': documentedRefusal,
  'a request without credentials whose body is not JSON': async (port) => String((await ask(port, '/guarded', 'POST', '{')).status),
  '`HEAD` of a `GET` route': async (port) => String((await ask(port, '/row', 'HEAD')).status),
  'a stream that fails midway': async (port) => ((await ask(port, '/failing')).isComplete ? '**ends as if complete**' : 'cut off'),
  'the producer of a stream whose client left': async (port) => ((await leave(port)) ? 'ends' : '**runs on**'),
}

const versionOf = (name: string) =>
  (JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')) as { version: string }).version

function fastapiVersion(): string | undefined {
  try {
    return execFileSync(PYTHON, ['-c', 'import fastapi, uvicorn; print(fastapi.__version__)'], { encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    console.error(`FastAPI: not asked, ${PYTHON} has no fastapi and uvicorn. Set BENCH_PYTHON to one that has them.`)
    return undefined
  }
}

const python = fastapiVersion()
const columns: readonly [label: string, version: string | undefined, server: ServerProcess | undefined][] = [
  ['Riposte', undefined, await startServer('guarantees', 'riposte')],
  ['FastAPI', python, python === undefined ? undefined : await startServer('guarantees', 'fastapi_server', {}, PYTHON)],
  ['Hono', `${versionOf('hono')} with @hono/zod-openapi ${versionOf('@hono/zod-openapi')}`, await startServer('guarantees', 'hono')],
  ['Fastify', `${versionOf('fastify')} with @fastify/swagger ${versionOf('@fastify/swagger')}`, await startServer('guarantees', 'fastify')],
  ['NestJS', `${versionOf('@nestjs/core')} with @nestjs/swagger ${versionOf('@nestjs/swagger')}`, await startServer('guarantees', 'nest')],
]
const versions = columns.flatMap(([label, version]) => (version === undefined ? [] : [`${label} ${version}`]))
console.log(`Asked on ${new Date().toISOString().slice(0, 10)}: ${versions.join(', ')}.\n`)
const print = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`)
print(['', ...columns.map(([label]) => label)])
print(columns.map(() => '---').concat('---'))
for (const [subject, row] of Object.entries(ROWS)) {
  const cells: string[] = []
  for (const [, , server] of columns) cells.push(server === undefined ? '–' : await row(server.port).catch((error: Error) => error.message))
  print([subject, ...cells])
}
for (const [, , server] of columns) server?.child.kill()
process.exit(0)
