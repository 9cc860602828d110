/** What became of a route's models: which are compiled, what is left to their own libraries, and why. */
import { describeEncoding, type EncodingDescription } from '../schema/encode.ts'
import type { AnyContract } from './contract.ts'
import { toDeclaredResponses } from './declared.ts'
import type { StatusKey } from './responses.ts'

export interface DescribedResponse extends EncodingDescription {
  /** `GET /users/{user_id}` */
  readonly where: string
  readonly status: StatusKey
  readonly mediaType: string | undefined
}

/** Responses whose content has a model, in the order of their declaration. */
export function describeResponses(contract: AnyContract, where: string): readonly DescribedResponse[] {
  return toDeclaredResponses(contract.responses).flatMap(({ key, representations }) =>
    representations.flatMap(({ mediaType, content }) => {
      const schema = content.schema ?? content.itemSchema
      return schema === undefined ? [] : [{ where, status: key, mediaType, ...describeEncoding(schema) }]
    }),
  )
}
