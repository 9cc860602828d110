/** Renders the fields of a parameter or a form property: one for a value, or one for each member of an object. */
import type { JSONSchema } from '../../schema/json-schema/keywords.ts'
import type { ParameterObject } from '../parameters.ts'
import { isFile, resolve, toExample, toTextValue, type Schemas } from './example.ts'
import { html, type HTML } from './html.ts'

interface Field {
  readonly name: string
  /** References are resolved. */
  readonly schema: JSONSchema
  readonly required: boolean
  readonly location: 'path' | 'query' | 'header' | 'cookie' | 'form'
  readonly description: string | undefined
}

/** With the style `deepObject`, a member of an object is named `filter[status]`. With `form`, each member is a separate parameter. */
export function toParameterFields(parameter: ParameterObject, schemas: Schemas): readonly HTML[] {
  const { name, in: location, required = false, description, style } = parameter
  const schema = resolve(parameter.schema, schemas)
  const { properties = {}, required: needed = [], additionalProperties } = schema
  if (schema.type !== 'object' || location !== 'query') return [toField({ name, schema, required, location, description }, schemas)]
  const nameOf = (member: string) => (style === 'deepObject' ? `${name}[${member}]` : member)
  const members = Object.entries(properties).map(([member, property]) =>
    toField(
      {
        name: nameOf(member),
        schema: resolve(property, schemas),
        required: required && needed.includes(member),
        location,
        description: property.description,
      },
      schemas,
    ),
  )
  return additionalProperties === undefined || additionalProperties === false
    ? members
    : [...members, toMembers(name, style === 'deepObject' ? name : '')]
}

export function toFormFields({ properties = {}, required = [] }: JSONSchema, schemas: Schemas): readonly HTML[] {
  return Object.entries(properties).map(([name, property]) =>
    toField(
      {
        name,
        schema: resolve(property, schemas),
        required: required.includes(name),
        location: 'form',
        description: property.description,
      },
      schemas,
    ),
  )
}

/** A field for members with arbitrary names. */
function toMembers(label: string, prefix: string): HTML {
  return html`<label
    ><code class="name">${label}<span class="optional">?</span></code>
    <textarea rows="2" data-in="query" data-members="${prefix}" placeholder="name=value, one per line" spellcheck="false"></textarea>
  </label>`
}

function toField(field: Field, schemas: Schemas): HTML {
  const { name, schema, required, description } = field
  const isList = schema.type === 'array'
  const item = isList && typeof schema.items === 'object' ? resolve(schema.items, schemas) : schema
  const note = noteOf(field)
  return html`<label title="${description}"
    ><code class="name">${name}${required ? undefined : html`<span class="optional">?</span>`}</code>
    ${toControl({ ...field, schema: item }, isList, schemas)}${note === undefined ? undefined : html`<span class="note">${note}</span>`}</label
  >`
}

function toControl({ name, schema, required, location }: Field, isList: boolean, schemas: Schemas): HTML {
  const common = html` name="${name}" data-in="${location}"
  autocomplete="off"${isList ? ' data-list' : undefined}${required ? ' required' : undefined}`
  if (isFile(schema, schemas)) {
    const { contentMediaType = '' } = schema
    const accept = contentMediaType === 'application/octet-stream' ? '' : contentMediaType
    return html`<input type="file" accept="${accept}" ${isList ? ' multiple' : undefined}${common} />`
  }
  const choices = schema.enum ?? (schema.type === 'boolean' ? [true, false] : undefined)
  if (choices !== undefined) {
    const options = [...(required || isList ? [] : ['']), ...choices.map(toTextValue)]
    const size = isList ? html` multiple size="${Math.min(4, options.length)}"` : undefined
    return html`<select${size}${common}>
      ${options.map((option) => html`<option>${option}</option>`)}
    </select>`
  }
  const example = toTextValue(toExample(schema, schemas))
  if (isList) {
    return html`<textarea rows="2" placeholder="one value per line: ${example}" spellcheck="false" ${common}>
${required ? example : undefined}</textarea>`
  }
  if (schema.type === 'object' || schema.contentSchema !== undefined) {
    return html`<textarea rows="3" placeholder="${example}" spellcheck="false" ${common}>${required ? example : undefined}</textarea>`
  }
  const isSecret = schema.format === 'password'
  return html`<input
    type="${isSecret ? 'password' : 'text'}"
    placeholder="${example}"
    value="${required && !isSecret ? example : undefined}"
    ${common}
  />`
}

/** Names that `fetch` can't set (https://fetch.spec.whatwg.org/#forbidden-request-header). */
const FORBIDDEN =
  /^(?:accept-charset|accept-encoding|access-control-request-.*|connection|content-length|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer|transfer-encoding|upgrade|via|proxy-.*|sec-.*)$/i

function noteOf({ location, name }: Field): string | undefined {
  if (location === 'cookie') return 'The page can set a cookie only for its own origin.'
  return location === 'header' && FORBIDDEN.test(name) ? 'Browsers don’t let a page set this header. Use the curl command.' : undefined
}
