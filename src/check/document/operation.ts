/** An OpenAPI document as the check reads it: one entry for each operation, with its references resolved. */
import type { PathMatcher } from './path-template.ts'
import type { Schema } from './schema.ts'

export type Location = 'path' | 'query' | 'header' | 'cookie'

/** A schema, and where it stands in the document: `/components/schemas/User`. */
export interface PlacedSchema {
  readonly pointer: string
  readonly schema: Schema
}

export interface Parameter {
  readonly name: string
  readonly in: Location
  readonly required: boolean
  readonly style: string
  readonly explode: boolean
  /** A parameter with `content` is written in this media type. */
  readonly mediaType: string | undefined
  readonly schema: PlacedSchema | undefined
  readonly examples: readonly unknown[]
}

export interface Content {
  /** In lower case, without parameters: `application/json`. */
  readonly mediaType: string
  readonly schema: PlacedSchema | undefined
  /** Of each item of a stream. */
  readonly itemSchema: PlacedSchema | undefined
  /** Properties of a form that are files → the media type of each. */
  readonly files: ReadonlyMap<string, string>
  readonly examples: readonly unknown[]
}

export interface RequestBody {
  readonly required: boolean
  readonly contents: readonly Content[]
}

export interface ResponseHeader {
  readonly name: string
  readonly required: boolean
  readonly description: string
  readonly schema: PlacedSchema | undefined
}

export interface DeclaredResponse {
  /** `200`, `2XX` or `default`. */
  readonly key: string
  readonly contents: readonly Content[]
  readonly headers: readonly ResponseHeader[]
}

/** Names of schemes that are needed together. */
export type SecurityRequirement = Readonly<Record<string, readonly string[]>>

export interface SecurityScheme {
  readonly name: string
  readonly type: string
  readonly scheme: string
  readonly in: string
  readonly parameter: string
}

export interface Operation {
  /** `GET /users/{user_id}` */
  readonly key: string
  /** In upper case. */
  readonly method: string
  /** The template, without the path of the server. */
  readonly path: string
  /** The path of the server, without a slash at its end. */
  readonly basePath: string
  /** The values of a path, with that of the server, that the template matches. */
  readonly match: PathMatcher
  readonly operationId: string | undefined
  readonly parameters: readonly Parameter[]
  readonly body: RequestBody | undefined
  readonly responses: readonly DeclaredResponse[]
  /** One of these is needed. Empty: none is. */
  readonly security: readonly SecurityRequirement[]
}

/** What is wrong with the document itself. */
export interface DocumentProblem {
  /** `GET /users` or `components.schemas.User`. */
  readonly place: string
  readonly message: string
}

export interface Description {
  readonly title: string
  /** `3.0`, `3.1` or `3.2`. */
  readonly version: string
  /** The document, with its schemas in the dialect of OpenAPI 3.1. */
  readonly root: Readonly<Record<string, unknown>>
  readonly operations: readonly Operation[]
  readonly schemes: ReadonlyMap<string, SecurityScheme>
  readonly problems: readonly DocumentProblem[]
}

const CURSOR = /^(?:cursor|(?:next|page|continuation)_?token|(?:starting_)?after|(?:ending_)?before)$/i

/** Whether it is a position in a list, by its name. Only the server makes its values. A date has a format. */
export function isCursor({ name, in: location, schema }: Parameter): boolean {
  const format = typeof schema?.schema === 'object' ? schema.schema.format : undefined
  return location === 'query' && format === undefined && CURSOR.test(name)
}

/** The entry for a status: the status itself, its class, or `default`. */
export function responseFor({ responses }: Operation, status: number): DeclaredResponse | undefined {
  const byKey = (key: string) => responses.find((response) => response.key.toUpperCase() === key)
  return byKey(String(status)) ?? byKey(`${String(status)[0]}XX`) ?? byKey('DEFAULT')
}

/** Whether the operation names the status, or its class. */
export function declaresStatus({ responses }: Operation, status: number): boolean {
  return responses.some(({ key }) => key === String(status) || key.toUpperCase() === `${String(status)[0]}XX`)
}
