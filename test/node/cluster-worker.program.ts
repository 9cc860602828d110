/** A worker of a cluster, for signals.test.ts. Only what stops in time ends it: the time limit is an hour. */
import { serve } from '../../src/node/index.ts'
import { fakeApp, replyWith } from '../support/fake-app.ts'

await serve(
  fakeApp(() => replyWith('answer')),
  { port: 0, stopTimeoutMs: 3_600_000 },
)
process.send!('serves')
