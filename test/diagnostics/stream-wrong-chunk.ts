/** A chunk that is neither text nor bytes. */
import { get, stream } from '../../src/index.ts'

get('/rows', { responses: { 200: stream('text/plain') } }, function* () {
  yield 7
})
