/** The target of a redirect is text or a URL. */
import { get, redirect } from '../../src/index.ts'

get('/old', { responses: { 301: redirect() } }, () => 5)
