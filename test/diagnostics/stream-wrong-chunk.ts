/** A chunk that is no text and no bytes. */
import { get, stream } from '../../src/index.ts'

get('/rows', { responses: { 200: stream('text/plain') } }, function* () {
  yield 7
})
