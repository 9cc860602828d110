/** Documents with one difference: its rule, verdict and place. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { bumpFor, diffDocuments } from '../../src/check/index.ts'
import { DIFF_RULES } from '../../src/check/diff/change.ts'
import { runCommand } from '../../src/cli/command.ts'

type JSON = any // oxlint-disable-line typescript/no-explicit-any -- each case changes another place of a document

function createDocument(): JSON {
  const User = {
    type: 'object',
    properties: {
      id: { type: 'integer' },
      name: { type: 'string', maxLength: 50 },
      role: { type: 'string', enum: ['a', 'b'] },
      nick: { type: ['string', 'null'], maxLength: 9 },
      parent: { $ref: '#/components/schemas/User' },
    },
    required: ['id', 'name'],
  }
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/User' } } }
  return {
    openapi: '3.1.0',
    info: { title: 'Users', version: '1.2.0' },
    paths: {
      '/users/{id}': {
        get: {
          parameters: [
            { name: 'id', in: 'path', required: true, schema: { type: 'integer' } },
            { name: 'q', in: 'query', schema: { type: 'string', maxLength: 10 } },
            { name: 'tags', in: 'query', schema: { type: 'array', items: { type: 'string', maxLength: 10 } } },
          ],
          responses: {
            200: { description: 'A user', headers: { ETag: { required: true, schema: { type: 'string' } } }, content },
            404: { description: 'None' },
          },
        },
        put: {
          security: [{ key: ['write'] }],
          requestBody: {
            required: false,
            content: {
              'application/json': {
                schema: { type: 'object', properties: { name: { type: 'string', maxLength: 50 }, age: { type: 'integer', minimum: 0 } } },
              },
            },
          },
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
          responses: { 200: { description: 'A user', content } },
        },
      },
    },
    components: { schemas: { User }, securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
  }
}

interface Case {
  readonly change: (document: JSON) => void
  /** `rule operation place` */
  readonly found: readonly string[]
}

const GET = 'GET /users/{id}'
const PUT = 'PUT /users/{id}'
const get = (document: JSON) => document.paths['/users/{id}'].get
const put = (document: JSON) => document.paths['/users/{id}'].put
const body = (document: JSON) => put(document).requestBody.content['application/json'].schema
const user = (document: JSON) => document.components.schemas.User

