/** Compiles the events that an `sse()` response declares: their description in the OpenAPI document, and the text of each event that a handler yields. */
import { z } from 'zod'
import { ContractError } from '../errors/framework-errors.ts'
import { formatEvent } from '../http/event-stream.ts'
import { keptText } from '../schema/kept-text.ts'
import { ModelError } from '../schema/model-error.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { compileEncoder } from '../schema/encode.ts'
import { isSchema } from '../schema/schema.ts'
import type { DocumentedContent, DocumentedEventData } from './representation.ts'
import { ServerSentEvent, type EventData } from './server-sent-event.ts'

/** Throws a `ModelError` or `ContractError` on an event that does not fit its declaration. */
export type FormatItem = (item: unknown) => string

export interface DeclaredEvents {
  /** The names of the declared events. */
  readonly names: readonly string[]
  readonly content: DocumentedContent
  readonly compileFormat: () => FormatItem
}

export function isEventData(value: EventData | Readonly<Record<string, EventData>>): value is EventData {
  return isSchema(value) || typeof value['compile'] === 'function'
}

/** Declares one type of data for events of any name. An item that is not a `ServerSentEvent` is data. */
export function declareOne(data: EventData): DeclaredEvents {
  return {
    names: ['message'],
    content: { events: { message: [documentData(data, 'message'), FREE_TEXT] }, anyEvent: true },
    compileFormat() {
      const format = compileData(data)
      return (item) => {
        if (!(item instanceof ServerSentEvent)) return formatEvent({ data: format(item) })
        return write(item, item.data === undefined ? undefined : item.isText ? (item.data as string) : format(item.data))
      }
    },
  }
}

export function declareByName(events: Readonly<Record<string, EventData>>): DeclaredEvents {
  const names = Object.keys(events)
  for (const name of names) {
    if (/[\r\n]/.test(name) || name === '')
      throw new DeclarationError('EVENT_NAME', 'sse()', 'the name of an event must be one line that is not empty', 'Change the name')
  }
  return {
    names,
    content: { events: Object.fromEntries(Object.entries(events).map(([name, data]) => [name, [documentData(data, name)]])) },
    compileFormat() {
      const formats = new Map(Object.entries(events).map(([name, data]) => [name, compileData(data)]))
      return (item) => {
        if (!(item instanceof ServerSentEvent)) throw ModelError.at([], 'an event', item)
        if (item.event === undefined && item.data === undefined) return write(item, undefined)
        const format = formats.get(item.event ?? 'message')
        if (format === undefined) throw new ModelError([], `one of the events ${names.join(', ')}`, 'another event')
        return write(item, format(item.data))
      }
    },
  }
}

function write({ event, fields }: ServerSentEvent, data: string | undefined): string {
  const id = fields?.id
  try {
    return formatEvent({
      data,
      event: event === 'message' ? undefined : event,
      id: id === undefined ? undefined : String(id),
      retry: fields?.retry,
      comment: fields?.comment,
    })
  } catch (cause) {
    throw new ContractError((cause as Error).message, { cause })
  }
}

function compileData(data: EventData): (value: unknown) => string {
  if (!isSchema(data)) return data.compileText!()
  const { encodeText } = compileEncoder(data)
  // A channel sends one value to many clients.
  return (value) => keptText(value, data) ?? encodeText(value)
}

/** What `event.text` sends. */
const FREE_TEXT: DocumentedEventData = { schema: z.string().meta({ description: 'Text beside the events of JSON' }), isText: true }

function documentData(data: EventData, name: string): DocumentedEventData {
  if (isSchema(data)) return { schema: data }
  if (data.compileText !== undefined) return { schema: z.string(), isText: true }
  throw new DeclarationError(
    'EVENT_DATA',
    `sse() ${name}`,
    `content of kind ${data.kind} cannot be the data of an event`,
    'Declare a schema or text()',
  )
}
