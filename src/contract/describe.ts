/** What became of a route's responses: which models are compiled, what is left to their own libraries, and why. */
import type { AnyRepresentation } from '../representation/representation.ts'
import { describeEncoding, type EncodingDescription } from '../schema/encode.ts'
import type { AnyContract } from './contract.ts'
import { toDeclaredResponses } from './declared.ts'
import type { StatusKey } from './responses.ts'

export interface DescribedResponse {
  /** `GET /users/{user_id}` */
  readonly where: string
  readonly status: StatusKey
  readonly mediaType: string | undefined
  /** The server-sent event whose data it is. */
  readonly event: string | undefined
  /** The way its model is encoded; `undefined` where it has none. */
  readonly backEnd: EncodingDescription['backEnd'] | undefined
  /** What goes through the schema's own library. */
  readonly islands: EncodingDescription['islands']
}

/** In the order of their declaration; events one by one. */
export function describeResponses(contract: AnyContract, where: string): readonly DescribedResponse[] {
  return toDeclaredResponses(contract.responses).flatMap(({ key, representations }) =>
    representations.flatMap((representation) =>
      describeContent(representation).map((content) => ({ where, status: key, mediaType: representation.mediaType, ...content })),
    ),
  )
}

type DescribedContent = Pick<DescribedResponse, 'event' | 'backEnd' | 'islands'>

const WITHOUT_MODEL = { event: undefined, backEnd: undefined, islands: [] } as const

function describeContent({ kind, content }: AnyRepresentation): readonly DescribedContent[] {
  const { events, textEvents = [] } = content
  if (events !== undefined) {
    return Object.entries(events).map(([event, schema]) => ({
      ...(textEvents.includes(event) ? WITHOUT_MODEL : describeEncoding(schema)),
      event,
    }))
  }
  const schema = content.schema ?? content.itemSchema
  if (schema === undefined || kind === 'text') return [WITHOUT_MODEL]
  // What serialises by itself gets the value checked and filtered.
  const own = kind === 'defined' ? { backEnd: 'closures' as const } : {}
  return [{ event: undefined, ...describeEncoding(schema), ...own }]
}
