/** Adds to the OpenAPI document a description of content and examples by name. */
import { isSchema, type AnySchema } from '../schema/schema.ts'
import { json, type JSONRepresentation } from './json.ts'
import type { AnyRepresentation, DocumentedContent } from './representation.ts'

/**
 * Adds a description and examples to a model or a representation. `described(User, { description: 'The user to create', examples: { admin: { value:
 * … } } })`, for a request body or a response. A schema means JSON.
 */
export function described<S extends AnySchema>(schema: S, documentation: ContentDocumentation): JSONRepresentation<S>
export function described<R extends AnyRepresentation>(representation: R, documentation: ContentDocumentation): R
export function described(declared: AnySchema | AnyRepresentation, documentation: ContentDocumentation): AnyRepresentation {
  const representation = isSchema(declared) ? json(declared) : declared
  const { description, examples } = documentation
  const content = {
    ...representation.content,
    ...(description === undefined ? {} : { description }),
    ...(examples === undefined ? {} : { examples }),
  }
  return { ...representation, content }
}

/** What the OpenAPI document says about content in addition to its model. */
export type ContentDocumentation = Pick<DocumentedContent, 'description' | 'examples'>
