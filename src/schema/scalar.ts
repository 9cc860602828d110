/** Scalars that JSON or text has no type for: how their form on the wire is read, and the issue where that fails. */
import type { InputIssue } from './issue.ts'
import type { Node } from './node.ts'
import { isLeaf } from './walk-node.ts'
import { parseBase64, parseBigInteger, parseBoolean, parseInstant, parseInteger, parseNumber, parseURL } from './parse-scalar.ts'

export interface ScalarReader {
  /** `undefined` where the text has none of its forms. */
  readonly parse: (text: string) => unknown
  /** What JSON has for it other than text. */
  readonly accepts?: (json: unknown) => unknown
  /** `code` and `message` of the issue where the text can't be read. */
  readonly code: string
  readonly message: string
}

const INTEGER: ScalarReader = { parse: parseInteger, code: 'int_parsing', message: 'Input should be a valid integer' }
const NUMBER: ScalarReader = { parse: parseNumber, code: 'float_parsing', message: 'Input should be a valid number' }
const BOOLEAN: ScalarReader = { parse: parseBoolean, code: 'bool_parsing', message: 'Input should be a valid boolean' }
const BIG_INTEGER: ScalarReader = {
  ...INTEGER,
  parse: parseBigInteger,
  accepts: (json) => (Number.isInteger(json) ? BigInt(json as number) : json),
}
const DATE: ScalarReader = { parse: parseInstant, code: 'datetime_parsing', message: 'Input should be a valid date and time' }
const BYTES: ScalarReader = { parse: parseBase64, code: 'bytes_parsing', message: 'Input should be valid base64' }
const LINK: ScalarReader = { parse: parseURL, code: 'url_parsing', message: 'Input should be a valid URL' }

/** `undefined` for strings, which are text already, and for what is no scalar. */
export function scalarReader(node: Node): ScalarReader | undefined {
  if (!isLeaf(node)) return undefined
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
    case 'any':
    case 'null':
    case 'undefined':
    case 'never':
    case 'string':
    case 'file':
    case 'literal':
      return undefined
    default:
      return node satisfies never
  }
}

export function toIssue({ code, message }: ScalarReader, path: InputIssue['path']): InputIssue {
  return { path, code, message }
}
