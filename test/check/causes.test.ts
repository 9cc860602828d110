/** Which failures are one cause, and the ids of causes, which baselines contain. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Causes } from '../../src/check/causes.ts'
import { checkContract } from '../../src/check/index.ts'
import { isServerWide, RULE_NAMES, type Finding } from '../../src/check/rules/rule.ts'

function toCauses(...findings: readonly Partial<Finding>[]) {
  const causes = new Causes()
  for (const finding of findings)
    causes.add({
      rule: 'body',
      operation: 'GET /a',
      place: '200',
      message: 'expected x, got y',
      steps: [],
      response: undefined,
      ...finding,
    })
  return causes.list()
}

test('the id of a cause does not depend on the words of its message', () => {
  for (const rule of RULE_NAMES) {
    const [one, other] = ['expected x, got y', 'expected y'].map((message) => toCauses({ rule, message })[0]!.id)
    assert.equal(one, other, rule)
  }
})

test('a failure at several operations is one cause if its rule is about the whole server', () => {
  for (const rule of RULE_NAMES) {
    const causes = toCauses({ rule }, { rule, operation: 'GET /b' }, { rule, place: '404' })
    assert.deepEqual(
      causes.map(({ operations }) => operations.length),
      isServerWide(rule) ? [2, 1] : [1, 1, 1],
      rule,
    )
  }
})

test('each problem of a document is a cause of its own', async () => {
  const document = {
    openapi: '3.1.1',
    info: { title: '', version: '1' },
    paths: { '/{a}/{b}': { get: { security: [{ one: [], other: [] }], responses: { 200: { description: '' } } } } },
  }
  const target = { fetch: async () => new Response(), document: async () => document, routes: [] }
  const { causes } = await checkContract(target, { phases: [] })
  assert.deepEqual(
    causes.map(({ message }) => message),
    [
      'GET /{a}/{b} path.a: expected a declared path parameter, got none',
      'GET /{a}/{b} path.b: expected a declared path parameter, got none',
      'GET /{a}/{b} security.one: expected a declared scheme, got none',
      'GET /{a}/{b} security.other: expected a declared scheme, got none',
    ],
  )
})
