/** The shipped WebAssembly is the same as that assembled from its source. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assembleAll } from '../../../../scripts/wat.ts'

test('the module holds the bytes of each .wat file', async () => {
  const modules = await assembleAll()
  assert.equal(modules.size, 1)
  for (const [path, { text, assembled }] of modules) assert.equal(text, assembled, `${path}: run npm run wat`)
})
