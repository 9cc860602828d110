/** Path templates: what they name, what they match, and which can't be kept. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTemplate } from '../../src/routing/template.ts'

test('parameters by their names, one segment each or the rest of the path', () => {
  assert.deepEqual(parseTemplate('/users/{user_id}/posts/{post-id}'), {
    path: '/users/{user_id}/posts/{post-id}',
    names: ['user_id', 'post-id'],
    pattern: '/users/:p1/posts/:p3',
    shape: '/users/{}/posts/{}',
  })
  assert.deepEqual(parseTemplate('/files/{+path}'), {
    path: '/files/{path}',
    names: ['path'],
    pattern: '/files/**:rest',
    shape: '/files/{+}',
  })
  assert.deepEqual(parseTemplate('/'), { path: '/', names: [], pattern: '/', shape: '/' })
  assert.deepEqual(parseTemplate('/users/').shape, '/users/')
  assert.deepEqual(parseTemplate('/{constructor}').names, ['constructor'])
})

function same(...templates: string[]): void {
  assert.equal(new Set(templates.map((template) => parseTemplate(template).shape)).size, 1, templates.join(' '))
}

test('templates that match the same paths have one shape', () => {
  same('/{a}/b', '/{c}/b')
  same('/{+a}', '/{+b}')
  same('/é', '/%C3%A9', '/%c3%a9')
  same('/abc', '/%61bc', '/a%62c')
  same('/a%2Fb', '/a%2fb')
  assert.notEqual(parseTemplate('/a%2Fb').shape, parseTemplate('/a/b').shape)
  assert.notEqual(parseTemplate('/a%3Ab').shape, parseTemplate('/a:b').shape)
})

test("characters with a meaning in the router's patterns are text", () => {
  for (const [template, pattern] of [
    ['/a:id', '/a\\:id'],
    ['/a**', '/a\\*\\*'],
    ['/a(b)', '/a\\(b\\)'],
    ['/a+', '/a\\+'],
    ['/a\\b', '/a%5Cb'],
    ['/a|b', '/a%7Cb'],
    ['/a%2Fb', '/a%2Fb'],
  ])
    assert.equal(parseTemplate(template!).pattern, pattern)
})

const refused: [template: string, what: RegExp][] = [
  ['', /begins with a slash/],
  ['users', /begins with a slash/],
  ['/users/:id', /:id is not a parameter/],
  ['/users/:id?', /must be text or one parameter/],
  ['/files/*', /is not a parameter/],
  ['/files/**', /is not a parameter/],
  ['/files/*rest', /is not a parameter/],
  ['/a//b', /a segment is empty/],
  ['//a', /a segment is empty/],
  ['//', /a segment is empty/],
  ['/a{b}', /must be text or one parameter/],
  ['/{a}b', /must be text or one parameter/],
  ['/{a', /must be text or one parameter/],
  ['/{}', /must be text or one parameter/],
  ['/{1a}', /must be text or one parameter/],
  ['/{a b}', /must be text or one parameter/],
  ['/a?b', /must be text or one parameter/],
  ['/a#b', /must be text or one parameter/],
  ['/a b', /must be text or one parameter/],
  ['/{a}/{a}', /occurs twice/],
  ['/{a}/{+a}', /occurs twice/],
  ['/{+a}/b', /matches the rest of the path/],
  ['/{__proto__}', /cannot have this name/],
  ['/100%', /a percent escape is malformed/],
  ['/%zz', /a percent escape is malformed/],
  ['/a/../b', /resolve the segments/],
  ['/.', /resolve the segments/],
  ['/%2e%2E', /resolve the segments/],
]

test('a template that is not a path is refused', () => {
  for (const [template, what] of refused) {
    assert.throws(() => parseTemplate(template), { name: 'DeclarationError', code: 'PATH_TEMPLATE', message: what }, template)
  }
})
