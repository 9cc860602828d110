/** A plain return, but only an error is declared. */
import { get, text } from '../../src/index.ts'

get('/users', { responses: { 404: text() } }, () => 'Ada')
