/** Creates the Request Body Object of a declared body (OpenAPI 3.1.1 §4.8.13). */
import type { BodyDeclaration } from '../contract/contract.ts'
import { toRepresentations } from '../request/body.ts'
import type { AnyRepresentation } from '../representation/representation.ts'
import { mayBeAbsent, type Direction } from '../schema/json-schema/direction.ts'
import { present } from '../schema/json-schema/keywords.ts'
import type { Node } from '../schema/node.ts'
import { readModel } from '../schema/read-model.ts'
import { unwrap } from '../schema/walk-node.ts'
import { contentsOf, toContent, type ContentObject } from './content.ts'
import { withFilledFields } from './filled-fields.ts'
import type { Scope } from './settings.ts'

export interface RequestBodyObject {
  readonly description?: string
  readonly required?: boolean
  readonly content: ContentObject
}

export function toRequestBody(declaration: BodyDeclaration, direction: Direction, scope: Scope): RequestBodyObject {
  const representations = toRepresentations(declaration)
  const content = toContent(representations.flatMap(contentsOf), direction, scope) ?? {}
  return present<RequestBodyObject>({
    description: representations.find(({ content }) => content.description !== undefined)?.content.description,
    required: representations.some((representation) => mayBeEmpty(representation, direction)) ? undefined : true,
    content: withEncoding(withFilledFields(content, representations), representations),
  })
}

function mayBeEmpty({ content }: AnyRepresentation, direction: Direction): boolean {
  return content.schema !== undefined && mayBeAbsent(readModel(content.schema), direction)
}

/** A schema can name only one media type of a file. `encoding` lists the media types of files that accept several. */
function withEncoding(content: ContentObject, representations: readonly AnyRepresentation[]): ContentObject {
  const multipart = representations.find(({ content: { hasParts } }) => hasParts)
  const mediaType = multipart?.mediaType
  if (multipart?.content.schema === undefined || mediaType === undefined) return content
  const types = typesOfFiles(readModel(multipart.content.schema))
  if (types.length === 0) return content
  return {
    ...content,
    [mediaType]: { ...content[mediaType], encoding: Object.fromEntries(types.map(([name, contentType]) => [name, { contentType }])) },
  }
}

function typesOfFiles(node: Node): readonly (readonly [name: string, contentType: string])[] {
  if (node.kind === 'reference') return typesOfFiles(node.target())
  if (node.kind === 'island') return node.input === undefined ? [] : typesOfFiles(node.input)
  if (node.kind !== 'object') return []
  return node.properties.flatMap(({ name, node: property }) => {
    const types = fileTypes(property)
    return types.length > 1 ? [[name, types.join(', ')] as const] : []
  })
}

function fileTypes(node: Node): readonly string[] {
  const inner = unwrap(node)
  if (inner.kind === 'array' || inner.kind === 'set') return fileTypes(inner.items)
  return inner.kind === 'file' ? (inner.mediaTypes ?? []) : []
}
