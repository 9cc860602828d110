/** Path templates: OpenAPI's `{name}` for one segment, RFC 6570's `{+name}` for a rest that takes slashes. */
import { normalizePath } from '../http/request-url.ts'
import { DeclarationError } from '../schema/declaration-error.ts'

export interface PathTemplate {
  /** As it stands in the document: `/files/{path}`. */
  readonly path: string
  readonly names: readonly string[]
  /** In the router's own pattern language, parameters by their place. */
  readonly pattern: string
  /** The same for all templates that match the same paths. */
  readonly shape: string
}

const SEGMENT = /^(?:\{(\+?)([A-Za-z_][\w-]*)\}|([^{}?#\s]*))$/

/** Throws a `DeclarationError` for a template that is not a path. */
export function parseTemplate(template: string): PathTemplate {
  const fail = (what: string, fix: string): never => {
    throw new DeclarationError('PATH_TEMPLATE', template === '' ? "''" : template, what, fix)
  }
  if (!template.startsWith('/')) fail('a path template begins with a slash', 'Write it as it stands in the document, such as /users/{id}')
  const segments = template.slice(1).split('/')
  const parts = segments.map((segment, index) => {
    const match = SEGMENT.exec(segment)
    if (match === null)
      return fail('a segment is neither text nor one parameter', 'Write {name} for one segment, {+name} for the rest of the path')
    const [, plus, name, text = ''] = match
    if (name === '__proto__') fail('a parameter cannot have this name', 'Give it another')
    if (plus === '+' && index !== segments.length - 1) fail('{+name} takes the rest of the path', 'Put it last')
    if (name === undefined) {
      if (text === '' && index !== segments.length - 1) fail('a segment is empty', 'Write one slash between two segments')
      const literal = encodeLiteral(text)
      if (literal === undefined) return fail('a percent escape is malformed', 'Write % as %25')
      if (literal === '.' || literal === '..') fail('clients resolve such a segment before they ask', 'Leave it out')
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

/** Requests come percent-encoded: so are the template's literal segments compared. `undefined` if an escape is malformed. */
function encodeLiteral(text: string): string | undefined {
  return normalizePath(encodeURI(text).replaceAll('%25', '%'))
}

/** What the router would take for its own syntax. */
function escapePattern(text: string): string {
  return text.replace(/[:*()\\+?]/g, '\\$&')
}
