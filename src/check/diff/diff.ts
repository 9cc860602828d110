/** Compares two OpenAPI documents, and lists the changes for clients of the older one. */
import {
  allowsAnyone,
  type Content,
  type DeclaredResponse,
  type Description,
  type Operation,
  type Parameter,
  type PlacedSchema,
  type SecurityRequirement,
} from '../document/operation.ts'
import { readDocument } from '../document/read.ts'
import { DIFF_RULES, type DiffRuleName, type DocumentChange } from './change.ts'
import { typesOf } from '../document/schema.ts'
import { flatten } from '../generate/merge.ts'
import { compareSchemas, type SchemaChange } from './schema-change.ts'

/** The rule for a change of a schema, for values that clients send and for values that clients read. */
const INPUT_RULES: Readonly<Record<SchemaChange['kind'], DiffRuleName>> = {
  narrowed: 'input-narrowed',
  widened: 'input-widened',
  'field-removed': 'input-field-removed',
  'field-added': 'input-widened',
}
const OUTPUT_RULES: Readonly<Record<SchemaChange['kind'], DiffRuleName>> = {
  narrowed: 'output-narrowed',
  widened: 'output-widened',
  'field-removed': 'output-field-removed',
  'field-added': 'output-field-added',
}

/** Compares two OpenAPI documents. Throws a `CheckError` (`CHECK_DOCUMENT`) for a value that is not an OpenAPI 3 document. */
export function diffDocuments(older: object, newer: object): readonly DocumentChange[] {
  const before = readDocument(structuredClone(older), 'the older document')
  const now = readDocument(structuredClone(newer), 'the newer document')
  const changes: DocumentChange[] = []
  const known = new Map(now.operations.map((operation) => [nameOf(operation), operation]))
  for (const operation of before.operations) {
    const other = known.get(nameOf(operation))
    known.delete(nameOf(operation))
    if (other === undefined) changes.push(toChange('operation-removed', operation.key, '', 'the operation is gone'))
    else changes.push(...new OperationDiff({ before, now, operation, other }).changes())
  }
  for (const { key } of known.values()) changes.push(toChange('operation-added', key, '', 'the operation is new'))
  return changes
}

/** Clients do not send the names of path parameters, so the names are ignored. */
function nameOf({ method, basePath, path }: Operation): string {
  return `${method} ${basePath}${path.replaceAll(/\{[^}]*\}/g, '{}')}`
}

function toChange(rule: DiffRuleName, operation: string, place: string, message: string): DocumentChange {
  return { rule, verdict: DIFF_RULES[rule].verdict, operation, place, message }
}

interface Sides {
  readonly before: Description
  readonly now: Description
  readonly operation: Operation
  readonly other: Operation
}

class OperationDiff {
  readonly #sides: Sides
  readonly #changes: DocumentChange[] = []

  constructor(sides: Sides) {
    this.#sides = sides
  }

  changes(): readonly DocumentChange[] {
    this.#parameters()
    this.#body()
    this.#responses()
    this.#security()
    return this.#changes
  }