const CASES: Readonly<Record<string, Case>> = {
  nothing: { change: () => undefined, found: [] },
  'an operation is gone': { change: (document) => delete document.paths['/users/{id}'].put, found: [`operation-removed ${PUT} `] },
  'an operation is new': {
    change: (document) => (document.paths['/new'] = { get: { responses: { 200: { description: 'OK' } } } }),
    found: ['operation-added GET /new '],
  },
  'a path parameter has another name': {
    change: (document) => {
      document.paths = JSON.parse(
        JSON.stringify(document.paths).replaceAll('{id}', '{user_id}').replaceAll('"name":"id"', '"name":"user_id"'),
      )
    },
    found: [],
  },
  'a parameter is gone': { change: (document) => get(document).parameters.splice(1, 1), found: [`parameter-removed ${GET} query.q`] },
  'a parameter is new': {
    change: (document) => get(document).parameters.push({ name: 'n', in: 'query', schema: {} }),
    found: [`parameter-added ${GET} query.n`],
  },
  'a parameter is new and required': {
    change: (document) => get(document).parameters.push({ name: 'n', in: 'query', required: true, schema: {} }),
    found: [`parameter-required ${GET} query.n`],
  },
  'a parameter is required now': {
    change: (document) => (get(document).parameters[1].required = true),
    found: [`parameter-required ${GET} query.q`],
  },
  'a parameter takes less': {
    change: (document) => (get(document).parameters[1].schema.maxLength = 5),
    found: [`input-narrowed ${GET} query.q`],
  },
  'a parameter takes more': {
    change: (document) => delete get(document).parameters[1].schema.maxLength,
    found: [`input-widened ${GET} query.q`],
  },
  'a list in the query is written in another way': {
    change: (document) => (get(document).parameters[2].explode = false),
    found: [`parameter-style ${GET} query.tags`],
  },
  'an item of a list takes less': {
    change: (document) => (get(document).parameters[2].schema.items.maxLength = 5),
    found: [`input-narrowed ${GET} query.tags[]`],
  },
  'null is written as an alternative': {
    change: (document) => (user(document).properties.nick = { anyOf: [{ type: 'string', maxLength: 9 }, { type: 'null' }] }),
    found: [],
  },
  'an alternative to null takes more': {
    change: (document) => (user(document).properties.nick = { anyOf: [{ type: 'string', maxLength: 10 }, { type: 'null' }] }),
    found: [`output-widened ${GET} 200 application/json nick`, `output-widened ${PUT} 200 application/json nick`],
  },
  'a body is required now': { change: (document) => (put(document).requestBody.required = true), found: [`body-required ${PUT} body`] },
  'a body is gone': { change: (document) => delete put(document).requestBody, found: [`body-removed ${PUT} body`] },
  'a media type of the body is gone, another new': {
    change: (document) => (put(document).requestBody.content = { 'text/plain': {} }),
    found: [`request-media-type-removed ${PUT} body application/json`, `request-media-type-added ${PUT} body text/plain`],
  },
  'a field of the body is required now': {
    change: (document) => (body(document).required = ['age']),
    found: [`input-narrowed ${PUT} body.age`],
  },
  'a field of the body is gone': {
    change: (document) => delete body(document).properties.age,
    found: [`input-field-removed ${PUT} body.age`],
  },
  'a field of the body is of another type': {
    change: (document) => (body(document).properties.age.type = 'number'),
    found: [`input-widened ${PUT} body.age`],
  },
  'a field of the body has another format': {
    change: (document) => (body(document).properties.name.format = 'email'),
    found: [`input-narrowed ${PUT} body.name`],
  },
  'other fields of the body are refused': {
    change: (document) => (body(document).additionalProperties = false),
    found: [`input-narrowed ${PUT} body`],
  },
  'a field of the response is gone': {
    change: (document) => delete user(document).properties.role,
    found: [`output-field-removed ${GET} 200 application/json role`, `output-field-removed ${PUT} 200 application/json role`],
  },
  'a field of the response is not always sent': {
    change: (document) => (user(document).required = ['id']),
    found: [`output-widened ${GET} 200 application/json name`, `output-widened ${PUT} 200 application/json name`],
  },
  'an option of the response is new': {
    change: (document) => user(document).properties.role.enum.push('c'),
    found: [`output-widened ${GET} 200 application/json role`, `output-widened ${PUT} 200 application/json role`],
  },
  'an option of the response is gone': {
    change: (document) => user(document).properties.role.enum.pop(),
    found: [`output-narrowed ${GET} 200 application/json role`, `output-narrowed ${PUT} 200 application/json role`],
  },
  'the response may be null': {
    change: (document) =>
      (get(document).responses[200].content['application/json'].schema = {
        anyOf: [{ $ref: '#/components/schemas/User' }, { type: 'null' }],
      }),
    found: [`output-widened ${GET} 200 application/json`, `output-widened ${PUT} 200 application/json`],
  },
  'a status of success is another': {
    change: (document) => {
      const { responses } = put(document)
      responses[201] = responses[200]
      delete responses[200]
    },
    found: [`status-removed ${PUT} 200`, `status-added ${PUT} 201`],
  },
  'an error status is new': {
    change: (document) => (get(document).responses[410] = { description: 'Gone' }),
    found: [`error-status-added ${GET} 410`],
  },
  'an error status is gone': { change: (document) => delete get(document).responses[404], found: [`error-status-removed ${GET} 404`] },
  'a media type of the response is gone': {
    change: (document) => (get(document).responses[200].content = {}),
    found: [`response-media-type-removed ${GET} 200 application/json`],
  },
  'a response header is gone': {
    change: (document) => delete get(document).responses[200].headers.ETag,
    found: [`response-header-removed ${GET} 200 ETag`],
  },
  'credentials are needed': { change: (document) => (get(document).security = [{ key: [] }]), found: [`security-added ${GET} security`] },
  'another scope is needed': {
    change: (document) => (put(document).security = [{ key: ['write', 'admin'] }]),
    found: [`security-added ${PUT} security`],
  },
  'credentials are not needed any more': {
    change: (document) => (put(document).security = []),
    found: [`security-removed ${PUT} security`],
  },
}

