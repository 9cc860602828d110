/** Server-sent events as OpenAPI 3.2 describes them: an object for each event, its data the text that it is on the wire. */
import type { DocumentedContent, DocumentedEventData } from '../representation/representation.ts'
import type { JSONSchema } from '../schema/json-schema/keywords.ts'
import { readModel } from '../schema/read-model.ts'
import type { Components } from './components.ts'

const ID: JSONSchema = { type: 'string', description: 'Sent as `Last-Event-ID` when the client reconnects' }
const RETRY: JSONSchema = { type: 'integer', minimum: 0, description: 'Milliseconds to wait before reconnecting' }

export function toEventSchema(
  events: NonNullable<DocumentedContent['events']>,
  { anyEvent = false }: Pick<DocumentedContent, 'anyEvent'>,
  components: Components,
): JSONSchema {
  const each = Object.entries(events).map(([name, possible]): JSONSchema => {
    const data = possible.map((one) => toData(one, components))
    return toEvent(anyEvent ? undefined : name, data.length === 1 ? data[0]! : { anyOf: data })
  })
  return each.length === 1 ? each[0]! : { oneOf: each }
}

function toData({ schema: model, isText = false }: DocumentedEventData, components: Components): JSONSchema {
  const schema = components.schema(readModel(model), 'output')
  return isText ? schema : { type: 'string', contentMediaType: 'application/json', contentSchema: schema }
}

/** An event that is not named is a `message`. */
function toEvent(name: string | undefined, data: JSONSchema): JSONSchema {
  const event: JSONSchema = name === undefined ? { type: 'string' } : { type: 'string', const: name }
  const isAlwaysNamed = name !== undefined && name !== 'message'
  return { type: 'object', properties: { event, data, id: ID, retry: RETRY }, required: isAlwaysNamed ? ['event', 'data'] : ['data'] }
}
