/** The keywords of JSON Schema 2020-12 that Riposte writes, in the dialect of OpenAPI 3.1. */

export interface JSONSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly multipleOf?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly contentEncoding?: string
  readonly contentMediaType?: string
  readonly contentSchema?: JSONSchema
  readonly properties?: Readonly<Record<string, JSONSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JSONSchema
  readonly propertyNames?: JSONSchema
  readonly prefixItems?: readonly JSONSchema[]
  readonly items?: boolean | JSONSchema
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly anyOf?: readonly JSONSchema[]
  readonly oneOf?: readonly JSONSchema[]
  readonly allOf?: readonly JSONSchema[]
  readonly not?: JSONSchema
  readonly discriminator?: Discriminator
  readonly title?: string
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly deprecated?: boolean
  readonly default?: unknown
  /** Any other keyword from `.meta()`. */
  readonly [keyword: `x-${string}`]: unknown
}

/** OpenAPI's keyword: the property whose constant distinguishes the options of `oneOf`, and the option for each constant. */
export interface Discriminator {
  readonly propertyName: string
  readonly mapping: Readonly<Record<string, string>>
}

/** Leaves out members that are undefined. */
export function present<Members extends object>(members: { readonly [Name in keyof Members]: Members[Name] | undefined }): Members {
  return Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined)) as Members
}