  #add(rule: DiffRuleName, place: string, message: string): void {
    this.#changes.push(toChange(rule, this.#sides.other.key, place, message))
  }

  #parameters(): void {
    const { operation, other } = this.#sides
    const open = new Map(other.parameters.map((parameter) => [placeOf(parameter, other), parameter]))
    for (const parameter of operation.parameters) {
      const key = placeOf(parameter, operation)
      const now = open.get(key)
      open.delete(key)
      const place = `${parameter.in}.${parameter.name}`
      if (now === undefined) {
        this.#add('parameter-removed', place, 'the parameter is gone')
        continue
      }
      if (now.required && !parameter.required) this.#add('parameter-required', place, 'the parameter is required now')
      if (!now.required && parameter.required) this.#add('parameter-optional', place, 'the parameter is not required any more')
      if (isWrittenOtherwise(parameter, now, this.#sides.before.root))
        this.#add('parameter-style', place, 'the parameter has another format')
      this.#input(parameter.schema, now.schema, place)
    }
    for (const { name, in: location, required } of open.values()) {
      const place = `${location}.${name}`
      if (required) this.#add('parameter-required', place, 'the parameter is new and required')
      else this.#add('parameter-added', place, 'the parameter is new')
    }
  }

  #body(): void {
    const {
      operation: { body: before },
      other: { body: now },
    } = this.#sides
    if (before === undefined && now === undefined) return
    if (now === undefined) return this.#add('body-removed', 'body', 'the body is gone')
    if (before === undefined)
      return this.#add(now.required ? 'body-required' : 'body-optional', 'body', `the body is new${now.required ? ' and required' : ''}`)
    if (now.required && !before.required) this.#add('body-required', 'body', 'the body is required now')
    if (!now.required && before.required) this.#add('body-optional', 'body', 'the body is not required any more')
    for (const content of before.contents) {
      const same = now.contents.find(({ mediaType }) => mediaType === content.mediaType)
      if (same === undefined) this.#add('request-media-type-removed', `body ${content.mediaType}`, 'the media type is gone')
      else this.#input(content.schema, same.schema, 'body')
    }
    for (const { mediaType } of now.contents)
      if (!before.contents.some((content) => content.mediaType === mediaType))
        this.#add('request-media-type-added', `body ${mediaType}`, 'the media type is new')
  }

  #responses(): void {
    const { operation, other } = this.#sides
    for (const response of operation.responses) {
      const now = other.responses.find(({ key }) => key === response.key)
      if (now === undefined)
        this.#add(isError(response.key) ? 'error-status-removed' : 'status-removed', response.key, 'the status is gone')
      else this.#response(response, now)
    }
    for (const { key } of other.responses) {
      if (operation.responses.some((response) => response.key === key)) continue
      this.#add(isError(key) ? 'error-status-added' : 'status-added', key, 'the status is new')
    }
  }

  #response(before: DeclaredResponse, now: DeclaredResponse): void {
    for (const content of before.contents) {
      const same = now.contents.find(({ mediaType }) => mediaType === content.mediaType)
      const place = `${before.key} ${content.mediaType}`
      if (same === undefined) this.#add('response-media-type-removed', place, 'the media type is gone')
      else this.#content(content, same, place)
    }
    for (const { mediaType } of now.contents)
      if (!before.contents.some((content) => content.mediaType === mediaType))
        this.#add('response-media-type-added', `${now.key} ${mediaType}`, 'the media type is new')
    for (const { name, required, schema } of before.headers) {
      const same = now.headers.find((header) => header.name.toLowerCase() === name.toLowerCase())
      const place = `${before.key} ${name}`
      if (required && same?.required !== true)
        this.#add('response-header-removed', place, same === undefined ? 'the header is gone' : 'the header is not always sent any more')
      else if (same !== undefined) this.#output(schema, same.schema, place)
    }
    for (const { name } of now.headers)
      if (!before.headers.some((header) => header.name.toLowerCase() === name.toLowerCase()))
        this.#add('response-header-added', `${now.key} ${name}`, 'the header is new')
  }

  #content(before: Content, now: Content, place: string): void {
    this.#output(before.schema, now.schema, place)
    this.#output(before.itemSchema, now.itemSchema, `${place} item`)
  }

  #input(before: PlacedSchema | undefined, now: PlacedSchema | undefined, place: string): void {
    for (const { kind, place: below, message } of this.#compare(before, now)) {
      this.#add(INPUT_RULES[kind], below === '' ? place : `${place}${/^[[{]/.test(below) ? '' : '.'}${below}`, message)
    }
  }

  #output(before: PlacedSchema | undefined, now: PlacedSchema | undefined, place: string): void {
    for (const { kind, place: below, message } of this.#compare(before, now)) {
      this.#add(OUTPUT_RULES[kind], `${place} ${below}`.trim(), message)
    }
  }

  #compare(before: PlacedSchema | undefined, now: PlacedSchema | undefined): readonly SchemaChange[] {
    if (before === undefined && now === undefined) return []
    return compareSchemas(
      { root: this.#sides.before.root, schema: before?.schema ?? true },
      { root: this.#sides.now.root, schema: now?.schema ?? true },
    )
  }

  /** Credentials that were enough before must still be enough. */
  #security(): void {
    const {
      operation: { security: before },
      other: { security: now },
    } = this.#sides
    const ways = allowsAnyone(before) ? [{}] : before
    for (const way of ways) {
      if (allowsAnyone(now) || now.some((needed) => suffices(way, needed))) continue
      this.#add('security-added', 'security', `${Object.keys(way).join(' and ') || 'no credentials'} was enough, and is not any more`)
    }
    if (!allowsAnyone(before) && allowsAnyone(now)) this.#add('security-removed', 'security', 'credentials are not required any more')
  }
}

/** `explode` only changes the format of lists and objects. */
function isWrittenOtherwise(before: Parameter, now: Parameter, root: unknown): boolean {
  const schema = flatten(before.schema?.schema ?? true, { root })
  const isList = typeof schema === 'object' && typesOf(schema).some((type) => type === 'array' || type === 'object')
  return before.style !== now.style || before.mediaType !== now.mediaType || (isList && before.explode !== now.explode)
}

/** `404`, `4XX`, `default` */
function isError(key: string): boolean {
  return /^[45]|^default$/i.test(key)
}

function suffices(given: SecurityRequirement, needed: SecurityRequirement): boolean {
  return Object.entries(needed).every(
    ([name, scopes]) => given[name] !== undefined && scopes.every((scope) => given[name]!.includes(scope)),
  )
}

/** Identifies a parameter. Path parameters are identified by their position in the path, because their names may change. */
function placeOf({ in: location, name }: Parameter, { path }: Operation): string {
  const names = Array.from(path.matchAll(/\{([^}]*)\}/g), ([, each]) => each)
  return location === 'path' ? `path ${names.indexOf(name)}` : `${location} ${location === 'header' ? name.toLowerCase() : name}`
}
