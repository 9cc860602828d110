/** The JSON of each kind of value, which is the same from every back end. */
import assert from 'node:assert/strict'
import { runInNewContext } from 'node:vm'
import { test } from 'node:test'
import { z } from 'zod'
import type { Node } from '../../../src/schema/node.ts'
import { encodeEveryWay } from './every-way.ts'

const text: Node = { kind: 'string', patterns: [] }
const integer: Node = { kind: 'number', integer: true }
const object = (properties: Readonly<Record<string, Node>>, additional: 'drop' | 'refuse' | Node = 'drop'): Node => ({
  kind: 'object',
  properties: Object.entries(properties).map(([name, node]) => ({
    name,
    node,
    required: node.kind !== 'optional' && node.kind !== 'default',
  })),
  additional,
})
const optional = (inner: Node, exact = false): Node => ({ kind: 'optional', inner, exact })

const instant = z.codec(z.iso.datetime(), z.date(), { decode: (wire) => new Date(wire), encode: (value) => value.toISOString() })
const epoch = { at: new Date(0) }
const EPOCH = '{"at":"1970-01-01T00:00:00.000Z"}'

const cases: readonly [name: string, model: Node | z.ZodType, value: unknown, expected: string | undefined][] = [
  ['an undeclared property is dropped', object({ id: integer }), { id: 1, secret: 2 }, '{"id":1}'],
  ['at every depth', object({ a: object({ b: integer }) }), { a: { b: 1, secret: 2 }, secret: 3 }, '{"a":{"b":1}}'],
  ['a missing property is a breach', object({ id: integer }), {}, undefined],
  ['an array is no object', object({}), [], undefined],
  ['nor is null', object({}), null, undefined],
  ['nor is a function', object({}), () => 1, undefined],
  ['NaN is a breach', { kind: 'number', integer: false }, NaN, undefined],
  ['so is Infinity', { kind: 'number', integer: false }, Infinity, undefined],
  ['-0 is 0', { kind: 'number', integer: false }, -0, '0'],
  ['also as an integer', integer, -0, '0'],
  ['an integer past 2^53 is a breach', integer, 2 ** 53, undefined],
  ['the largest safe integer', integer, Number.MAX_SAFE_INTEGER, '9007199254740991'],
  ['small exponents', { kind: 'number', integer: false }, 1e-7, '1e-7'],
  ['large exponents', { kind: 'number', integer: false }, 1e21, '1e+21'],
  ['two decimals', { kind: 'number', integer: false }, -1234.5, '-1234.5'],
  ['int32 has its range', { ...integer, format: 'int32' }, 2 ** 31, undefined],
  ['a multiple with the tolerance of decimals', { kind: 'number', integer: false, multipleOf: 0.07 }, 2.03, '2.03'],
  ['none of it', { kind: 'number', integer: false, multipleOf: 0.07 }, 2.04, undefined],
  ['a bigint is a text of digits', { kind: 'bigint' }, 2n ** 70n, '"1180591620717411303424"'],
  ['int64 is an integer, with all its digits', { kind: 'bigint', format: 'int64' }, 9007199254740993n, '9007199254740993'],
  ['beyond 64 bits it is a breach', { kind: 'bigint', format: 'int64' }, 2n ** 63n, undefined],
  [
    'a text that reads like the stand-in for digits',
    object({ a: text, b: { kind: 'bigint', format: 'int64' } }),
    { a: 'int64:0', b: 2n ** 60n },
    '{"a":"int64:0","b":1152921504606846976}',
  ],
  ['a lone surrogate is escaped', text, 'a\ud800b', '"a\\ud800b"'],
  ['a pair is not', text, '\u{1f680}', '"\u{1f680}"'],
  ['line separators stand as they are', text, '\u2028\u2029\u007f', '"\u2028\u2029\u007f"'],
  ['control characters', text, '\u0000\b\t\n\u000b\f\r\u001f"\\/', '"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\"\\\\/"'],
  ['a long text of them', text, '"\n'.repeat(100), JSON.stringify('"\n'.repeat(100))],
  ['lengths count code points', { ...text, maxLength: 2 }, '\u{1f680}\u{1f680}', '"\u{1f680}\u{1f680}"'],
  ['three are too many', { ...text, maxLength: 2 }, '\u{1f680}\u{1f680}a', undefined],
  ['one is too few', { ...text, minLength: 2 }, '\u{1f680}', undefined],
  ['an invalid date is a breach', { kind: 'date' }, new Date(NaN), undefined],
  ['a date of another realm', { kind: 'date' }, runInNewContext('new Date(0)'), '"1970-01-01T00:00:00.000Z"'],
  ['what only says that it is a date', { kind: 'date' }, { [Symbol.toStringTag]: 'Date' }, undefined],
  ['year 1', { kind: 'date' }, new Date(-62_135_596_800_000), '"0001-01-01T00:00:00.000Z"'],
  ['year 0', { kind: 'date' }, new Date(-62_135_596_800_001), '"0000-12-31T23:59:59.999Z"'],
  ['a date before year 0 is a breach', { kind: 'date' }, new Date(-1e14), undefined],
  ['a date after year 9999 is a breach', { kind: 'date' }, new Date(253_402_300_800_000), undefined],
  ['so is the default of a model', z.object({ at: z.date().default(new Date(253_402_300_800_000)) }), {}, undefined],
  ['a leap day', { kind: 'date' }, new Date('2024-02-29T23:59:59.123Z'), '"2024-02-29T23:59:59.123Z"'],
  ['a URL is its href', { kind: 'url' }, new URL('http://a/ b'), '"http://a/%20b"'],
  ['bytes are base64', { kind: 'bytes' }, Uint8Array.of(255, 254), '"//4="'],
  ['also of a buffer that is part of another', { kind: 'bytes' }, Buffer.from('xabc').subarray(1), '"YWJj"'],
  [
    'a map with text keys is an object',
    { kind: 'map', key: text, value: integer },
    new Map([
      ['b', 1],
      ['__proto__', 2],
    ]),
    '{"b":1,"__proto__":2}',
  ],
  ['another is pairs', { kind: 'map', key: integer, value: text }, new Map([[1, 'a']]), '[[1,"a"]]'],
  ['a set is an array', { kind: 'set', items: integer }, new Set([2, 1]), '[2,1]'],
  [
    'a record keeps a key __proto__ of its own',
    { kind: 'record', key: text, value: integer },
    JSON.parse('{"__proto__":1,"a":2}'),
    '{"__proto__":1,"a":2}',
  ],
  ['a record checks a key __proto__ of its own', { kind: 'record', key: text, value: integer }, JSON.parse('{"__proto__":"x"}'), undefined],
  [
    'a loose object keeps a key __proto__ of its own',
    z.looseObject({ a: z.int() }),
    JSON.parse('{"__proto__":{"x":1},"a":2}'),
    '{"a":2,"__proto__":{"x":1}}',
  ],
  ['keys of a record are checked', { kind: 'record', key: { ...text, maxLength: 1 }, value: integer }, { ab: 1 }, undefined],
  ['keys may be numbers', { kind: 'record', key: integer, value: text }, { 1: 'a' }, '{"1":"a"}'],
  [
    'an instance is no record',
    { kind: 'record', key: text, value: integer },
    new (class Row {
      a = 1
    })(),
    undefined,
  ],
  ['an optional property may be missing', object({ a: optional(text), b: optional(text) }), { b: 'x' }, '{"b":"x"}'],
  ['or undefined', object({ a: optional(text) }), { a: undefined }, '{}'],
  ['but not where that is another thing', object({ a: optional(text, true) }), { a: undefined }, undefined],
  ['missing it is', object({ a: optional(text, true) }), {}, '{}'],
  ['a default is filled in', object({ a: { kind: 'default', inner: integer, value: () => 7 } }), {}, '{"a":7}'],
  ['and checked', object({ a: { kind: 'default', inner: integer, value: () => 'x' } }), {}, undefined],
  ['null only where it is allowed', object({ a: { kind: 'nullable', inner: text } }), { a: null }, '{"a":null}'],
  ['undefined in an array leaves a null', { kind: 'array', items: optional(integer) }, [1, undefined, 2], '[1,null,2]'],
  ['so does a hole', { kind: 'array', items: optional(integer) }, [1, , 2], '[1,null,2]'], // oxlint-disable-line no-sparse-arrays -- it is what this is about
  ['elsewhere it is a breach', { kind: 'array', items: integer }, [1, , 2], undefined], // oxlint-disable-line no-sparse-arrays -- it is what this is about
  ['too few items', { kind: 'array', items: integer, minItems: 2 }, [1], undefined],
  ['a tuple', { kind: 'tuple', items: [integer, text] }, [1, 'a'], '[1,"a"]'],
  ['its last items may be missing', { kind: 'tuple', items: [integer, optional(text)] }, [1], '[1]'],
  ['and filled in', { kind: 'tuple', items: [integer, { kind: 'default', inner: text, value: () => 'z' }] }, [1], '[1,"z"]'],
  ['more than it has are a breach', { kind: 'tuple', items: [integer] }, [1, 2], undefined],
  ['the rest', { kind: 'tuple', items: [integer], rest: text }, [1, 'a', 'b'], '[1,"a","b"]'],
  ['an undeclared key is refused where the model says so', object({ a: integer }, 'refuse'), { a: 1, b: 2 }, undefined],
  ['or held against a node', object({ a: integer }, text), { a: 1, b: 'x' }, '{"a":1,"b":"x"}'],
  ['which it may break', object({ a: integer }, text), { a: 1, b: 2 }, undefined],
  ['names that are indexes come first, as always in JavaScript', object({ b: integer, 1: integer }), { b: 2, 1: 1 }, '{"1":1,"b":2}'],
  ['a name that every object has, its own', object({ constructor: text }), { constructor: 'mine' }, '{"constructor":"mine"}'],
  ['not the one it inherits', object({ toString: optional(text), constructor: optional(text) }), {}, '{}'],
  [
    '__proto__ can be declared',
    { kind: 'object', properties: [{ name: '__proto__', node: integer, required: true }], additional: 'drop' },
    JSON.parse('{"__proto__":1}'),
    '{"__proto__":1}',
  ],
  [
    'what the value inherits by that name is no property',
    { kind: 'object', properties: [{ name: '__proto__', node: { kind: 'any' }, required: true }], additional: 'drop' },
    {},
    undefined,
  ],
  [
    'a union goes by its tag',
    z.discriminatedUnion('k', [z.object({ k: z.literal('a'), x: z.int() }), z.object({ k: z.literal('b'), y: z.int() })]),
    { k: 'b', x: 1, y: 2 },
    '{"k":"b","y":2}',
  ],
  ['an unknown tag is a breach', z.discriminatedUnion('k', [z.object({ k: z.literal('a') })]), { k: 'b' }, undefined],
  [
    'without one, by its best match',
    z.union([z.object({ a: z.int() }), z.object({ a: z.int(), b: z.int() })]),
    { a: 1, b: 2 },
    '{"a":1,"b":2}',
  ],
  ['the first of equal ones', z.union([z.object({ a: z.int() }), z.object({ b: z.int() })]), { a: 1, b: 2 }, '{"a":1}'],
  [
    'a better match that fails gives way',
    z.union([z.object({ a: z.int() }), z.object({ a: z.int(), b: z.int() })]),
    { a: 1, b: 'x' },
    '{"a":1}',
  ],
  ['a model before anything at all', z.union([z.any(), z.object({ a: z.int() })]), { a: 1, secret: 2 }, '{"a":1}'],
  ['an intersection is one object', z.object({ a: z.int() }).and(z.object({ b: z.int() })), { a: 1, b: 2, secret: 3 }, '{"a":1,"b":2}'],
  ['both sides hold for what both declare', z.object({ a: z.int() }).and(z.object({ a: z.int().min(5) })), { a: 1 }, undefined],
  ['a codec goes its way back', z.codec(z.string(), z.int(), { decode: Number, encode: String }), 5, '"5"'],
  ['from what is checked', z.codec(z.string(), z.int(), { decode: Number, encode: String }), 5.5, undefined],
  ['to what is checked', z.codec(z.string().max(1), z.int(), { decode: Number, encode: String }), 55, undefined],
  ['a transform goes forward', z.object({ a: z.string().transform((value) => value.length) }), { a: 'xyz' }, '{"a":3}'],
  [
    'once, where a refinement stands around it',
    z.object({ a: z.string().transform((value) => value.length) }).refine(() => true),
    { a: 'xyz', secret: 1 },
    '{"a":3}',
  ],
  ['a refinement sees what the program has of a codec', z.object({ at: instant }).refine(({ at }) => at.getTime() === 0), epoch, EPOCH],
  ['and may refuse it', z.object({ at: instant }).refine(({ at }) => at.getTime() > 0), epoch, undefined],
  ['after what is inside was checked', z.object({ at: instant }).refine(() => true), { at: 'x' }, undefined],
  [
    'also where others stand inside of it, and defaults',
    z
      .object({
        of: z.object({ at: instant.default(() => new Date(0)) }).refine(({ at }) => at instanceof Date),
        n: z.string().transform(Number),
      })
      .refine(({ of, n }) => of.at.getTime() === n),
    { of: {}, n: '0' },
    `{"of":${EPOCH},"n":0}`,
  ],
  ['a list of them too', z.array(instant).refine(([first]) => first instanceof Date), [new Date(0)], '["1970-01-01T00:00:00.000Z"]'],
  ['what rewrites the value does', z.object({ at: instant }).overwrite(() => epoch), { at: new Date(5) }, EPOCH],
  ['bytes are bytes also where they are refined', z.instanceof(Uint8Array).refine(() => true), Uint8Array.of(1), '"AQ=="'],
  [
    'one that takes its time cannot be waited for',
    z.object({ at: instant }).refine(() => Promise.reject(new Error('x'))),
    epoch,
    undefined,
  ],
  [
    'a default beside it is what comes out',
    z
      .string()
      .transform((value) => value.length)
      .default(9),
    undefined,
    '9',
  ],
  ['an optional one is filled in', z.object({ a: z.string().default('x').optional() }), {}, '{"a":"x"}'],
  [
    'also where it is refined or referred to',
    z.object({
      a: z
        .string()
        .default('x')
        .refine(() => true)
        .optional(),
      b: z.lazy(() => z.string().default('y')).optional(),
    }),
    {},
    '{"a":"x","b":"y"}',
  ],
  [
    'and as the last item of a tuple',
    z.tuple([
      z.string(),
      z
        .string()
        .default('x')
        .refine(() => true),
    ]),
    ['s'],
    '["s","x"]',
  ],
  [
    'a prefault is what comes in',
    z
      .string()
      .transform((value) => value.length)
      .prefault('xy'),
    undefined,
    '2',
  ],
  ['anything is native JSON', { kind: 'any' }, { a: [1, undefined], b: undefined, toJSON: undefined }, '{"a":[1,null]}'],
  ['with its own toJSON', { kind: 'any' }, { toJSON: () => 'mine' }, '"mine"'],
  ['a promised property of it must be there', object({ a: { kind: 'any' } }), { a: undefined }, undefined],
  ['a function is not', object({ a: { kind: 'any' } }), { a: () => 1 }, undefined],
  ['an optional one need not', object({ a: optional({ kind: 'any' }) }), { a: Symbol('x') }, '{}'],
  ['a file has no JSON', { kind: 'file' }, new Blob([]), undefined],
  ['nothing satisfies never', { kind: 'never' }, undefined, undefined],
  ['undefined alone is no JSON', { kind: 'undefined' }, undefined, undefined],
]

for (const [name, model, value, expected] of cases) {
  test(name, () => assert.equal(encodeEveryWay(model, value), expected))
}
