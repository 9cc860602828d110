/** An OpenAPI document as the check reads it: one entry for each operation, with its references resolved. */
import type { Schema } from './schema.ts'

export type Location = 'path' | 'query' | 'header' | 'cookie'

/** A schema with its JSON Pointer in the document: `/components/schemas/User`. */
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
  /** The media type of a parameter with `content`. */
  readonly mediaType: string | undefined
  readonly schema: PlacedSchema | undefined
  readonly examples: readonly unknown[]
  /** Whether it is a cursor of a list, by its name. Only the server creates cursors. */
  readonly isCursor: boolean
}

export interface Content {
  /** In lower case, without parameters: `application/json`. */
  readonly mediaType: string
  readonly schema: PlacedSchema | undefined
  /** The schema of each item of a stream. */
  readonly itemSchema: PlacedSchema | undefined
  /** The properties of a form that are files, with the media type of each. */
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

/** Security schemes that are required together, with their scopes. */
export type SecurityRequirement = Readonly<Record<string, readonly string[]>>

export interface SecurityScheme {
  readonly name: string
  readonly type: string
  readonly scheme: string
  readonly in: string
  readonly parameter: string
}

/** Returns the values of the parameters of a path, or `undefined` if the template does not match. */
export type PathMatcher = (path: string) => Readonly<Record<string, string>> | undefined

export interface Operation {
  /** `GET /users/{user_id}` */
  readonly key: string
  /** In upper case. */
  readonly method: string
  /** The path template, without the base path of the server. */
  readonly path: string
  /** The path of the server URL, without a slash at its end. */
  readonly basePath: string
  /** Matches a path, including the base path, and returns the values of its parameters. */
  readonly match: PathMatcher
  readonly operationId: string | undefined
  readonly parameters: readonly Parameter[]
  readonly body: RequestBody | undefined
  readonly responses: readonly DeclaredResponse[]
  /** One of these is required. Empty: no credentials are required. */
  readonly security: readonly SecurityRequirement[]
}

/** A problem of the document itself. */
export interface DocumentProblem {
  /** `GET /users` or `components.schemas.User`. */
  readonly place: string
  readonly message: string
}

export interface Description {
  readonly title: string
  /** `3.0`, `3.1` or `3.2`. */
  readonly version: string
  /** The document. Its schemas are those of OpenAPI 3.1. */
  readonly root: Readonly<Record<string, unknown>>
  readonly operations: readonly Operation[]
  readonly schemes: ReadonlyMap<string, SecurityScheme>
  readonly problems: readonly DocumentProblem[]
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY'])

/** Whether requests with the method change nothing on the server (RFC 9110 §9.2.1). */
export function isSafe(method: string): boolean {
  return SAFE.has(method)
}

/** Whether a request without credentials is allowed. */
export function allowsAnyone(security: Operation['security']): boolean {
  return security.length === 0 || security.some((requirement) => Object.keys(requirement).length === 0)
}

/** The declared response for a status: that of the status, of its class, or `default`. */
export function responseFor({ responses }: Operation, status: number): DeclaredResponse | undefined {
  const byKey = (key: string) => responses.find((response) => response.key.toUpperCase() === key)
  return byKey(String(status)) ?? byKey(`${String(status)[0]}XX`) ?? byKey('DEFAULT')
}

/** The content with exactly this media type, else with a range: `text/*`, then the range of all media types. */
export function contentFor({ contents }: DeclaredResponse, mediaType: string): Content | undefined {
  const find = (range: string) => contents.find((content) => content.mediaType === range)
  return find(mediaType) ?? find(`${mediaType.split('/')[0]}/*`) ?? find('*/*')
}
