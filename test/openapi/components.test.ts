/** The names and schemas of components. A model has two schemas only if its input and output differ. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { Components } from '../../src/openapi/components.ts'
import type { Direction } from '../../src/schema/presence.ts'
import { readModel } from '../../src/schema/read-model.ts'

/** Uses `Components` as createDocument() does: one pass for the names, and one for the schemas. */
function describe(uses: readonly (readonly [schema: z.ZodType, direction: Direction])[]) {
  const survey = new Components()
  for (const [schema, direction] of uses) survey.schema(readModel(schema), direction)
  const components = new Components(survey.names())
  const used = uses.map(([schema, direction]) => components.schema(readModel(schema), direction))
  return { used, ...components.toObject() }
}

const refs = (...names: string[]) => names.map((name) => ({ $ref: `#/components/schemas/${name}` }))

const Point = z.object({ x: z.int(), y: z.int() }).meta({ id: 'Point' })
const User = z.object({ id: z.int(), role: z.string().default('guest') }).meta({ id: 'User' })
const Team = z.object({ lead: User }).meta({ id: 'Team' })

test('a model with the same input and output has one schema', () => {
  const { used, schemas } = describe([
    [Point, 'input'],
    [Point, 'output'],
  ])
  assert.deepEqual(used, refs('Point', 'Point'))
  assert.deepEqual(Object.keys(schemas!), ['Point'])
})

test('if input and output differ, the input has another name, and so has a model that refers to it', () => {
  const { used, schemas } = describe([
    [Team, 'input'],
    [Team, 'output'],
  ])
  assert.deepEqual(used, refs('TeamInput', 'Team'))
  assert.deepEqual(Object.keys(schemas!), ['Team', 'TeamInput', 'User', 'UserInput'])
  assert.deepEqual(schemas!['TeamInput']!.properties, { lead: refs('UserInput')[0] })
  assert.deepEqual(schemas!['User']!.required, ['id', 'role'])
  assert.deepEqual(schemas!['UserInput']!.required, ['id'])
})

test('a model that is used only as input keeps its name', () => assert.deepEqual(describe([[Team, 'input']]).used, refs('Team')))

test('the name of an input schema is not the id of another model', () => {
  const Declared = z.object({ a: z.int() }).meta({ id: 'UserInput' })
  const { used } = describe([
    [User, 'input'],
    [User, 'output'],
    [Declared, 'input'],
  ])
  assert.deepEqual(used, refs('User-Input', 'User', 'UserInput'))
})

test('annotations of a use are written beside the reference', () => {
  const { used, schemas } = describe([
    [Point, 'output'],
    [Point.describe('Where it began'), 'output'],
  ])
  assert.deepEqual(used, [refs('Point')[0], { ...refs('Point')[0], description: 'Where it began' }])
  assert.equal(schemas!['Point']!.description, undefined)
})

test('two identical models with one id share one schema', () => {
  const again = z.object({ x: z.int(), y: z.int() }).meta({ id: 'Point' })
  assert.deepEqual(
    describe([
      [Point, 'output'],
      [again, 'output'],
    ]).used,
    refs('Point', 'Point'),
  )
})

test('two different models with one id are an error', () => {
  const other = z.object({ x: z.string() }).meta({ id: 'Point' })
  assert.throws(
    () =>
      describe([
        [Point, 'output'],
        [other, 'input'],
      ]),
    { name: 'DeclarationError', message: 'DUPLICATE_MODEL: model Point: two different models have this id. Give one of them another id.' },
  )
})

test('a recursive model without an id has a generated name', () => {
  const Tree = z.object({
    get kids() {
      return z.array(Tree)
    },
  })
  const { used, schemas } = describe([[z.array(Tree), 'output']])
  assert.deepEqual(used, [{ type: 'array', items: refs('Recursive1')[0] }])
  assert.deepEqual(schemas!['Recursive1']!.properties, { kids: { type: 'array', items: refs('Recursive1')[0] } })
})

test('a recursive union is one component', () => {
  const { schemas } = describe([[z.json(), 'output']])
  assert.equal(Object.keys(schemas!).length, 1)
})

test('ids are converted to names that OpenAPI allows', () =>
  assert.deepEqual(describe([[z.object({}).meta({ id: 'Page<User>' }), 'output']]).used, refs('Page_User_')))

test('a document without models has no schemas', () => {
  assert.deepEqual(new Components().toObject(), {})
})

const named = (...ids: string[]) => {
  const { used } = describe(ids.map((id, index) => [z.object({ [`p${index}`]: z.int() }).meta({ id }), 'output'] as const))
  return used.map(({ $ref }) => $ref!.split('/').at(-1))
}

test('different ids have different names, with any characters', () => {
  assert.deepEqual(named('a b', 'a/b'), ['a_20_b', 'a_2F_b'])
  assert.deepEqual(named('a/b', 'a b'), ['a_2F_b', 'a_20_b'])
  assert.deepEqual(named('a b', 'a_b'), ['a_20_b', 'a_b'])
  assert.deepEqual(named('Page<User>', 'Page[User]'), ['Page_3C_User_3E_', 'Page_5B_User_5D_'])
  assert.deepEqual(named('日本', '中国'), ['_65E5__672C_', '_4E2D__56FD_'])
  assert.deepEqual(named('日本'), ['_65E5__672C_'])
})

test('an empty id does not name a component', () => {
  const model = z.object({ a: z.int() }).meta({ id: '' })
  assert.deepEqual(describe([[model, 'output']]).used[0]!.type, 'object')
})
