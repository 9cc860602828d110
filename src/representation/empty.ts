/** No content: 204, 205 and 304 as RFC 9110 §15 says, or an answer of header fields alone. */
import { ModelError } from '../schema/model-error.ts'
import type { Representation } from './representation.ts'

export function empty(): Representation<void | undefined> {
  return {
    kind: 'empty',
    mediaType: undefined,
    content: {},
    compile: () => (_reply, value) => {
      if (value !== undefined && value !== null) throw ModelError.at([], 'nothing', value)
    },
  }
}
