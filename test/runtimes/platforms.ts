/** How each run time serves the app: a program for it, and the command that runs the program. */
import { join } from 'node:path'

const INSTALLED = join(import.meta.dirname, 'node_modules')

export interface Platform {
  readonly name: string
  /** The programs of which the command consists, as paths. */
  readonly needs: readonly string[]
  /** Source text; `PORT` stands for a free port. */
  readonly program: string
  readonly command: (file: string, port: number) => readonly string[]
  /** Further files beside the program, by their names. */
  readonly files?: (port: number) => Readonly<Record<string, string>>
  /** Checks that the run time can't pass, by their names, and why. */
  readonly exceptions?: Readonly<Record<string, string>>
}

const app = `import { app } from '${join(import.meta.dirname, 'app.ts')}'\n`
const servedByNode = `${app}import { serve } from '${join(import.meta.dirname, '../../src/node/index.ts')}'\nawait serve(app, { port: PORT })\n`

const bun = join(INSTALLED, 'bun/bin/bun.exe')
const deno = join(INSTALLED, 'deno/deno')
const workerd = join(INSTALLED, 'workerd/bin/workerd')
const runDeno = (file: string) => [deno, 'run', '--allow-all', '--no-config', file]

export const PLATFORMS: readonly Platform[] = [
  { name: 'Node, serve', needs: [], program: servedByNode, command: (file) => [process.execPath, file] },
  {
    name: 'Node, app.fetch on srvx',
    needs: [join(INSTALLED, 'srvx')],
    program: `${app}import { serve } from '${join(INSTALLED, 'srvx/dist/adapters/node.mjs')}'\nserve({ fetch: app.fetch, port: PORT, hostname: '127.0.0.1', silent: true })\n`,
    command: (file) => [process.execPath, file],
  },
  {
    name: 'Bun, app.fetch',
    needs: [bun],
    program: `${app}Bun.serve({ fetch: app.fetch, port: PORT, hostname: '127.0.0.1' })\n`,
    command: (file) => [bun, file],
  },
  {
    name: 'Bun, serve',
    needs: [bun],
    program: servedByNode,
    command: (file) => [bun, file],
    exceptions: { 'a stream that breaks never looks complete': "Bun's node:http keeps the connection open: the client waits" },
  },
  {
    name: 'Deno, app.fetch',
    needs: [deno],
    program: `${app}Deno.serve({ port: PORT, hostname: '127.0.0.1', onListen() {} }, app.fetch)\n`,
    command: runDeno,
  },
  { name: 'Deno, serve', needs: [deno], program: servedByNode, command: runDeno },
  {
    name: 'workerd, app.fetch',
    needs: [workerd],
    program: `${app}export default app\n`,
    command: (file) => [workerd, 'serve', join(file, '../config.capnp')],
    files: (port) => ({
      'config.capnp': `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "app", worker = (modules = [(name = "program", esModule = embed "program.mjs")], compatibilityDate = "2026-01-01"))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "app")]
);
`,
    }),
  },
]
