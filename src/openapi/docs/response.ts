/** What may come of an operation → one line for each status, to be opened. */
import type { JSONSchema } from '../../schema/json-schema/keywords.ts'
import type { ContentObject, MediaTypeObject } from '../content.ts'
import type { OpenAPIDocument } from '../document.ts'
import type { OperationObject } from '../operation.ts'
import type { ResponseObject } from '../responses.ts'
import { nameOf, type Schemas } from './example.ts'
import { html, type Content, type HTML } from './html.ts'
import { inlineMarkdown } from './markdown.ts'
import { toFields, toModel, typeOf } from './schema.ts'

export interface ShownResponse extends ResponseObject {
  /** `200`, `4XX`, `default` */
  readonly status: string
  /** It is the same for many operations. */
  readonly isShared: boolean
}

export function toShownResponses({ responses }: OperationObject, { components }: OpenAPIDocument): readonly ShownResponse[] {
  return Object.entries(responses).map(([status, response]) => {
    if (!('$ref' in response)) return { ...response, status, isShared: false }
    return { ...(components.responses![nameOf(response.$ref)] as ResponseObject), status, isShared: true }
  })
}

export function toResponse(
  { status, isShared, description, headers = {}, content = {} }: ShownResponse,
  schemas: Schemas,
  isOpen: boolean,
): HTML {
  const heading = html`<span class="status s${status.charAt(0)}">${status}</span> <span class="what">${inlineMarkdown(description)}</span>
    <span class="of">${Object.values(content).slice(0, 1).map(typeOfMedia)}</span>`
  const fields = Object.entries(headers).map(([name, { required = false, ...header }]) => ({ ...header, name, required }))
  // What is the same everywhere is not told everywhere: its model is a link away.
  const isTold = isShared && Object.values(content).every(({ schema }) => schema?.$ref !== undefined)
  const inside = isTold
    ? []
    : [toContents(content, schemas), toPart('Header fields', toFields(fields))].filter((part) => part !== undefined)
  if (inside.length === 0) return html`<div class="response">${heading}</div>`
  return html`<details class="response" ${isOpen ? 'open' : undefined}>
    <summary>${heading}</summary>
    ${inside}
  </details>`
}

/** Each media type with what comes in it. */
export function toContents(content: ContentObject, schemas: Schemas): HTML | undefined {
  const contents = Object.entries(content)
  if (contents.length === 0) return undefined
  return html`${contents.map(([type, media]) => {
    const item = itemOf(media)
    const model = item === undefined ? toModel(media.schema ?? {}, schemas) : toItems(item, schemas)
    return html`<div class="content"><span class="media">${type}</span> <span class="of">${typeOfMedia(media)}</span>${model}</div>`
  })}`
}

function typeOfMedia(media: MediaTypeObject): Content {
  const item = itemOf(media)
  if (item === undefined) return media.schema === undefined ? undefined : typeOf(media.schema)
  return toEvents(item) === undefined ? [typeOf(item), ' a line'] : 'events'
}

function itemOf(media: MediaTypeObject): JSONSchema | undefined {
  return media.itemSchema ?? media['x-itemSchema']
}

type Event = Readonly<Record<'event' | 'data', JSONSchema>>

/** Items of a stream: events by name, or one model again and again. */
function toItems(item: JSONSchema, schemas: Schemas): HTML | undefined {
  const events = toEvents(item)
  if (events === undefined) return toModel(item, schemas)
  return toFields(
    events.map(({ event, data }) => {
      const name = typeof event.const === 'string' ? event.const : 'any'
      return { name, schema: data.contentSchema ?? data, required: true }
    }),
  )
}

function toEvents(item: JSONSchema): readonly Event[] | undefined {
  const all = (item.oneOf ?? [item]).map(({ properties = {} }) => properties)
  return all.every((properties): properties is Event => 'event' in properties && 'data' in properties) ? all : undefined
}

export function toPart(title: string, inside: Content): HTML | undefined {
  return inside === undefined
    ? undefined
    : html`<section>
        <h4>${title}</h4>
        ${inside}
      </section>`
}
