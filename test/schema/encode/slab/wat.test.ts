/** The WebAssembly that is shipped is what its source assembles to. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assembleAll } from '../../../../scripts/wat.ts'

test('each module holds the bytes of its .wat file', async () => {
  const modules = await assembleAll()
  assert.ok(modules.length >= 2)
  for (const { module, text, assembled } of modules) assert.equal(text, assembled, `${module}: run npm run wat`)
})
