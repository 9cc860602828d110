/** Renders the responses of an operation: one line for each status, which expands to its content, headers and examples. */
import { reasonPhrase } from '../../http/status.ts'
import type { JSONSchema } from '../../schema/json-schema/keywords.ts'
import type { ContentObject, MediaTypeObject } from '../content.ts'
import type { OpenAPIDocument } from '../document.ts'
import type { OperationObject } from '../operation.ts'
import type { ResponseObject } from '../responses.ts'
import { isJSON, isLines, nameOf, schemaOf, toExample, toMediaExample, toTextExample, type Schemas } from './example.ts'
import { html, join, verbatim, type Content, type HTML } from './html.ts'
import { inlineMarkdown } from './markdown.ts'
import { toFields, toModel, typeOf } from './schema.ts'

export interface ShownResponse extends ResponseObject {
  /** `200`, `4XX`, `default` */
  readonly status: string
  /** Whether it is a component that several operations share. */
  readonly isShared: boolean
}

export function toShownResponses({ responses }: OperationObject, { components }: OpenAPIDocument): readonly ShownResponse[] {
  return Object.entries(responses).map(([status, response]) => {
    if (!('$ref' in response)) return { ...response, status, isShared: false }
    const shared = components.responses?.[nameOf(response.$ref)] as ResponseObject | undefined
    return { ...(shared ?? { description: response.$ref }), status, isShared: true }
  })
}

/** Errors include examples of their bodies. The example of the success is beside the call instead. */
export function toResponse(response: ShownResponse, schemas: Schemas, isSuccess: boolean): HTML {
  const { status, isShared, description, headers = {}, content = {} } = response
  const heading = html`<span class="status s${status.charAt(0)}">${status}</span> <span class="what">${inlineMarkdown(description)}</span>
    <span class="of">${Object.values(content).slice(0, 1).map(typeOfMedia)}</span>`
  const fields = Object.entries(headers).map(([name, { required = false, ...header }]) => ({ ...header, name, required }))
  // A shared response links to its models instead of listing their properties.
  const isLinked = isShared && Object.values(content).every(({ schema }) => schema?.$ref !== undefined)
  const inside = [
    isLinked ? undefined : toContents(content, schemas),
    toPart('Headers', toFields(fields)),
    isSuccess ? undefined : toExamples(response, schemas),
  ].filter((part) => part !== undefined)
  if (inside.length === 0) return html`<div class="response">${heading}</div>`
  return html`<details class="response" ${isSuccess ? 'open' : undefined}>
    <summary>${heading}</summary>
    ${inside}
  </details>`
}

/** Lists each media type with its model. */
export function toContents(content: ContentObject, schemas: Schemas): HTML | undefined {
  const contents = Object.entries(content)
  if (contents.length === 0) return undefined
  return html`${contents.map(([type, media]) => {
    const item = itemOf(media)
    const model = item === undefined ? toModel(schemaOf(media, schemas), schemas) : toItems(item, schemas)
    return html`<div class="content"><span class="media">${type}</span> <span class="of">${typeOfMedia(media)}</span>${model}</div>`
  })}`
}

function typeOfMedia(media: MediaTypeObject): Content {
  const item = itemOf(media)
  if (item === undefined) return media.schema === undefined ? undefined : typeOf(media.schema)
  const events = toEvents(item)
  if (events === undefined) return [typeOf(item), ' per line']
  return events.length === 1 ? ['events of ', typeOf(dataOf(events[0]!))] : 'events'
}

/** The schema of one item of a stream. In OpenAPI 3.1 it is in an extension, where a reference is wrapped in `allOf`. */
function itemOf(media: MediaTypeObject): JSONSchema | undefined {
  const item = media.itemSchema ?? media['x-itemSchema']
  return item?.allOf?.length === 1 ? item.allOf[0] : item
}

type Event = Readonly<Record<'event' | 'data', JSONSchema>>

/** The items of a stream: the events by name, or the properties of the model if all items have the same one. */
function toItems(item: JSONSchema, schemas: Schemas): HTML | undefined {
  const events = toEvents(item)
  if (events === undefined) return toModel(item, schemas)
  const [first, ...others] = events
  if (others.length === 0 && nameOfEvent(first!) === undefined) return toModel(optionsOf(first!)[0]!, schemas)
  return toFields(events.map((event) => ({ name: nameOfEvent(event) ?? 'event', schema: dataOf(event), required: true })))
}

function nameOfEvent({ event }: Event): string | undefined {
  return typeof event.const === 'string' ? event.const : undefined
}

/** The schemas of an event's data, which may be JSON, text, or both. */
function optionsOf({ data }: Event): readonly JSONSchema[] {
  return (data.anyOf ?? [data]).map((option) => option.contentSchema ?? option)
}

