/** An operation → the command that calls it. */
import type { JSONSchema } from '../../schema/json-schema/keywords.ts'
import type { OperationObject } from '../operation.ts'
import { toCredentials, type Schemes } from './authorize.ts'
import type { ShownOperation } from './groups.ts'
import { nameOf, toExample, toTextValue, type Schemas } from './example.ts'
import { join, verbatim, type Content, type HTML } from './html.ts'

/** What is needed, and nothing else. `{base}` stands for where the API is served, until the page knows. */
export function toCurl({ method, path, operation }: ShownOperation, schemas: Schemas, schemes: Schemes = {}): HTML {
  const credentials = toCredentials(operation, schemes)
  const { parameters = [], requestBody, responses } = operation
  const needed = parameters.filter(({ required }) => required)
  const valueOf = (schema: JSONSchema) => toTextValue(toExample(schema, schemas))
  const filled = needed
    .filter((parameter) => parameter.in === 'path')
    .reduce((template, { name, schema }) => template.replace(`{${name}}`, encodeURIComponent(valueOf(schema))), path)
  const query = needed
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, schema }) => `${encodeURIComponent(name)}=${encodeURIComponent(valueOf(schema))}`)
  const cookies = needed.filter((parameter) => parameter.in === 'cookie').map(({ name, schema }) => `${name}=${valueOf(schema)}`)
  const url = `${filled}${query.length === 0 ? '' : `?${query.join('&')}`}`
  const isStream = Object.values(responses).some(
    (response) => 'content' in response && response.content?.['text/event-stream'] !== undefined,
  )
  const lines: Content[] = [
    verbatim`curl${isStream ? ' -N' : ''}${method === 'GET' ? '' : ` -X ${method}`} <span class="text">'<span class="base">{base}</span>${quoted(url)}${credentials.query && verbatim`${query.length === 0 ? '?' : '&'}${credentials.query}`}'</span>`,
    ...needed.filter((parameter) => parameter.in === 'header').map(({ name, schema }) => flag('-H', `${name}: ${valueOf(schema)}`)),
    ...(cookies.length === 0 ? [] : [flag('-b', cookies.join('; '))]),
    ...credentials.flags.map(([name, value]) => verbatim`${name} <span class="text">'${value}'</span>`),
    ...(requestBody === undefined ? [] : toBody(requestBody.content, schemas)),
  ]
  return verbatim`${join(lines, ' \\\n  ')}`
}

function toBody(content: NonNullable<OperationObject['requestBody']>['content'], schemas: Schemas): readonly Content[] {
  const [[type, { schema = {} }] = ['', {}]] = Object.entries(content)
  if (type === 'multipart/form-data') return formFields(schema, schemas).map(([name, value]) => flag('-F', `${name}=${value}`))
  if (type === 'application/x-www-form-urlencoded')
    return formFields(schema, schemas).map(([name, value]) => flag('-d', `${name}=${value}`))
  const contentType = flag('-H', `Content-Type: ${type}`)
  if (type.endsWith('json')) return [contentType, flag('-d', JSON.stringify(toExample(schema, schemas), null, 2) ?? '')]
  return [contentType, type.startsWith('text/') ? flag('-d', toTextValue(toExample(schema, schemas))) : flag('--data-binary', '@file')]
}

function formFields(schema: JSONSchema, schemas: Schemas): readonly (readonly [name: string, value: string])[] {
  const { properties = {}, required = [] } = (schema.$ref === undefined ? schema : schemas[nameOf(schema.$ref)]) ?? {}
  return Object.entries(properties)
    .filter(([name]) => required.includes(name))
    .map(([name, property]) => [name, property.contentMediaType === undefined ? toTextValue(toExample(property, schemas)) : '@file'])
}

function flag(name: string, value: string): HTML {
  return verbatim`${name} <span class="text">'${quoted(value)}'</span>`
}

/** Inside of single quotes a shell takes all but them as it stands. */
function quoted(text: string): string {
  return text.replaceAll("'", String.raw`'\''`)
}
