/** The place that a writer adds code to: one function of one source. */
import type { Block, Source } from './source.ts'
import { MAX_DEPTH } from '../../json-text.ts'
import { TOO_DEEP } from '../values/trail.ts'

export interface Writing {
  readonly source: Source
  readonly block: Block
  /** The model refers to itself: each function takes its depth. */
  readonly recursive: boolean
}

/** The parameters of a function, or the arguments of a call to one; `undefined` ones are left out. */
export function list({ recursive }: Writing, ...names: readonly (string | undefined)[]): string {
  return [...names, recursive ? 'depth' : undefined].filter((name) => name !== undefined).join(', ')
}

/** The arguments of a call that goes one level deeper. */
export function deeper({ source, block }: Writing, ...names: readonly string[]): string {
  block.line(`if (depth >= ${MAX_DEPTH}) throw ${source.constant(TOO_DEEP, 'TOO_DEEP')}`)
  return [...names, 'depth + 1'].join(', ')
}
