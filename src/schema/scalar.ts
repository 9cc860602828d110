/** Which kinds of node hold what no JSON and no text can: how their wire form is read, and what is said when it is none. */
import type { InputIssue } from './issue.ts'
import type { Node } from './node.ts'
import { parseBase64, parseBigInteger, parseBoolean, parseInstant, parseInteger, parseNumber, parseURL } from './parse-scalar.ts'

export interface ScalarReader {
  readonly parse: (text: string) => unknown
  /** `code` and `message` where the text is none. */
  readonly code: string
  readonly message: string
}

const INTEGER: ScalarReader = { parse: parseInteger, code: 'int_parsing', message: 'Input should be a valid integer' }
const NUMBER: ScalarReader = { parse: parseNumber, code: 'float_parsing', message: 'Input should be a valid number' }
const BOOLEAN: ScalarReader = { parse: parseBoolean, code: 'bool_parsing', message: 'Input should be a valid boolean' }
const BIG_INTEGER: ScalarReader = { ...INTEGER, parse: parseBigInteger }
const DATE: ScalarReader = { parse: parseInstant, code: 'datetime_parsing', message: 'Input should be a valid date and time' }
const BYTES: ScalarReader = { parse: parseBase64, code: 'bytes_parsing', message: 'Input should be valid base64' }
const LINK: ScalarReader = { parse: parseURL, code: 'url_parsing', message: 'Input should be a valid URL' }

/** Text of a scalar → its value; `undefined` for nodes that text already is, or that are no scalar. */
export function scalarReader(node: Node): ScalarReader | undefined {
  switch (node.kind) {
    case 'number':
      return node.integer ? INTEGER : NUMBER
    case 'boolean':
      return BOOLEAN
    case 'bigint':
      return BIG_INTEGER
    case 'date':
      return DATE
    case 'bytes':
      return BYTES
    case 'url':
      return LINK
    default:
      return undefined
  }
}

export function toIssue({ code, message }: ScalarReader, path: InputIssue['path']): InputIssue {
  return { path, code, message }
}
