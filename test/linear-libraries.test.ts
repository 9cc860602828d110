/** The expressions of the libraries that read a client's text, and of zod's formats, take linear time. */
import { join } from 'node:path'
import { describe } from 'node:test'
import { core, z } from 'zod'
import { readFolder, testEach } from './support/linear.ts'

/** Libraries that read what a client sends. The expressions of rou3 read route templates. */
const LIBRARIES = ['cookie', 'content-disposition', 'negotiator', 'mrmime']

for (const library of LIBRARIES) {
  describe(`an expression of ${library}`, async () => testEach((await readFolder(join('node_modules', library), /\.[cm]?js$/)).expressions))
}

describe('a format of zod', () => {
  // No schema of zod has that one.
  const { extendedDuration: _, ...used } = core.regexes
  const constants = Object.entries(used).filter((entry): entry is [string, RegExp] => entry[1] instanceof RegExp)
  const options = { offset: true, local: true, precision: 3 }
  const schemas = [z.uuid(), z.mac(), z.nanoid(), z.iso.time(), z.iso.datetime(), z.iso.datetime(options)]
  const made = schemas.map(({ def }) => [def.format, def.pattern!] as const)
  testEach([...constants, ...made].map(([where, { source, flags }]) => ({ where, source, flags })))
})
