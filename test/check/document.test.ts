/** Reading documents: YAML, referenced files, and documents of other servers. */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checkContract, CheckError, type CheckOptions, type CheckableApp } from '../../src/check/index.ts'
import { startServer } from '../support/http-server.ts'

const OPTIONS: CheckOptions = { seed: 1, requests: 5, phases: ['examples', 'boundaries', 'random'] }

const FILES = {
  'openapi.yaml': `
openapi: 3.0.3
info: { title: Shop, version: 1.0.0 }
paths:
  /items/{id}:
    $ref: paths/item.yaml
`,
  'paths/item.yaml': `
get:
  parameters:
    - { name: id, in: path, required: true, schema: { type: integer } }
  responses:
    '200':
      description: OK
      content: { application/json: { schema: { $ref: '../models.yaml#/Item' } } }
    default: { $ref: 'error.json' }
`,
  'paths/error.json': `{ "description": "Error", "content": { "application/json": { "schema": { "$ref": "../models.yaml#/Error" } } } }`,
  'models.yaml': `
Item:
  type: object
  required: [value, parent]
  properties:
    value: { $ref: '#/Text' }
    parent: { allOf: [{ $ref: '#/Item' }], nullable: true }
Text: { type: string, nullable: true }
Error: { type: object, required: [detail], properties: { detail: { type: string } } }
`,
}

/** An app that always sends the same value, for a document in a file. */
function answering(value: unknown, status = 200): CheckableApp {
  return { fetch: async () => Response.json(value, { status }), document: async () => ({}), routes: [] }
}

async function withFiles<Result>(files: Readonly<Record<string, string>>, run: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'check-document-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), text)
    }
    return await run(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const causesOf = (app: CheckableApp, document: string) =>
  checkContract(app, { ...OPTIONS, document }).then(({ causes }) => causes.map(({ rule, message }) => `${rule} ${message}`))

describe('a YAML document in several files', () => {
  test('is checked against each response', () =>
    withFiles(FILES, async (folder) => {
      const document = join(folder, 'openapi.yaml')
      assert.deepEqual(await causesOf(answering({ value: null, parent: { value: 'a', parent: null } }), document), [])
      assert.deepEqual(await causesOf(answering({ value: null, parent: { value: 7, parent: null } }), document), [
        'body parent.value: expected string or null, got integer',
      ])
      assert.deepEqual(await causesOf(answering({}, 404), document), ['body expected the property "detail", got none'])
    }))

  test('is read from a server', async () => {
    await using server = await startServer((request, response) => {
      const text = (FILES as Readonly<Record<string, string>>)[request.url!.slice(1)]
      if (text === undefined) response.setHeader('content-type', 'application/json').end('{"value":true,"parent":null}')
      else response.setHeader('content-type', 'application/yaml').end(text)
    })
    const { causes } = await checkContract(`${server.url}/openapi.yaml`, OPTIONS)
    assert.deepEqual(
      causes.map(({ message }) => message),
      ['value: expected string or null, got boolean'],
    )
  })

  test('a file on another host is not read, because the credentials are for the first host', async () => {
    let asked = 0
    await using other = await startServer((_, response) => {
      asked += 1
      response.end('{}')
    })
    await using server = await startServer((request, response) => {
      response.setHeader('content-type', 'application/json')
      const item = { $ref: `${other.url}/item.json` }
      const document = { openapi: '3.1.0', info: { title: 'Items', version: '1.0.0' }, paths: { '/items': item } }
      response.end(request.url === '/openapi.json' ? JSON.stringify(document) : '{}')
    })
    await checkContract(server.url, { ...OPTIONS, headers: { authorization: 'Bearer secret' } })
    assert.equal(asked, 0)
  })

  test('a missing file is a problem of the document', () =>
    withFiles({ 'openapi.yaml': FILES['openapi.yaml'] }, async (folder) => {
      assert.deepEqual(await causesOf(answering({}), join(folder, 'openapi.yaml')), [
        'document /items/{id}: expected a path item, got a reference without a target',
        'document paths/item.yaml: expected a file that can be read, got none',
      ])
    }))
})

test('a reference to the $id of a schema needs no file', () =>
  withFiles(
    {
      'openapi.json': JSON.stringify({
        openapi: '3.1.0',
        info: { title: 'Ids', version: '1.0.0' },
        paths: {
          '/a': { get: { responses: { 200: { description: 'OK', content: { 'application/json': { schema: { $ref: 'urn:text' } } } } } } },
        },
        components: { schemas: { Text: { $id: 'urn:text', type: 'string' } } },
      }),
    },
    async (folder) => assert.deepEqual(await causesOf(answering('a'), join(folder, 'openapi.json')), []),
  ))

describe('a text that is not a document is refused, and the message says what it is', () => {
  const CASES: Readonly<Record<string, string>> = {
    '<!doctype html><p style="color: red">': 'got HTML',
    'Not found': 'got other text',
    '[1]': 'got other text',
    'openapi: [': 'got YAML with an error in line 1. Correct it.',
    'swagger: "2.0"': 'got Swagger 2.0',
  }
  for (const [text, got] of Object.entries(CASES)) {
    test(`${text}: ${got}`, () =>
      withFiles({ 'openapi.yaml': text }, (folder) =>
        assert.rejects(
          causesOf(answering({}), join(folder, 'openapi.yaml')),
          (error) => error instanceof CheckError && error.message.includes(got),
        ),
      ))
  }
})

const OPERATIONS: Readonly<Record<string, number>> = {
  '3.0/json/petstore.json': 20,
  '3.0/yaml/petstore.yaml': 20,
  '3.1/json/petstore.json': 20,
  '3.1/json/train-travel.json': 7,
  '3.0/json/uspto.json': 3,
}

describe('documents of other servers', () => {
  for (const [name, expected] of Object.entries(OPERATIONS)) {
    const file = join(dirname(fileURLToPath(import.meta.resolve('@readme/oas-examples/package.json'))), name)
    test(`${name}: every operation gets requests`, async () => {
      const { operations, coverage, warnings } = await checkContract(answering(null), { ...OPTIONS, document: file })
      const asked = new Set(coverage.filter(({ count }) => count > 0).map(({ operation }) => operation))
      assert.equal(operations, expected)
      assert.deepEqual([asked.size, warnings.filter(({ kind }) => kind === 'needs-example' || kind === 'broken-schema')], [operations, []])
    })
  }
})
