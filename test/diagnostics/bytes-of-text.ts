/** `bytes()` takes no text. */
import { bytes, get } from '../../src/index.ts'

get('/pixel.gif', { responses: { 200: bytes('image/gif') } }, () => 'GIF89a')
