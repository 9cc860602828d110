/** Operation ids and summaries: generated, declared, and unique. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toOperationIds, toSummary } from '../../src/openapi/identity.ts'
import { fc } from '../support/fuzz.ts'

const idOf = (method: string, path: string) => toOperationIds([{ method, path, operationId: undefined }])[0]

test('an id is generated from method and path', () => {
  assert.equal(idOf('GET', '/users'), 'getUsers')
  assert.equal(idOf('GET', '/users/{user_id}'), 'getUsersByUserId')
  assert.equal(idOf('POST', '/users/{user_id}/orders'), 'postUsersByUserIdOrders')
  assert.equal(idOf('DELETE', '/large-file.csv'), 'deleteLargeFileCsv')
  assert.equal(idOf('GET', '/'), 'getRoot')
  assert.equal(idOf('GET', '/日本'), 'get')
})

test('a declared id is kept, and generated ids get a number', () => {
  const ids = toOperationIds([
    { method: 'GET', path: '/a-b', operationId: undefined },
    { method: 'GET', path: '/a_b', operationId: undefined },
    { method: 'GET', path: '/x', operationId: 'getAB' },
  ])
  assert.deepEqual(ids, ['getAB2', 'getAB3', 'getAB'])
})

test('an id that is declared twice is an error', () => {
  const route = { method: 'GET', path: '/a', operationId: 'a' }
  assert.throws(() => toOperationIds([route, { ...route, path: '/b' }]), {
    name: 'DeclarationError',
    message: 'DUPLICATE_OPERATION: GET /b: the operationId a is already used by GET /a. Give one of them another operationId.',
  })
})

test('the key of a route is its id, with a number if another route has it', () => {
  const ids = toOperationIds([
    { method: 'GET', path: '/users', name: 'listUsers' },
    { method: 'GET', path: '/people', name: 'listUsers' },
    { method: 'GET', path: '/x', operationId: 'listUsers2' },
  ])
  assert.deepEqual(ids, ['listUsers', 'listUsers3', 'listUsers2'])
  assert.deepEqual(['listUsers', 'getURLOfUser', 'delete_user', 'me'].map(toSummary), [
    'List users',
    'Get URL of user',
    'Delete user',
    'Me',
  ])
})

test('law: ids are unique', () => {
  const path = fc.array(fc.constantFrom('a', 'b', 'a-b', '{a}', '{b}', 'ab')).map((segments) => `/${segments.join('/')}`)
  fc.assert(
    fc.property(fc.array(fc.record({ method: fc.constantFrom('GET', 'POST'), path, operationId: fc.constant(undefined) })), (routes) => {
      assert.equal(new Set(toOperationIds(routes)).size, routes.length)
    }),
  )
})
