/** An operation → the form that sends it: a field for each parameter, and the body in each of its media types. Scripts show and send it. */
import type { JSONSchema } from '../../schema/json-schema/keywords.ts'
import type { OpenAPIDocument } from '../document.ts'
import type { MediaTypeObject } from '../content.ts'
import type { ParameterObject } from '../parameters.ts'
import { nameOf, toExample, toTextValue, type Schemas } from './example.ts'
import type { ShownOperation } from './groups.ts'
import { html, type HTML } from './html.ts'

/** Hidden until a script shows it: without scripts it could send nothing. */
export function toSendForm({ method, path, operation }: ShownOperation, { components }: OpenAPIDocument): HTML {
  const schemas = components.schemas ?? {}
  const { parameters = [], requestBody } = operation
  const contents = Object.entries(requestBody?.content ?? {})
  return html`<form
    class="send"
    data-method="${method}"
    data-path="${path}"
    data-security="${JSON.stringify(operation.security ?? [])}"
    hidden
  >
    ${parameters.map((parameter) => toParameterField(parameter, schemas))}
    ${
      contents.length < 2
        ? undefined
        : html`<label
            >Media type
            <select class="media-type">
              ${contents.map(([type]) => html`<option>${type}</option>`)}
            </select></label
          >`
    }
    ${contents.map(([type, media], index) => toBodyField(type, media, schemas, index === 0))}
    <p class="buttons"><button type="submit">Send</button><button type="button" class="cancel" hidden>Cancel</button></p>
    <output></output>
  </form>`
}

function toParameterField({ name, in: location, required = false, schema, description }: ParameterObject, schemas: Schemas): HTML {
  return toField({ name, schema, required, attributes: html` data-in="${location}" title="${description}"` }, schemas)
}

function toBodyField(type: string, { schema = {} }: MediaTypeObject, schemas: Schemas, isFirst: boolean): HTML {
  return html`<fieldset data-media="${type}" ${isFirst ? undefined : 'hidden'}>
    <legend>${type}</legend>
    ${toEditor(type, schema, schemas)}
  </fieldset>`
}

function toEditor(type: string, schema: JSONSchema, schemas: Schemas): HTML | readonly HTML[] {
  if (isForm(type)) {
    const { properties = {}, required = [] } = resolve(schema, schemas)
    return Object.entries(properties).map(([name, property]) =>
      toField({ name, schema: property, required: required.includes(name), attributes: html` data-in="form"` }, schemas),
    )
  }
  const isText = type.endsWith('json') || type.startsWith('text/')
  if (!isText) return html`<input type="file" data-in="body" aria-label="Body" />`
  const example = toExample(schema, schemas)
  const shown = type.endsWith('json') ? (JSON.stringify(example, null, 2) ?? '') : toTextValue(example)
  return html`<textarea data-in="body" rows="${Math.min(14, shown.split('\n').length + 1)}" spellcheck="false" aria-label="Body">
${shown}</textarea>`
}

function isForm(type: string): boolean {
  return type === 'multipart/form-data' || type === 'application/x-www-form-urlencoded'
}

interface Field {
  readonly name: string
  readonly schema: JSONSchema
  readonly required: boolean
  readonly attributes: HTML
}

function toField({ name, schema: given, required, attributes }: Field, schemas: Schemas): HTML {
  const schema = resolve(given, schemas)
  const isList = schema.type === 'array'
  const item = isList && typeof schema.items === 'object' ? resolve(schema.items, schemas) : schema
  const common = html` name="${name}"${attributes} ${isList ? 'data-list' : undefined} ${required ? 'required' : undefined}`
  return html`<label
    ><code class="name">${name}${required ? undefined : html`<span class="optional">?</span>`}</code
    >${toControl({ schema: item, isList, required }, common, schemas)}</label
  >`
}

interface Control {
  readonly schema: JSONSchema
  readonly isList: boolean
  readonly required: boolean
}

function toControl({ schema, isList, required }: Control, common: HTML, schemas: Schemas): HTML {
  if (schema.contentMediaType !== undefined && schema.contentSchema === undefined)
    return html`<input type="file" ${isList ? 'multiple' : undefined} ${common} />`
  const choices = schema.enum ?? (schema.type === 'boolean' ? [true, false] : undefined)
  if (choices !== undefined && !isList) {
    const options = [...(required ? [] : ['']), ...choices.map(toTextValue)]
    return html`<select ${common}>
      ${options.map((option) => html`<option>${option}</option>`)}
    </select>`
  }
  const example = toTextValue(toExample(schema, schemas))
  const isSecret = schema.format === 'password'
  return html`<input
    type="${isSecret ? 'password' : 'text'}"
    autocomplete="off"
    placeholder="${isList ? `${example}, …` : example}"
    value="${required && !isSecret ? example : undefined}"
    ${common}
  />`
}

function resolve(schema: JSONSchema, schemas: Schemas): JSONSchema {
  const found = schema.$ref === undefined ? schema : (schemas[nameOf(schema.$ref)] ?? {})
  const some = (found.anyOf ?? found.oneOf)?.find(({ type }) => type !== 'null')
  return some === undefined ? found : resolve(some, schemas)
}
