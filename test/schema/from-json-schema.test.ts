/** JSON Schema 2020-12 → nodes, for models of libraries that describe themselves in it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromJSONSchema, type JSONSchemaForm } from '../../src/schema/from-json-schema.ts'
import type { Node, ObjectNode, ReferenceNode } from '../../src/schema/node.ts'

const string = { kind: 'string', patterns: [] }
const integer = { kind: 'number', integer: true }
const property = (name: string, node: unknown, required = true) => ({ name, node, required })
const optional = (name: string, inner: unknown) => property(name, { kind: 'optional', inner, exact: false }, false)
const object = (properties: readonly unknown[], additional: unknown = 'drop') => ({ kind: 'object', properties, additional })
const documented = (node: object, keywords: object) => ({ ...node, annotations: { keywords } })

const forms: Readonly<Record<string, [form: JSONSchemaForm, node: unknown][]>> = {
  'anything and nothing': [
    [true, { kind: 'any' }],
    [{}, { kind: 'any' }],
    [false, { kind: 'never' }],
    [{ enum: [] }, { kind: 'never' }],
    [{ not: {} }, documented({ kind: 'any' }, { not: {} })],
  ],
  scalars: [
    [{ type: 'null' }, { kind: 'null' }],
    [{ type: 'boolean' }, { kind: 'boolean' }],
    [{ type: 'integer' }, integer],
    [
      { type: 'number', minimum: 1, maximum: 9, exclusiveMinimum: 0, exclusiveMaximum: 10, multipleOf: 0.5, format: 'double' },
      {
        kind: 'number',
        integer: false,
        minimum: 1,
        maximum: 9,
        exclusiveMinimum: 0,
        exclusiveMaximum: 10,
        multipleOf: 0.5,
        format: 'double',
      },
    ],
    [
      { type: 'string', minLength: 1, maxLength: 9, format: 'email', pattern: '^a' },
      documented({ ...string, minLength: 1, maxLength: 9, format: 'email' }, { pattern: '^a' }),
    ],
    [{ const: 'a' }, { kind: 'literal', values: ['a'] }],
    [{ const: null }, { kind: 'literal', values: [null] }],
    [
      { enum: ['a', 1, null], type: 'string' },
      { kind: 'literal', values: ['a', 1, null] },
    ],
  ],
  objects: [
    [
      { type: 'object', properties: { a: { type: 'string' }, b: { type: 'integer' } }, required: ['a'] },
      object([property('a', string), optional('b', integer)]),
    ],
    [{ properties: { a: true } }, object([optional('a', { kind: 'any' })])],
    [{ type: 'object' }, object([])],
    [{ type: 'object', properties: {}, additionalProperties: false }, documented(object([]), { additionalProperties: false })],
    [{ type: 'object', properties: {}, additionalProperties: true }, object([])],
    [{ type: 'object', properties: {}, additionalProperties: { type: 'string' } }, object([], string)],
    [
      { type: 'object', additionalProperties: { type: 'string' } },
      { kind: 'record', key: string, value: string },
    ],
    [
      { type: 'object', patternProperties: { '^(.*)$': { type: 'string' } }, additionalProperties: false },
      { kind: 'record', key: string, value: string },
    ],
    [
      { type: 'object', patternProperties: { '^k': { type: 'string' }, '^n': { type: 'integer' } } },
      {
        kind: 'record',
        key: {
          kind: 'union',
          options: [
            { ...string, patterns: [/^k/u] },
            { ...string, patterns: [/^n/u] },
          ],
        },
        value: { kind: 'union', options: [string, integer] },
      },
    ],
    [
      { type: 'object', properties: {}, minProperties: 1, propertyNames: { $ref: '#/$defs/name' } },
      documented(object([]), { minProperties: 1 }),
    ],
    [
      JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}') as JSONSchemaForm,
      object([optional('__proto__', string)]),
    ],
  ],
  lists: [
    [{ type: 'array' }, { kind: 'array', items: { kind: 'any' } }],
    [
      { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 9 },
      { kind: 'array', items: string, minItems: 1, maxItems: 9 },
    ],
    [
      { type: 'array', prefixItems: [{ type: 'string' }], items: false },
      { kind: 'tuple', items: [string] },
    ],
    [
      { type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'integer' } },
      { kind: 'tuple', items: [string], rest: integer },
    ],
  ],
  combinations: [
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, { kind: 'union', options: [string, { kind: 'null' }] }],
    [{ oneOf: [{ type: 'string' }, { type: 'integer' }] }, { kind: 'union', options: [string, integer] }],
    [{ type: ['string', 'null'] }, { kind: 'union', options: [string, { kind: 'null' }] }],
    [
      { type: ['object', 'null'], properties: { a: { type: 'string' } } },
      { kind: 'union', options: [object([optional('a', string)]), { kind: 'null' }] },
    ],
    [
      { allOf: [{ properties: { a: { type: 'string' } } }, { properties: { b: { type: 'string' } } }] },
      { kind: 'intersection', left: object([optional('a', string)]), right: object([optional('b', string)]) },
    ],
    // Keywords beside a combination hold too.
    [{ type: 'string', allOf: [{ minLength: 1 }] }, string],
    [
      { type: 'object', properties: { a: { type: 'string' } }, allOf: [{ minProperties: 1 }, { properties: { b: { type: 'string' } } }] },
      { kind: 'intersection', left: object([optional('a', string)]), right: object([optional('b', string)]) },
    ],
    [
      {
        properties: { a: { type: 'string' } },
        anyOf: [{ properties: { b: { type: 'string' } } }, { properties: { c: { type: 'string' } } }],
      },
      {
        kind: 'intersection',
        left: object([optional('a', string)]),
        right: { kind: 'union', options: [object([optional('b', string)]), object([optional('c', string)])] },
      },
    ],
    [{ allOf: [] }, { kind: 'any' }],
  ],
  annotations: [
    [
      { type: 'string', title: 'T', description: 'D', examples: ['e'], deprecated: true, default: 'x', $comment: 'c' },
      { ...string, annotations: { title: 'T', description: 'D', examples: ['e'], deprecated: true } },
    ],
    [
      { anyOf: [{ type: 'null' }], description: 'D' },
      { kind: 'union', options: [{ kind: 'null' }], annotations: { description: 'D' } },
    ],
  ],
}

for (const [name, cases] of Object.entries(forms)) {
  test(name, () => {
    for (const [form, node] of cases) assert.deepEqual(fromJSONSchema(form), node, JSON.stringify(form))
  })
}

const target = (node: Node) => (node as ReferenceNode).target()

describe('references', () => {
  test('references lead to definitions, by JSON Pointer', () => {
    const $defs = { 'a/b~c d': { type: 'string' }, nested: { $defs: { deep: { type: 'integer' } } } }
    assert.deepEqual(target(fromJSONSchema({ $ref: '#/$defs/a~1b~0c%20d', $defs })), string)
    assert.deepEqual(target(fromJSONSchema({ $ref: '#/$defs/nested/$defs/deep', $defs })), integer)
    assert.deepEqual(fromJSONSchema({ $ref: '#/$defs/nested/$defs/deep', $defs, description: 'D' }).annotations, { description: 'D' })
  })

  test('may lead back to the whole, or to each other', () => {
    const nextOf = (tree: Node) => target(((tree as ObjectNode).properties[0]!.node as { readonly inner: Node }).inner)
    const next = nextOf(fromJSONSchema({ type: 'object', properties: { next: { $ref: '#' } } }))
    assert.equal(nextOf(next), next)
    const $defs = { a: { type: 'array', items: { $ref: '#/$defs/b' } }, b: { anyOf: [{ $ref: '#/$defs/a' }, { type: 'null' }] } }
    const a = target(fromJSONSchema({ $ref: '#/$defs/a', $defs }))
    const b = a.kind === 'array' ? target(a.items) : undefined
    assert.equal(b?.kind === 'union' ? target(b.options[0]!) : undefined, a)
  })

  test('references that lead nowhere are refused', () => {
    for (const $ref of ['#/$defs/none', 'https://example.com/schema', '#/a/b/c', 'other.json#/a']) {
      assert.throws(() => fromJSONSchema({ $ref }), { name: 'DeclarationError', code: 'SCHEMA_FORM' }, $ref)
      assert.throws(() => fromJSONSchema({ type: 'object', properties: { a: { $ref } } }), { code: 'SCHEMA_FORM' })
    }
  })
})
