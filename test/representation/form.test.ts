import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { RequestError } from '../../src/errors/framework-errors.ts'
import { form } from '../../src/index.ts'
import { contentOf } from './request-content.ts'

const SignUp = z.object({
  name: z.string(),
  age: z.int().optional(),
  tags: z.array(z.string()).default([]),
  agreed: z.boolean().default(false),
})

const read = (text: string | Uint8Array) => form(SignUp).reading.compile()(contentOf(text))

test('fields are read by their declared type', async () => {
  assert.deepEqual(await read('name=Zo%C3%AB+%2B&age=7&tags=a&tags=b&agreed=true&other=1'), {
    value: { name: 'Zoë +', age: 7, tags: ['a', 'b'], agreed: true },
  })
})

test('a field left empty is absent', async () => {
  assert.deepEqual(await read('name=x&age=&tags='), { value: { name: 'x', tags: [], agreed: false } })
  assert.deepEqual(
    (await read('name=')).issues?.map(({ path, code }) => [code, ...path]),
    [['missing', 'name']],
  )
})

test('everything that is wrong is told', async () => {
  const { issues } = await read('age=x&agreed=perhaps')
  assert.deepEqual(issues?.map(({ path }) => path.join('.')).sort(), ['age', 'agreed', 'name'])
})

test('an empty form', async () => assert.equal((await read('')).issues?.length, 1))

test('what is not UTF-8', async () => assert.equal((await read(Uint8Array.of(0xe9))).issues?.[0]?.code, 'string_unicode'))

test('too many fields', async () => {
  await assert.rejects(
    async () => read('a=1&'.repeat(1001)),
    (error) => error instanceof RequestError && error.status === 413,
  )
})
