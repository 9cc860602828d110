/** Renders a JSON Schema as a type in TypeScript's notation and a list of its properties. */
import type { JSONSchema } from '../../schema/json-schema/keywords.ts'
import { mediaTypeOfFile, nameOf, type Schemas } from './example.ts'
import { html, join, type Content, type HTML } from './html.ts'
import { inlineMarkdown } from './markdown.ts'

/** Examples: `Author[]`, `"en" | "de"`, `string | null`. */
export function typeOf(schema: JSONSchema): Content {
  if (schema.$ref !== undefined) return html`<a class="ref" href="#model-${nameOf(schema.$ref)}">${nameOf(schema.$ref)}</a>`
  if ('const' in schema) return toLiteral(schema.const)
  if (schema.enum !== undefined) return join(schema.enum.map(toLiteral), OR)
  const options = schema.oneOf ?? schema.anyOf
  if (options !== undefined) return join(options.map(typeOf), OR)
  if (Array.isArray(schema.type))
    return join(
      // A format applies to the string or the number, not to `null`.
      schema.type.map((type: string) => typeOf(type === 'null' ? { type } : { ...schema, type })),
      OR,
    )
  if (schema.type === undefined && schema.allOf !== undefined) return join(schema.allOf.map(typeOf), ' & ')
  if (schema.type === 'array') return toList(schema)
  if (schema.type === 'object') return toRecord(schema)
  if (schema.type === 'string') return toText(schema)
  return html`<span class="type">${schema.format ?? schema.type?.toString() ?? (schema.not === undefined ? 'any' : 'never')}</span>`
}

const OR = html` <span class="or">|</span> `

function toLiteral(value: unknown): HTML {
  return html`<span class="literal">${JSON.stringify(value)}</span>`
}

function toList({ prefixItems, items }: JSONSchema): Content {
  const rest = typeof items === 'object' ? items : undefined
  if (prefixItems !== undefined) {
    return ['[', join([...prefixItems.map(typeOf), ...(rest === undefined ? [] : [['…', typeOf(rest), '[]']])], ', '), ']']
  }
  if (rest === undefined) return html`<span class="type">[]</span>`
  const isUnion = rest.oneOf !== undefined || rest.anyOf !== undefined || rest.enum !== undefined || Array.isArray(rest.type)
  return isUnion ? ['(', typeOf(rest), ')[]'] : [typeOf(rest), '[]']
}

function toRecord({ properties, additionalProperties }: JSONSchema): Content {
  if (properties !== undefined || typeof additionalProperties !== 'object') return html`<span class="type">object</span>`
  return ['{ [', html`<span class="type">string</span>`, ']: ', typeOf(additionalProperties), ' }']
}

function toText({ format, contentEncoding, contentMediaType, contentSchema }: JSONSchema): Content {
  if (contentSchema !== undefined) return typeOf(contentSchema)
  return html`<span class="type">${format ?? contentEncoding ?? (contentMediaType === undefined ? 'string' : 'bytes')}</span>`
}

/** The constraints of a value other than its type. */
function limitsOf(schema: JSONSchema): Content {
  const { minLength, maxLength, minItems, maxItems, pattern, uniqueItems, multipleOf, contentMediaType, contentSchema } = schema
  const isBytes = contentMediaType !== undefined && contentSchema === undefined
  const limits: Content[] = [
    isBytes ? mediaTypeOfFile(schema) : undefined,
    range(minLength, maxLength, isBytes ? 'byte' : 'character'),
    range(minItems, maxItems, 'item'),
    ...(['minimum', 'exclusiveMinimum', 'maximum', 'exclusiveMaximum'] as const).map((keyword) =>
      schema[keyword] === undefined ? undefined : `${SIGNS[keyword]} ${schema[keyword]}`,
    ),
    multipleOf === undefined ? undefined : `multiple of ${multipleOf}`,
    uniqueItems === true ? 'unique items' : undefined,
    pattern === undefined ? undefined : html`<code>${pattern}</code>`,
    'default' in schema ? html`default <code>${JSON.stringify(schema.default)}</code>` : undefined,
  ]
  const shown = limits.filter((limit) => limit !== undefined)
  return shown.length === 0 ? undefined : html`<span class="limits">${join(shown, ', ')}</span>`
}

const SIGNS = { minimum: '≥', exclusiveMinimum: '>', maximum: '≤', exclusiveMaximum: '<' } as const

function range(minimum: number | undefined, maximum: number | undefined, unit: string): string | undefined {
  if (minimum === undefined) return maximum === undefined ? undefined : `at most ${count(maximum, unit)}`
  if (maximum === undefined) return `at least ${count(minimum, unit)}`
  return minimum === maximum ? count(minimum, unit) : `${minimum.toLocaleString('en')} to ${count(maximum, unit)}`
}

function count(number: number, unit: string): string {
  return `${number.toLocaleString('en')} ${unit}${number === 1 ? '' : 's'}`
}

export interface Field {
  readonly name: string
  readonly schema: JSONSchema
  readonly required: boolean
  readonly description?: string | undefined
  readonly deprecated?: boolean | undefined
}

/** Each field has one line, followed by its properties. An optional field has a question mark, as in TypeScript. */
export function toFields(fields: readonly Field[]): HTML | undefined {
  if (fields.length === 0) return undefined
  return html`<ul class="fields">
    ${fields.map(
      ({ name, schema, required, description = schema.description, deprecated = schema.deprecated }) =>
        html`<li${deprecated === true ? html` class="deprecated"` : undefined}>
          <code class="name">${name}${required ? undefined : html`<span class="optional" title="optional">?</span>`}</code>
          <span class="of">${typeOf(schema)}</span> ${limitsOf(schema)}
          ${description === undefined ? undefined : html`<p>${inlineMarkdown(description)}</p>`} ${toInside(schema)}
        </li>`,
    )}
  </ul>`
}

/** The properties of an inline schema. References are not followed. */
function toInside(schema: JSONSchema): HTML | undefined {
  if (schema.properties !== undefined) return toFields(fieldsOf(schema))
  if (typeof schema.items === 'object') return toInside(schema.items)
  if (typeof schema.additionalProperties === 'object') return toInside(schema.additionalProperties)
  const inside = [...(schema.oneOf ?? schema.anyOf ?? schema.allOf ?? [])].map(toInside).filter((part) => part !== undefined)
  return inside.length === 0 ? undefined : html`${inside}`
}

function fieldsOf({ properties = {}, required = [] }: JSONSchema): readonly Field[] {
  return Object.entries(properties).map(([name, schema]) => ({ name, schema, required: required.includes(name) }))
}

/** The properties of a schema, or of the schema that it refers to. References inside it are links. */
export function toModel(schema: JSONSchema, schemas: Schemas): HTML | undefined {
  if (schema.$ref === undefined) return toInside(schema)
  const definition = schemas[nameOf(schema.$ref)]
  return definition === undefined ? undefined : toInside(definition)
}
