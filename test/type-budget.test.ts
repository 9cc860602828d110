/** What a route costs the compiler: type instantiations, which are counted, not timed. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '..')
const MOST_PER_ROUTE = 1_400
/** For a route that shares its inputs, responses and error with others. */
const MOST_PER_SHARING_ROUTE = 550
const ROUTES_PER_RESOURCE = 5

const CONFIG = JSON.stringify({
  extends: '../../tsconfig.json',
  compilerOptions: { noUnusedLocals: false },
  include: ['routes.ts'],
  exclude: [],
})

const HEAD = `import { z } from 'zod'
import { createApp, defineError, dependency } from '../../src/index.ts'

const app = createApp()
const db = dependency(async function* () {
  yield { find: async (id: number) => ({ id, name: 'Ada', secret: 'x' }) }
})
const user = dependency({ dependencies: { db }, cookies: { session_id: z.string() } }, (context) => context.db.find(context.cookies.session_id.length))
`

/** The models and the error of a resource belong to all of its routes. */
const modelsOf = (n: number) => `
const Thing${n} = z.object({ id: z.int(), name: z.string(), field${n}: z.string().optional() })
const Create${n} = z.object({ name: z.string(), field${n}: z.string() })
const Missing${n} = defineError('MISSING_${n}', { status: 404, detail: 'Missing', data: z.object({ id: z.int() }) })
`

/** Everything that a contract can hold, and a handler that uses it. */
const routeOf = (n: number, k: number) => `
export const route${n}_${k} = app.post('/things${n}/{id}/${k}', {
  params: { id: z.int() },
  query: { verbose: z.boolean().default(false), limit${n}: z.int().optional() },
  body: Create${n},
  dependencies: { db, user },
  responses: {
    200: { body: Thing${n}, headers: { 'X-Total': z.int() } },
    201: { body: Thing${n}, headers: { Location: z.string(), 'X-Note': z.string().optional() } },
  },
  errors: [Missing${n}],
}, async ({ params, query, body, db, user, reply, fail }) => {
  if (query.verbose) throw fail(Missing${n}, { id: params.id })
  const row = await db.find(params.id)
  if (user.id === 1) return reply(200, row, { headers: { 'X-Total': 1 } })
  return reply(201, { ...row, field${n}: body.field${n} }, { headers: { Location: '/' } })
})
`

/** What all routes of a program share: inputs, responses and the error are declared once. */
const SHARED = `${modelsOf(0)}
const inputs = {
  params: { id: z.int() },
  query: { verbose: z.boolean().default(false), limit: z.int().optional() },
  body: Create0,
}
const responses = {
  200: { body: Thing0, headers: { 'X-Total': z.int() } },
  201: { body: Thing0, headers: { Location: z.string(), 'X-Note': z.string().optional() } },
}
`

const sharingRouteOf = (n: number) => `
export const route${n} = app.post('/things${n}/{id}', { ...inputs, dependencies: { db, user }, responses, errors: [Missing0] }, async ({ params, query, body, db, user, reply, fail }) => {
  if (query.verbose) throw fail(Missing0, { id: params.id })
  const row = await db.find(params.id)
  if (user.id === 1) return reply(200, row, { headers: { 'X-Total': 1 } })
  return reply(201, { ...row, field0: body.field0 }, { headers: { Location: '/' } })
})
`

function programOf(routes: number): string {
  const resources = Array.from({ length: routes / ROUTES_PER_RESOURCE }, (_, n) => n)
  const bodies = resources.map((n) => modelsOf(n) + Array.from({ length: ROUTES_PER_RESOURCE }, (_, k) => routeOf(n, k)).join(''))
  return HEAD + bodies.join('')
}

function sharingProgramOf(routes: number): string {
  return HEAD + SHARED + Array.from({ length: routes }, (_, n) => sharingRouteOf(n)).join('')
}

async function countInstantiations(program: string): Promise<number> {
  // Inside the repository, so that modules resolve and nothing but the number of routes differs.
  const folder = await mkdtemp(join(ROOT, 'test/.budget-'))
  try {
    await writeFile(join(folder, 'routes.ts'), program)
    await writeFile(join(folder, 'tsconfig.json'), CONFIG)
    // One checker: several would repeat work, and the count would depend on their number.
    const tsc = join(ROOT, 'node_modules/.bin/tsc')
    const { stdout } = await promisify(execFile)(tsc, ['-p', folder, '--singleThreaded', '--extendedDiagnostics', '--pretty', 'false'])
    return Number(/^Instantiations:\s+(\d+)$/m.exec(stdout)![1])
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('a route costs the compiler little, and the same however many there are', async (t) => {
  const none = await countInstantiations(programOf(0))
  const perRoute = async (routes: number) => ((await countInstantiations(programOf(routes))) - none) / routes
  const few = await perRoute(100)
  const many = await perRoute(500)
  t.diagnostic(`${Math.round(many)} instantiations a route`)
  assert.ok(many <= MOST_PER_ROUTE, `a route costs ${Math.round(many)} instantiations: ${MOST_PER_ROUTE} are the budget`)
  assert.ok(many <= few * 1.02, `of 500 routes each costs ${Math.round(many)} instantiations, of 100 only ${Math.round(few)}`)
})

test('a route that shares its models costs less', async (t) => {
  const none = await countInstantiations(sharingProgramOf(0))
  const each = ((await countInstantiations(sharingProgramOf(100))) - none) / 100
  t.diagnostic(`${Math.round(each)} instantiations a route`)
  assert.ok(each > 0, 'something is counted')
  assert.ok(each <= MOST_PER_SHARING_ROUTE, `a route costs ${Math.round(each)} instantiations: ${MOST_PER_SHARING_ROUTE} are the budget`)
})
