/** Snapshots of the code that is generated for each kind of node. Stores of static text are shown as the text. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { z } from 'zod'
import { lower } from '../../../src/schema/encode/plan/lower.ts'
import { printProject } from '../../../src/schema/encode/project/print.ts'
import { printSlab } from '../../../src/schema/encode/slab/print.ts'
import { readModel } from '../../../src/schema/read-model.ts'

const Tree = z
  .object({
    name: z.string(),
    get kids() {
      return z.array(Tree)
    },
  })
  .meta({ id: 'GeneratedTree' })

const models: Readonly<Record<string, z.ZodType>> = {
  user: z.object({ id: z.int(), email: z.email(), name: z.string().max(80), created_at: z.date() }),
  scalars: z.object({
    a: z.boolean(),
    b: z.number().min(0).max(9.5),
    c: z.null(),
    d: z.bigint(),
    e: z.int64(),
    f: z.literal('only'),
    g: z.enum(['x', 'y']),
  }),
  absence: z.object({ a: z.string().optional(), b: z.int().nullable(), c: z.int().default(7), d: z.any() }),
  array: z.array(z.int()).max(10),
  tuple: z.tuple([z.int(), z.string()], z.boolean()),
  record: z.record(z.string(), z.int()),
  'tagged union': z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('cat'), meow: z.int() }),
    z.object({ kind: z.literal('dog'), bark: z.int() }),
  ]),
  'ranked union': z.union([z.object({ a: z.int() }), z.object({ a: z.int(), b: z.int() }), z.string()]),
  intersection: z.object({ a: z.int() }).and(z.object({ b: z.int() })),
  recursive: Tree,
  codec: z.object({ n: z.codec(z.string(), z.int(), { decode: Number, encode: String }) }),
  island: z.object({
    n: z
      .string()
      .transform((value) => value.length)
      .pipe(z.int()),
  }),
  strict: z.strictObject({ a: z.int() }),
  loose: z.looseObject({ a: z.int() }),
}

function readable(code: string): string {
  return code.replaceAll(
    /^( *)\S.*; p \+= \d+ \/\/ (.*)$/gm,
    (_line, indent: string, text: string) => `${indent}« ${JSON.parse(text) as string} »`,
  )
}

function print(schema: z.ZodType): string {
  const plan = lower(readModel(schema))
  return `## project\n\n${printProject(plan).text}\n\n## slab\n\n${readable(printSlab(plan).text)}\n`
}

for (const [name, schema] of Object.entries(models)) {
  test(name, () => {
    const file = new URL(`generated/${name.replace(' ', '-')}.txt`, import.meta.url)
    const printed = print(schema)
    if (process.env['UPDATE_SNAPSHOTS'] !== undefined) writeFileSync(file, printed)
    assert.equal(printed, readFileSync(file, 'utf8'), 'if the change is meant, run with UPDATE_SNAPSHOTS=1 and read the diff')
  })
}
