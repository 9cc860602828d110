/** Renders the form that sends an operation: a field for each parameter, and the body in each of its media types. */
import type { JSONSchema } from '../../schema/json-schema/keywords.ts'
import type { MediaTypeObject } from '../content.ts'
import type { OpenAPIDocument } from '../document.ts'
import type { ParameterObject } from '../parameters.ts'
import type { RequestBodyObject } from '../request-body.ts'
import {
  isFile,
  isForm,
  isJSON,
  isText,
  mediaTypeOfFile,
  resolve,
  schemaOf,
  toExample,
  toMediaExample,
  toTextExample,
  toTextValue,
  type Schemas,
} from './example.ts'
import type { ShownOperation } from './groups.ts'
import { html, type HTML } from './html.ts'
import { toShownResponses } from './response.ts'

/** A script shows and sends the form. Without scripts it stays hidden, because it can't send anything. */
export function toSendForm({ method, path, operation }: ShownOperation, document: OpenAPIDocument): HTML {
  const schemas = document.components.schemas ?? {}
  const { parameters = [], requestBody, security = [] } = operation
  return html`<form class="send" data-method="${method}" data-path="${path}" data-security="${JSON.stringify(security)}" hidden>
    ${noteOnMethod(method, requestBody)} ${parameters.map((parameter) => toParameterFields(parameter, schemas))}
    ${toAcceptChoice({ operation, document })} ${requestBody && toBody(requestBody, schemas)}
    <p class="buttons"><button type="submit">Send</button><button type="button" class="cancel" hidden>Cancel</button></p>
    <output aria-live="polite"></output>
  </form>`
}

/** Explains which requests `fetch` refuses (https://fetch.spec.whatwg.org/#methods). */
function noteOnMethod(method: string, body: RequestBodyObject | undefined): HTML | undefined {
  if (['CONNECT', 'TRACE', 'TRACK'].includes(method)) return html`<p class="note">Browsers don't send ${method}. Use the curl command.</p>`
  if (body === undefined || (method !== 'GET' && method !== 'HEAD')) return undefined
  return html`<p class="note">Browsers send no body with ${method}. Use the curl command to send one.</p>`
}

/** If the response has several media types, `Accept` selects one. */
function toAcceptChoice({ operation, document }: { operation: ShownOperation['operation']; document: OpenAPIDocument }): HTML | undefined {
  const success = toShownResponses(operation, document).find(({ status }) => status.startsWith('2'))
  const types = Object.keys(success?.content ?? {})
  if (types.length < 2) return undefined
  return html`<label
    ><code class="name">Accept</code>
    <select name="Accept" data-in="header" autocomplete="off">
      ${['', ...types].map((type) => html`<option>${type}</option>`)}
    </select></label
  >`
}

function toBody({ content, required = false }: RequestBodyObject, schemas: Schemas): HTML {
  const contents = Object.entries(content)
  return html`${
    contents.length < 2
      ? undefined
      : html`<label
          ><span>Media type</span>
          <select class="media-type" autocomplete="off">
            ${contents.map(([type]) => html`<option>${type}</option>`)}
          </select></label
        >`
  }${contents.map(
    ([type, media], index) =>
      html`<fieldset data-media="${type}" ${index === 0 ? undefined : 'hidden'}>
        <legend>${type}${required ? undefined : ' (optional: empty sends no body)'}</legend>
        ${toEditor(type, media, schemas)}
      </fieldset>`,
  )}`
}

function toEditor(type: string, media: MediaTypeObject, schemas: Schemas): HTML | readonly HTML[] {
  if (isForm(type)) return toFormFields(resolve(schemaOf(media, schemas), schemas), schemas)
  if (!isText(type)) return html`<input type="file" data-in="body" aria-label="Body" />`
  const text = isJSON(type)
    ? (JSON.stringify(toMediaExample(media, schemas), null, 2) ?? '')
    : toTextExample(type, media.schema === undefined ? '' : toMediaExample(media, schemas))
  return html`${toExampleChoice(type, media, schemas)}<textarea
      data-in="body"
      rows="${Math.min(16, text.split('\n').length + 1)}"
      spellcheck="false"
      aria-label="Body"
    >
${text}</textarea>`
}

/** The named examples of the body. A script copies the selected one into the editor. */
function toExampleChoice(type: string, { examples = {}, schema = {} }: MediaTypeObject, schemas: Schemas): HTML | undefined {
  const named = Object.entries(examples).flatMap(([name, example]) =>
    'value' in example ? [[example.summary ?? name, example.value] as const] : [],
  )
  if (named.length < 2) return undefined
  const write = (value: unknown) =>
    isJSON(type) ? JSON.stringify(value ?? toExample(schema, schemas), null, 2) : toTextExample(type, value)
  return html`<label
    ><span>Example</span>
    <select class="example" autocomplete="off">
      ${named.map(([name, value]) => html`<option value="${write(value)}">${name}</option>`)}
    </select></label
  >`
}

interface Field {
  readonly name: string
  /** References are resolved. */
  readonly schema: JSONSchema
  readonly required: boolean
  readonly location: 'path' | 'query' | 'header' | 'cookie' | 'form'
  readonly description: string | undefined
}

/** With the style `deepObject`, a member of an object is named `filter[status]`. With `form`, each member is a separate parameter. */
function toParameterFields(parameter: ParameterObject, schemas: Schemas): readonly HTML[] {
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

function toFormFields({ properties = {}, required = [] }: JSONSchema, schemas: Schemas): readonly HTML[] {
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
  const note = noteOnField(field)
  return html`<label title="${description}"
    ><code class="name">${name}${required ? undefined : html`<span class="optional">?</span>`}</code>
    ${toControl({ ...field, schema: item }, isList, schemas)}${note === undefined ? undefined : html`<span class="note">${note}</span>`}</label
  >`
}

function toControl({ name, schema, required, location }: Field, isList: boolean, schemas: Schemas): HTML {
  const common = html` name="${name}" data-in="${location}"
  autocomplete="off"${isList ? ' data-list' : undefined}${required ? ' required' : undefined}`
  if (isFile(schema, schemas)) {
    return html`<input type="file" accept="${mediaTypeOfFile(schema)}" ${isList ? ' multiple' : undefined}${common} />`
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

function noteOnField({ location, name }: Field): string | undefined {
  if (location === 'cookie') return 'The page can set a cookie only for its own origin.'
  return location === 'header' && FORBIDDEN.test(name) ? 'Browsers don’t let a page set this header. Use the curl command.' : undefined
}
