/** The app of the outside cases conforms to its own document, except for the routes that break it by design. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkContract, formatResult } from '../../src/check/index.ts'
import { createApp } from '../../src/index.ts'
import { fuzzRuns } from '../support/fuzz.ts'
import * as brief from '../conformance/brief.ts'
import * as byHand from '../conformance/by-hand.ts'
import * as control from '../conformance/control.ts'
import { addErrorHandlers } from '../conformance/error-handlers.ts'
import * as errors from '../conformance/errors.ts'
import * as events from '../conformance/events.ts'
import * as input from '../conformance/input.ts'
import * as models from '../conformance/models.ts'
import { detail } from '../conformance/schemas.ts'
import * as streams from '../conformance/streams.ts'

const EXCLUDED: Readonly<Record<string, string>> = {
  'GET /large-file': 'its file is made by the outside cases',
  'GET /lab/model/list-bad': 'breaks its model',
  'GET /lab/model/infinity': 'breaks its model',
  'GET /lab/model/missing': 'breaks its model',
  'GET /lab/model/nan': 'breaks its model',
  'GET /lab/model/null': 'breaks its model',
  'GET /lab/model/wrong-type': 'breaks its model',
  'GET /lab/attachment': 'its file is made by the outside cases',
  'GET /download/{filename}': 'its file is made by the outside cases',
  'GET /lab/file/{path}': 'its file is made by the outside cases',
  'GET /lab/dynamic-status': 'responds with any status that the query names',
  'GET /lab/status/{code}': 'responds with any status that the path names',
  'GET /lab/header': 'sends any header that the query names',
  'GET /lab/redirect': 'sends any status and Location that the query names',
  'GET /lab/cookie-*': 'sets any cookie that the query names',
  'GET /lab/stream/*': 'streams of any length, some of which fail',
  'GET /lab/sse/*': 'streams of any length, some of which fail',
  '* /lab/error/*': 'fails',
}

test('nothing is found', async () => {
  const app = createApp({ title: 'Conformance', version: '1.0.0', errorBody: detail, logger: { info() {}, warn() {}, error() {} } })
  addErrorHandlers(app)
  app.add({ brief, control, input, models, byHand, streams, events, errors })
  const result = await checkContract(app, {
    seed: 1,
    requests: fuzzRuns(20),
    maxTimeMs: fuzzRuns(40_000),
    streamMs: 300,
    timeoutMs: 60_000,
    exclude: Object.keys(EXCLUDED),
  })
  assert.deepEqual(result.causes, [], formatResult(result))
  assert.ok(result.requests > 700, `${result.requests} requests`)
})
