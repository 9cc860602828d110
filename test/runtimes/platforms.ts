/** How each runtime serves the app: a program for it, and the command that runs the program. */
import { join } from 'node:path'

const INSTALLED = join(import.meta.dirname, 'node_modules')

export interface Control {
  readonly name: string
  /** As that of a platform, without an app. */
  readonly program: string
  /** Resolves with whether the runtime does what the exceptions say. */
  readonly shows: (url: string) => Promise<boolean>
}

export interface Platform {
  readonly name: string
  /** The programs of which the command consists, as paths. */
  readonly needs: readonly string[]
  /** Source text that serves `app`; `PORT` stands for a free port. */
  readonly program: string
  /** Default: true. */
  readonly hasDisk?: boolean
  readonly command: (file: string, port: number) => readonly string[]
  /** Further files beside the program, by their names. */
  readonly files?: (port: number) => Readonly<Record<string, string>>
  /** Checks that the runtime can't pass, by their names, and why. */
  readonly exceptions?: Readonly<Record<string, string>>
  /** Programs without Riposte that show what the runtime does by itself: the exceptions are its own. */
  readonly controls?: readonly Control[]
  /** Conformance cases that the runtime can't pass, by their ids, and what it does without Riposte. */
  readonly cases?: Readonly<Record<string, string>>
}

const servedByNode = `import { serve } from '${join(import.meta.dirname, '../../src/node/index.ts')}'\nawait serve(app, { port: PORT })\n`

const bun = join(INSTALLED, 'bun/bin/bun.exe')
const deno = join(INSTALLED, 'deno/deno')
const workerd = join(INSTALLED, 'workerd/bin/workerd')
const runDeno = (file: string) => [deno, 'run', '--allow-all', '--no-config', file]

const LENGTH = 'Bun.serve sends a stream that ends at once with its length'

const knownLength: Control = {
  name: LENGTH,
  program: `const body = () => new ReadableStream({ start(controller) { controller.enqueue('x'); controller.close() } })
Bun.serve({ fetch: () => new Response(body()), port: PORT, hostname: '127.0.0.1' })\n`,
  shows: async (url) => (await fetch(url)).headers.has('content-length'),
}

export const PLATFORMS: readonly Platform[] = [
  { name: 'Node, serve', needs: [], program: servedByNode, command: (file) => [process.execPath, file] },
  {
    name: 'Node, app.fetch on srvx',
    needs: [join(INSTALLED, 'srvx')],
    program: `import { serve } from '${join(INSTALLED, 'srvx/dist/adapters/node.mjs')}'\nserve({ fetch: app.fetch, port: PORT, hostname: '127.0.0.1', silent: true })\n`,
    command: (file) => [process.execPath, file],
  },
  {
    name: 'Bun, app.fetch',
    needs: [bun],
    program: `Bun.serve({ fetch: app.fetch, port: PORT, hostname: '127.0.0.1' })\n`,
    command: (file) => [bun, file],
    cases: { 'stream.chunked': LENGTH, 'upstream.starlette-sync-iterator': LENGTH },
    controls: [knownLength],
  },
  {
    name: 'Bun, serve',
    needs: [bun],
    program: servedByNode,
    command: (file) => [bun, file],
  },
  {
    name: 'Deno, app.fetch',
    needs: [deno],
    program: `Deno.serve({ port: PORT, hostname: '127.0.0.1', onListen() {} }, app.fetch)\n`,
    command: runDeno,
  },
  { name: 'Deno, serve', needs: [deno], program: servedByNode, command: runDeno },
  {
    name: 'workerd, app.fetch',
    needs: [workerd],
    program: 'export default app\n',
    hasDisk: false,
    command: (file) => [workerd, 'serve', join(file, '../config.capnp')],
    files: (port) => ({
      'config.capnp': `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "app", worker = (modules = [(name = "program", esModule = embed "program.mjs")], compatibilityDate = "2026-01-01", compatibilityFlags = ["nodejs_compat"]))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "app")]
);
`,
    }),
  },
]