const verdicts = (...all: readonly string[]) => all.map((verdict) => ({ verdict })) as unknown as Parameters<typeof bumpFor>[0]

const exitCode = async (...args: readonly string[]) => (await runCommand(['diff', ...args])).exitCode

describe('a diff of two documents', () => {
  for (const [name, { change, found }] of Object.entries(CASES)) {
    test(name, () => {
      const newer = createDocument()
      change(newer)
      const changes = diffDocuments(createDocument(), newer)
      assert.deepEqual(
        changes.map(({ rule, operation, place }) => `${rule} ${operation} ${place}`),
        found,
      )
    })
  }

  test('the page has each rule with its verdict', async () => {
    const page = await readFile(join(import.meta.dirname, '../../docs/check.md'), 'utf8')
    for (const [rule, { verdict, text }] of Object.entries(DIFF_RULES))
      assert.match(page, new RegExp(String.raw`^\| \`${rule}\` +\| ${verdict} +\| ${text.replaceAll('.', String.raw`\.`)} +\|$`, 'm'), rule)
  })

  test('the version that the changes require', () => {
    assert.deepEqual([bumpFor([]), bumpFor(verdicts('compatible')), bumpFor(verdicts('warning', 'breaking'))], ['patch', 'minor', 'major'])
  })
})

test('a list in the query whose schema is a reference is written in another way', () => {
  const [older, newer] = [createDocument(), createDocument()]
  for (const document of [older, newer]) {
    document.components.schemas.Tags = get(document).parameters[2].schema
    get(document).parameters[2].schema = { $ref: '#/components/schemas/Tags' }
  }
  get(newer).parameters[2].explode = false
  assert.deepEqual(
    diffDocuments(older, newer).map(({ rule, place }) => `${rule} ${place}`),
    ['parameter-style query.tags'],
  )
})

test('the command: exit codes, and a version that must cover the changes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'riposte-diff-'))
  try {
    const write = async (name: string, version: string, change: (document: JSON) => void = () => undefined) => {
      const document = createDocument()
      document.info.version = version
      change(document)
      await writeFile(join(folder, name), JSON.stringify(document))
      return join(folder, name)
    }
    const old = await write('old.json', '1.2.0')
    const same = await write('same.json', '1.2.1')
    const broken = await write('broken.json', '1.3.0', (document) => delete document.paths['/users/{id}'].put)
    const major = await write('major.json', '2.0.0', (document) => delete document.paths['/users/{id}'].put)
    assert.deepEqual(await runCommand(['diff', old, same]), { text: '0 changes: a patch version', exitCode: 0 })
    const { text } = await runCommand(['diff', old, broken])
    assert.equal(
      text,
      '1 change: a major version\n\n1 breaking\n  PUT /users/{id}\n    the operation is gone  (operation-removed: An operation is gone.)',
    )
    assert.deepEqual(
      [await exitCode(old, broken), await exitCode(old, major), await exitCode(old, broken, '--skip', 'operation-removed')],
      [1, 1, 0],
    )
    assert.deepEqual([await exitCode(old, broken, '--semver'), await exitCode(old, major, '--semver')], [1, 0])
    assert.deepEqual([await exitCode(old), await exitCode(old, same, '--fast'), await exitCode(old, join(folder, 'none.json'))], [2, 2, 3])
  } finally {
    await rm(folder, { recursive: true })
  }
})