function dataOf(event: Event): JSONSchema {
  const options = optionsOf(event)
  return options.length === 1 ? options[0]! : { anyOf: options }
}

function toEvents(item: JSONSchema): readonly Event[] | undefined {
  const all = (item.oneOf ?? [item]).map(({ properties = {} }) => properties)
  return all.every((properties): properties is Event => 'event' in properties && 'data' in properties) ? all : undefined
}

/** Renders one figure for each body that can be shown as text. An error with several codes has one for each code. */
export function toExamples(response: ShownResponse, schemas: Schemas): HTML | undefined {
  const { status, content = {} } = response
  const figures = Object.entries(content).flatMap(([type, media]) =>
    examplesOf(type, media, response, schemas).map(
      ([name, example]) =>
        html`<figure>
          <figcaption><span class="status s${status.charAt(0)}">${status}</span> <span class="media">${name ?? type}</span></figcaption>
          <pre tabindex="0"><code>${example}</code></pre>
        </figure>`,
    ),
  )
  return figures.length === 0 ? undefined : html`<div class="examples">${figures}</div>`
}

type Example = readonly [name: string | undefined, text: HTML]

function examplesOf(type: string, media: MediaTypeObject, response: ShownResponse, schemas: Schemas): readonly Example[] {
  const item = itemOf(media)
  if (item !== undefined) return toStreamExample(type, item, schemas)
  if (media.schema === undefined && media.examples === undefined) return []
  if (!isJSON(type)) return isLines(type) ? [[undefined, verbatim`${toTextExample(type, toMediaExample(media, schemas))}`]] : []
  const named = Object.entries(media.examples ?? {}).flatMap(([name, example]) =>
    'value' in example ? [[name, example.value] as const] : [],
  )
  if (named.length > 0) return named.map(([name, value]) => [name, highlightJSON(value)])
  const options = isDiscriminated(media.schema) ? media.schema.oneOf! : [media.schema!]
  return options.map((option, index) => [
    options.length > 1 ? nameOf(option.$ref ?? type) : undefined,
    highlightJSON(ofResponse(toExample(option, schemas) ?? null, response, index)),
  ])
}

/**
 * Replaces the placeholder values of an error by its status, the title of the status and its detail. The description of an error response
 * lists the details of its errors in the order of the options.
 */
function ofResponse(example: unknown, { status, description }: ShownResponse, option: number): unknown {
  if (typeof example !== 'object' || example === null || !/^[45]\d\d$/.test(status)) return example
  const known: Readonly<Record<string, unknown>> = {
    status: Number(status),
    title: reasonPhrase(Number(status)),
    detail: description.split('; ')[option] ?? description,
  }
  return Object.fromEntries(
    Object.entries(example).map(([name, value]) => [name, value === 'string' || value === 1 ? (known[name] ?? value) : value]),
  )
}

function isDiscriminated(schema: JSONSchema | undefined): schema is JSONSchema {
  return schema?.oneOf !== undefined && 'discriminator' in schema
}

function toStreamExample(type: string, item: JSONSchema, schemas: Schemas): readonly Example[] {
  const events = toEvents(item)
  if (events === undefined) return [[undefined, verbatim`${toTextExample(type, [toExample(item, schemas)])}`]]
  const lines = events.map((event) => {
    const name = nameOfEvent(event)
    const example = toExample(dataOf(event), schemas)
    const [{ contentSchema } = event.data] = event.data.anyOf ?? []
    const data = contentSchema === undefined && typeof example === 'string' ? example : JSON.stringify(example)
    return verbatim`${name === undefined || name === 'message' ? undefined : verbatim`<span class="key">event:</span> ${name}\n`}<span class="key">data:</span> ${data}\n\n`
  })
  return [[undefined, verbatim`${lines}`]]
}

export function toPart(title: string, inside: Content): HTML | undefined {
  return inside === undefined
    ? undefined
    : html`<section>
        <h4>${title}</h4>
        ${inside}
      </section>`
}

/** Formats a JSON value. Keys, strings and other values each have a class for their color. */
function highlightJSON(value: unknown, indent = ''): HTML {
  if (typeof value !== 'object' || value === null) return verbatim`<span class="${classOf(value)}">${JSON.stringify(value)}</span>`
  const inner = `${indent}  `
  const parts: Content[] = Array.isArray(value)
    ? value.map((item) => highlightJSON(item, inner))
    : Object.entries(value).map(
        ([name, member]) => verbatim`<span class="key">${JSON.stringify(name)}</span>: ${highlightJSON(member, inner)}`,
      )
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  if (parts.length === 0) return verbatim`${open}${close}`
  return verbatim`${open}\n${inner}${join(parts, `,\n${inner}`)}\n${indent}${close}`
}

function classOf(value: unknown): string {
  return typeof value === 'string' ? 'text' : 'value'
}
