/** Text: `text/plain`, `text/html` and other media types whose content is one string, sent as UTF-8. */
import { z } from 'zod'
import { withCharset } from '../http/media-type.ts'
import { toOutput } from '../schema/encode/output.ts'
import { ModelError } from '../schema/model-error.ts'
import type { Representation } from './representation.ts'

export interface TextRepresentation extends Representation<string> {
  readonly '~input'?: string
}

const content = { schema: z.string() }

/** Default: `text/plain`. */
export function text(mediaType = 'text/plain'): TextRepresentation {
  return {
    kind: 'text',
    mediaType: withCharset(mediaType),
    content,
    compile: () => (reply, value) => {
      if (typeof value !== 'string') throw ModelError.at([], 'string', value)
      reply.body = toOutput(value)
    },
  }
}

export function html(): TextRepresentation {
  return text('text/html')
}
