/** The document is valid, complete and true. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { createDocument } from '../../src/openapi/document.ts'
import { findRecommended, OF_THE_AUTHOR } from '../examples/recommended.ts'
import { routes, settings } from './bookshop.ts'
import { findProblems } from './validate.ts'

const document = createDocument(routes, settings)

/** Written again with `UPDATE=1`. What changes in it changes for every client. */
test('the document of a small shop, word for word', async () => {
  const path = join(import.meta.dirname, 'bookshop.json')
  if (process.env['UPDATE'] !== undefined) await writeFile(path, `${JSON.stringify(document, null, 2)}\n`)
  assert.deepEqual(JSON.parse(JSON.stringify(document)), JSON.parse(await readFile(path, 'utf8')))
})

test('two independent validators find nothing wrong with it', async () => assert.deepEqual(await findProblems(document), []))

test('the rules that Redocly recommends find nothing in it that the framework could say', async () =>
  assert.deepEqual(await findRecommended(JSON.stringify(document), OF_THE_AUTHOR['bookshop']), []))

test('nor with it in OpenAPI 3.2', async () => {
  const newer = createDocument(routes, { ...settings, openapi: '3.2' })
  assert.equal(newer.openapi, '3.2.0')
  assert.deepEqual(await findProblems(newer), [])
})
