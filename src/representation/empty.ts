/** No content: for 204, 205 and 304 (RFC 9110 §15), or for a response with headers only. */
import { ModelError } from '../schema/model-error.ts'
import type { Representation } from './representation.ts'

/** No content, for 204, 205 and 304: the handler returns nothing. */
export function empty(): Representation<void | undefined> {
  return {
    kind: 'empty',
    mediaType: undefined,
    content: {},
    fromError: () => undefined,
    compile: () => (_reply, value) => {
      if (value !== undefined && value !== null) throw ModelError.at([], 'nothing', value)
    },
  }
}
