/** Describes how a route's responses are encoded: which models are compiled, which parts their schema library validates, and why. */
import type { AnyRepresentation } from '../representation/representation.ts'
import { describeEncoding, type EncodingDescription } from '../schema/encode.ts'
import type { AnyContract } from './contract.ts'
import { toDeclaredResponses } from './declared.ts'
import type { StatusKey } from './responses.ts'

/** How one content of one response is encoded. */
export interface DescribedResponse {
  /** `GET /users/{user_id}` */
  readonly where: string
  readonly status: StatusKey
  readonly mediaType: string | undefined
  /** The name of the server-sent event whose data this is. */
  readonly event: string | undefined
  /** How its model is encoded; `undefined` if it has no model. */
  readonly backEnd: EncodingDescription['backEnd'] | undefined
  /** The parts of the model that the schema library validates. */
  readonly islands: EncodingDescription['islands']
}

/** In the order of declaration, one entry for each event. */
export function describeResponses(contract: AnyContract, where: string): readonly DescribedResponse[] {
  return toDeclaredResponses(contract.responses).flatMap(({ key, representations }) =>
    representations.flatMap((representation) =>
      describeContent(representation).map((content) => ({ where, status: key, mediaType: representation.mediaType, ...content })),
    ),
  )
}

type DescribedContent = Pick<DescribedResponse, 'event' | 'backEnd' | 'islands'>

const WITHOUT_MODEL = { event: undefined, backEnd: undefined, islands: [] } as const

function describeContent({ content }: AnyRepresentation): readonly DescribedContent[] {
  const { events } = content
  if (events !== undefined) {
    return Object.entries(events).map(([event, possible]) => {
      const model = possible.find(({ isText = false }) => !isText)
      return { ...(model === undefined ? WITHOUT_MODEL : describeEncoding(model.schema)), event }
    })
  }
  const schema = content.schema ?? content.itemSchema
  if (schema === undefined) return [WITHOUT_MODEL]
  const own = content.isFiltered === true ? { backEnd: 'closures' as const } : {}
  return [{ event: undefined, ...describeEncoding(schema), ...own }]
}
