/** What the app reads from the disk, and nothing else. */
import { join } from 'node:path'
import { directory } from '../../src/node/index.ts'

const { CONFORMANCE_ROOT = '.' } = process.env

export const downloads = directory(join(CONFORMANCE_ROOT, 'files'))

export const LARGE_FILE = join(CONFORMANCE_ROOT, 'large_file.csv')
