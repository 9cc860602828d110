import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { toOperationIds } from '../../src/openapi/operation-id.ts'

const idOf = (method: string, path: string) => toOperationIds([{ method, path, operationId: undefined }])[0]

test('an operation is named by its method and path', () => {
  assert.equal(idOf('GET', '/users'), 'getUsers')
  assert.equal(idOf('GET', '/users/{user_id}'), 'getUsersByUserId')
  assert.equal(idOf('POST', '/users/{user_id}/orders'), 'postUsersByUserIdOrders')
  assert.equal(idOf('DELETE', '/large-file.csv'), 'deleteLargeFileCsv')
  assert.equal(idOf('GET', '/'), 'getRoot')
  assert.equal(idOf('GET', '/日本'), 'get')
})

test('a declared name wins, and the others make way', () => {
  const ids = toOperationIds([
    { method: 'GET', path: '/a-b', operationId: undefined },
    { method: 'GET', path: '/a_b', operationId: undefined },
    { method: 'GET', path: '/x', operationId: 'getAB' },
  ])
  assert.deepEqual(ids, ['getAB2', 'getAB3', 'getAB'])
})

test('a name that is declared twice is refused', () => {
  const route = { method: 'GET', path: '/a', operationId: 'a' }
  assert.throws(() => toOperationIds([route, { ...route, path: '/b' }]), {
    name: 'DeclarationError',
    message: 'DUPLICATE_OPERATION: GET /b: another route has this operationId. Give one of them another.',
  })
})

test('law: each is there once', () => {
  const path = fc.array(fc.constantFrom('a', 'b', 'a-b', '{a}', '{b}', 'ab')).map((segments) => `/${segments.join('/')}`)
  fc.assert(
    fc.property(fc.array(fc.record({ method: fc.constantFrom('GET', 'POST'), path, operationId: fc.constant(undefined) })), (routes) => {
      assert.equal(new Set(toOperationIds(routes)).size, routes.length)
    }),
  )
})
