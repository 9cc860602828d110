/** A parameter that a route and its dependencies declare with different models: refused if no text fits both. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { createApp, dependency, empty } from '../../src/index.ts'

const responses = { 204: empty() }

function declare(one: z.ZodType, other: z.ZodType) {
  const user = dependency({ query: { q: other } }, () => 1)
  const app = createApp()
  app.get('/items', { dependencies: { user }, query: { q: one }, responses }, () => undefined)
  return app
}

async function documented(one: z.ZodType, other: z.ZodType): Promise<unknown> {
  const { paths } = await declare(one, other).document()
  return (paths['/items'] as unknown as { get: { parameters: { schema: unknown }[] } }).get.parameters[0]!.schema
}

test('models without a common text are refused, and the message names both owners', () => {
  const incompatible: readonly (readonly [z.ZodType, z.ZodType])[] = [
    [z.enum(['asc', 'desc']), z.enum(['up', 'down'])],
    [z.literal('a'), z.literal('b').optional()],
    [z.enum(['a', 'b']).default('a'), z.int()],
    [z.literal([7, 8]), z.int().max(6)],
    [z.enum(['a', 'b']), z.boolean()],
    [z.enum(['a', 'b']), z.string().min(2)],
    [z.enum(['a', 'b']).nullable(), z.string().regex(/^c/)],
    [z.union([z.literal('a'), z.literal('b')]), z.union([z.literal('c'), z.int()])],
    [z.enum(['a']), z.date()],
    [z.int(), z.date()],
  ]
  for (const [one, other] of incompatible) {
    for (const [first, second] of [
      [one, other],
      [other, one],
    ] as const)
      assert.throws(() => declare(first, second), {
        name: 'DeclarationError',
        message:
          'DUPLICATE_INPUT: GET /items query.q: expected models that one text can fit, got none for those of the route and dependencies.user. Declare the same model in both, or rename one.',
      })
  }
})

test('each location is compared, also between dependencies and in objects', () => {
  const [one, other] = [z.literal('a'), z.literal('b')]
  const inner = dependency({ headers: { 'X-Mode': one }, cookies: { c: one }, params: { id: one } }, () => 1)
  const outer = dependency({ dependencies: { inner } }, () => 1)
  const add = (options: object, name: string) => {
    const second = dependency(options, () => 1)
    assert.throws(() => createApp().get('/{id}', { dependencies: { outer, second }, responses }, () => undefined), {
      message: new RegExp(
        `^DUPLICATE_INPUT: GET /\\{id\\} ${name}: .* those of dependencies.outer.dependencies.inner and dependencies.second\\.`,
      ),
    })
  }
  add({ headers: { 'x-mode': other } }, 'headers.x-mode')
  add({ headers: z.object({ 'x-mode': other }) }, 'headers.x-mode')
  add({ cookies: { c: other } }, 'cookies.c')
  add({ params: { id: other } }, 'params.id')
})

test('models that one text can fit are allowed, and each reads the text by its own', async () => {
  const compatible: readonly (readonly [z.ZodType, z.ZodType])[] = [
    [z.string(), z.int()],
    [z.enum(['1', 'a']), z.boolean()],
    [z.enum(['a', 'b']), z.enum(['b', 'c'])],
    [z.literal(7), z.string().length(1)],
    [z.enum(['a']), z.array(z.enum(['a', 'b']))],
    [z.enum(['a']), z.int().catch(1)],
    [z.enum(['a']), z.preprocess(String, z.literal('b'))],
    [z.enum(['a']), z.string().transform(Number)],
    [z.boolean(), z.int()],
    [z.int().max(3), z.int()],
  ]
  for (const [one, other] of compatible)
    for (const [first, second] of [
      [one, other],
      [other, one],
    ] as const)
      declare(first, second)
  const user = dependency({ query: { q: z.string() } }, ({ query }) => query.q)
  const app = createApp()
  app.get('/items', { dependencies: { user }, query: { q: z.int() }, responses: { 200: z.array(z.unknown()) } }, ({ query, user }) => [
    query.q,
    user,
  ])
  assert.deepEqual(await (await app.request('/items?q=5')).json(), [5, '5'])
})

test('the document describes the texts that fit all models', async () => {
  assert.deepEqual(await documented(z.string(), z.int().max(9)), { type: 'integer', maximum: 9 })
  assert.deepEqual(await documented(z.enum(['a', 'b']), z.string().optional()), { type: 'string', enum: ['a', 'b'] })
  assert.deepEqual(await documented(z.string(), z.string()), { type: 'string' })
  assert.deepEqual(await documented(z.enum(['a', 'b']), z.enum(['b', 'c'])), {
    allOf: [
      { type: 'string', enum: ['a', 'b'] },
      { type: 'string', enum: ['b', 'c'] },
    ],
  })
})
