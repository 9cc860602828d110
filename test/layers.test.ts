/** The floors, sizes and names that ARCHITECTURE.md promises. Each rule is also seen to fail on a planted violation. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import {
  cycles,
  filesWithoutSentence,
  longFiles,
  missingFloors,
  namelessFiles,
  nodeImports,
  starExports,
  upwardImports,
  type Sources,
} from './architecture.ts'

const root = join(import.meta.dirname, '../src')
const sources: Sources = new Map(
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file.replaceAll('\\', '/'), readFileSync(join(root, file), 'utf8')]),
)

interface Rule {
  readonly name: string
  readonly violations: (sources: Sources) => string[]
  readonly planted: Readonly<Record<string, string>>
  readonly found: readonly string[]
}

const rules: readonly Rule[] = [
  {
    name: 'every room has a floor',
    violations: missingFloors,
    planted: { 'attic/box.ts': '', 'cellar.ts': '', 'http/status.ts': '' },
    found: ['attic has no floor', 'cellar.ts has no floor'],
  },
  {
    name: 'imports point down',
    violations: upwardImports,
    planted: {
      'http/status.ts': `import type { App } from '../app.ts'\n`,
      'schema/node.ts': `import {\n  a,\n  b,\n} from '../http/status.ts'\n`,
      'app.ts': `import { status } from './http/status.ts'\nimport './context.ts'\n`,
      'context.ts': `export { dispatch } from './dispatch.ts'\nconst late = () => import('./app.ts')\n`,
      'node/write.ts': `import { text } from './text.ts'\nimport { z } from 'zod'\n`,
    },
    found: [
      'http/status.ts imports app.ts',
      'schema/node.ts imports http/status.ts',
      'context.ts imports dispatch.ts',
      'context.ts imports app.ts',
    ],
  },
  {
    name: 'no cycles, type imports included',
    violations: cycles,
    planted: {
      'http/a.ts': `import type { B } from './b.ts'\n`,
      'http/b.ts': `import { c } from './c.ts'\n`,
      'http/c.ts': `import { a } from './a.ts'\nimport { d } from './d.ts'\n`,
      'http/d.ts': `/** import('./a.ts') in a comment is not an import. */\n`,
    },
    found: ['http/a.ts → http/b.ts → http/c.ts → http/a.ts'],
  },
  {
    name: 'files are short',
    violations: longFiles,
    planted: { 'http/a.ts': '\n'.repeat(300) + 'x', 'http/b.ts': '\n'.repeat(200) + 'x' },
    found: ['http/a.ts has 301 lines', 'the median file has 301 lines'],
  },
  {
    name: 'only rooms for Node import from Node',
    violations: nodeImports,
    planted: { 'http/a.ts': `import { createHash } from 'node:crypto'\n`, 'node/a.ts': `import { createServer } from 'node:http'\n` },
    found: ['http/a.ts imports node:crypto'],
  },
  {
    name: 'names say something',
    violations: namelessFiles,
    planted: { 'http/utils.ts': '', 'helpers/a.ts': '', 'contract/types.ts': '', 'http/media-type.ts': '' },
    found: ['http/utils.ts', 'helpers/a.ts', 'contract/types.ts'],
  },
  {
    name: 'exports are listed one by one',
    violations: starExports,
    planted: { 'http/a.ts': `export * from './b.ts'\n`, 'http/b.ts': `export { a } from './a.ts'\n` },
    found: ['http/a.ts'],
  },
  {
    name: 'each file begins with what it is for',
    violations: filesWithoutSentence,
    planted: {
      'http/a.ts': `import { b } from './b.ts'\n`,
      'http/b.ts': `/** Says what it is. */\nexport const b = 1\n`,
      'http/c.ts': `/** */\n`,
      'cli/index.ts': `#!/usr/bin/env node\n/** The command. */\n`,
    },
    found: ['http/a.ts', 'http/c.ts'],
  },
]

for (const { name, violations, planted, found } of rules) {
  describe(name, () => {
    test('in src', () => assert.deepEqual(violations(sources), []))
    test('a planted violation is found', () => assert.deepEqual(violations(new Map(Object.entries(planted))), found))
  })
}
