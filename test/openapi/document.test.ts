/** The document of a small shop: its exact content, and what validators find in it. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { createDocument } from '../../src/openapi/document.ts'
import { findRecommended, OF_THE_AUTHOR } from '../examples/recommended.ts'
import { routes, settings } from './bookshop.ts'
import { findProblems } from './validate.ts'

const document = createDocument(routes, settings)

/** `UPDATE=1` rewrites the file. A change in it is a change for every client. */
test('the document of a small shop is the same as in bookshop.json', async () => {
  const path = join(import.meta.dirname, 'bookshop.json')
  if (process.env['UPDATE'] !== undefined) await writeFile(path, `${JSON.stringify(document, null, 2)}\n`)
  assert.deepEqual(JSON.parse(JSON.stringify(document)), JSON.parse(await readFile(path, 'utf8')))
})

test('two independent validators find no problems in the document', async () => assert.deepEqual(await findProblems(document), []))

test('the rules that Redocly recommends find only what the author of the API must add', async () =>
  assert.deepEqual(await findRecommended(JSON.stringify(document), OF_THE_AUTHOR['bookshop']), []))

test('two independent validators find no problems in the document of OpenAPI 3.2', async () => {
  const newer = createDocument(routes, { ...settings, openapi: '3.2' })
  assert.equal(newer.openapi, '3.2.0')
  assert.deepEqual(await findProblems(newer), [])
})
