/** Text: `text/plain`, `text/html` and other media types whose content is one string, sent as UTF-8. */
import { withCharset } from '../http/media-type.ts'
import { toOutput } from '../schema/encode/output.ts'
import { ModelError } from '../schema/model-error.ts'
import { NUL, nulIssue } from '../schema/nul.ts'
import { readingText } from './content.ts'
import type { BodyReading, ReadableRepresentation } from './representation.ts'

/** What `text()` and `html()` return. */
export interface TextRepresentation extends ReadableRepresentation<string, string> {
  readonly kind: 'text'
}

/** One shared object, so that the OpenAPI document describes several text responses of a status once. */
const content = { form: { type: 'string' } }

const readText = readingText((value) => (value.includes(NUL) ? { issues: [nulIssue([])] } : { value }))

const reading: BodyReading = { isText: true, compile: () => readText }

/**
 * Text of a media type. The handler returns a string. Default: `text/plain`. An error is sent as its `detail`, if that is a string. As a
 * request body it must not contain U+0000: `bytes()` takes that too.
 */
export function text(mediaType = 'text/plain'): TextRepresentation {
  return {
    kind: 'text',
    mediaType: withCharset(mediaType),
    content,
    reading,
    fromError: ({ detail }) => detail,
    compileText: () => toText,
    compile: () => (reply, value) => {
      reply.content = toOutput(toText(value))
    },
  }
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value
  throw ModelError.at([], 'string', value)
}

/** Text of the media type `text/html`. */
export function html(): TextRepresentation {
  return text('text/html')
}
