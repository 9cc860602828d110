/** Encodes a value with every back end and compares the results. */
import assert from 'node:assert/strict'
import { ModelError } from '../../../src/schema/model-error.ts'
import { encodeCarefully } from '../../../src/schema/encode/closures/run.ts'
import { lower } from '../../../src/schema/encode/plan/lower.ts'
import { projectEncoder } from '../../../src/schema/encode/project/print.ts'
import { ELSEWHERE, SlabEncoder } from '../../../src/schema/encode/slab/encoder.ts'
import { getSlab } from '../../../src/schema/encode/slab/memory.ts'
import type { Node } from '../../../src/schema/node.ts'
import { readModel } from '../../../src/schema/read-model.ts'
import type { AnySchema } from '../../../src/schema/schema.ts'

/** Returns JSON text, or `undefined` for a value that breaks its model. */
export type Way = (value: unknown) => string | undefined

export const WAYS = ['closures', 'project', 'slab'] as const

export function everyWay(model: Node | AnySchema): Readonly<Record<(typeof WAYS)[number], Way>> {
  const node = '~standard' in model ? readModel(model) : model
  const project = projectEncoder(lower(node))
  const slab = SlabEncoder.of(lower(node), getSlab()!)!
  return {
    closures(value) {
      try {
        return encodeCarefully(node, value)
      } catch (error) {
        if (error instanceof ModelError) return undefined
        throw error
      }
    },
    project,
    slab(value) {
      const output = slab.encode(value)
      assert.notEqual(output, ELSEWHERE)
      return typeof output === 'object' ? Buffer.from(output).toString() : (output as string | undefined)
    },
  }
}

/** The text that all back ends return. */
export function encodeEveryWay(model: Node | AnySchema, value: unknown): string | undefined {
  const ways = everyWay(model)
  const texts = WAYS.map((way) => ways[way](value))
  assert.equal(texts[1], texts[0], 'project as closures')
  assert.equal(texts[2], texts[0], 'slab as closures')
  return texts[0]
}
