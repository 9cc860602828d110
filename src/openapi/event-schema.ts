/** Server-sent events as OpenAPI 3.2 describes them: an object for each event, its data the text that it is on the wire. */
import type { DocumentedContent } from '../representation/representation.ts'
import type { JSONSchema } from '../schema/json-schema/keywords.ts'
import { readModel } from '../schema/read-model.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { Components } from './components.ts'

const ID: JSONSchema = { type: 'string', description: 'Sent as `Last-Event-ID` when the client reconnects' }
const RETRY: JSONSchema = { type: 'integer', minimum: 0, description: 'Milliseconds to wait before reconnecting' }

export function toEventSchema(
  events: Readonly<Record<string, AnySchema>>,
  { textEvents = [], anyEvent = false }: Pick<DocumentedContent, 'textEvents' | 'anyEvent'>,
  components: Components,
): JSONSchema {
  const each = Object.entries(events).map(([name, model]): JSONSchema => {
    const schema = components.schema(readModel(model), 'output')
    const data = textEvents.includes(name) ? schema : { type: 'string', contentMediaType: 'application/json', contentSchema: schema }
    return toEvent(anyEvent ? undefined : name, data)
  })
  return each.length === 1 ? each[0]! : { oneOf: each }
}

/** An event that is not named is a `message`. */
function toEvent(name: string | undefined, data: JSONSchema): JSONSchema {
  const event: JSONSchema = name === undefined ? { type: 'string' } : { type: 'string', const: name }
  const isAlwaysNamed = name !== undefined && name !== 'message'
  return { type: 'object', properties: { event, data, id: ID, retry: RETRY }, required: isAlwaysNamed ? ['event', 'data'] : ['data'] }
}
