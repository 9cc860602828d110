/** Path templates: OpenAPI's `{name}` matches one segment, RFC 6570's `{+name}` matches the rest of the path, slashes included. */
import { normalizePath } from '../http/request-url.ts'
import { DeclarationError } from '../schema/declaration-error.ts'

export interface PathTemplate {
  /** As the OpenAPI document has it: `/files/{path}`. */
  readonly path: string
  readonly names: readonly string[]
  /** In rou3's syntax, with parameters named by their position. */
  readonly pattern: string
  /** The same for all templates that match the same paths. */
  readonly shape: string
}

const SEGMENT = /^(?:\{(\+?)([A-Za-z_][\w-]*)\}|([^{}?#\s]*))$/

/** A parameter as Express and Hono write it. As text it would match no request that its author thinks of. */
const OTHER_PARAMETER = /^(?::[A-Za-z_]\w*|\*\w*|\*\*\w*)$/

let last: readonly [template: string, parsed: PathTemplate] | undefined

/** Throws a `DeclarationError` for a template that is not a path. The last one is kept: a route that is added asks for its own several times. */
export function parseTemplate(template: string): PathTemplate {
  if (last?.[0] !== template) last = [template, parse(template)]
  return last[1]
}

function parse(template: string): PathTemplate {
  const fail = (what: string, fix: string): never => {
    throw new DeclarationError('PATH_TEMPLATE', template === '' ? "''" : template, what, fix)
  }
  if (!template.startsWith('/')) fail('a path template begins with a slash', 'Write it as in OpenAPI, such as /users/{id}')
  const segments = template.slice(1).split('/')
  const parts = segments.map((segment, index) => {
    const match = SEGMENT.exec(segment)
    if (match === null)
      return fail('a segment must be text or one parameter', 'Write {name} for one segment, {+name} for the rest of the path')
    const [, plus, name, text = ''] = match
    if (name === '__proto__') fail('a parameter cannot have this name', 'Give it another')
    if (plus === '+' && index !== segments.length - 1) fail('{+name} matches the rest of the path', 'Put it last')
    if (name === undefined) {
      if (OTHER_PARAMETER.test(text))
        return fail(`${text} is not a parameter here`, 'Write {name} for one segment, {+name} for the rest of the path')
      if (text === '' && index !== segments.length - 1) fail('a segment is empty', 'Write one slash between two segments')
      const literal = encodeLiteral(text)
      if (literal === undefined) return fail('a percent escape is malformed', 'Write % as %25')
      if (literal === '.' || literal === '..') fail('clients resolve the segments . and .. before they send the request', 'Leave it out')
      return { pattern: escapePattern(literal), shape: literal, path: text, names: [] }
    }
    return plus === '+'
      ? { pattern: '**:rest', shape: '{+}', path: `{${name}}`, names: [name] }
      : { pattern: `:p${index}`, shape: '{}', path: `{${name}}`, names: [name] }
  })
  const names = parts.flatMap((part) => part.names)
  if (new Set(names).size !== names.length) fail('a parameter occurs twice', 'Give each its own name')
  const join = (key: 'pattern' | 'shape' | 'path') => `/${parts.map((part) => part[key]).join('/')}`
  return { path: join('path'), names, pattern: join('pattern'), shape: join('shape') }
}

/** Percent-encodes a literal segment, because it is compared with the encoded path of a request. `undefined` if an escape is malformed. */
function encodeLiteral(text: string): string | undefined {
  return normalizePath(encodeURI(text).replaceAll('%25', '%'))
}

/** Escapes the characters that have a meaning in rou3's patterns. */
function escapePattern(text: string): string {
  return text.replace(/[:*()\\+?]/g, '\\$&')
}
