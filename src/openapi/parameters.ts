/** Creates the parameters of an operation from its inputs. */
import { present, type JSONSchema } from '../schema/json-schema/keywords.ts'
import type { Components } from './components.ts'
import { isOfMany, type InputField, type InputLocation } from './inputs.ts'

export interface ParameterObject {
  readonly name: string
  readonly in: InputLocation
  readonly description?: string
  readonly required?: boolean
  readonly deprecated?: boolean
  readonly style?: 'simple' | 'form' | 'deepObject'
  readonly explode?: boolean
  readonly schema: JSONSchema
}

export function toParameters(fields: readonly InputField[], components: Components): readonly ParameterObject[] {
  // OpenAPI can't describe headers or cookies with arbitrary names.
  const documented = fields.filter((field) => (!isOfMany(field) || field.location === 'query') && !isIgnored(field))
  return groupByName(documented).map((declared) => toParameter(declared, components))
}

/** Tools ignore a header parameter with the name Accept, Content-Type or Authorization (OpenAPI 3.1 §4.8.12). */
function isIgnored({ location, name }: InputField): boolean {
  return location === 'header' && IGNORED_HEADERS.has(name.toLowerCase())
}

const IGNORED_HEADERS: ReadonlySet<string> = new Set(['accept', 'content-type', 'authorization'])

function groupByName(fields: readonly InputField[]): readonly (readonly InputField[])[] {
  const groups = new Map<string, InputField[]>()
  for (const field of fields) {
    // Header names are case-insensitive.
    const key = `${field.location} ${field.location === 'header' ? field.name.toLowerCase() : field.name}`
    groups.set(key, [...(groups.get(key) ?? []), field])
  }
  return [...groups.values()]
}

/** If a route and its dependencies declare a parameter differently, it must fit every declaration. */
function toParameter(declared: readonly InputField[], components: Components): ParameterObject {
  const { name, location, style } = declared[0]!
  const schemas = declared.map(({ node }) => components.schema(node, 'input'))
  const different = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()]
  const { description, deprecated, ...schema } = different.length === 1 ? different[0]! : { allOf: different }
  const required = declared.some((field) => field.required) ? true : undefined
  const explode = style === 'form' || style === 'deepObject' ? true : undefined
  return present<ParameterObject>({ name, in: location, description, required, deprecated, style, explode, schema })
}
