/** Without a root, `file()` takes no path. */
import { file, get } from '../../src/index.ts'

get('/report', { responses: { 200: file() } }, () => 'report.pdf')
