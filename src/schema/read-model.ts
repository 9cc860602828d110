/** Reads a schema into nodes, once for each schema. */
import type { $ZodType } from 'zod/v4/core'
import { fromJSONSchema, type JSONSchemaForm } from './from-json-schema.ts'
import { fromZod } from './from-zod.ts'
import type { Node } from './node.ts'
import type { AnySchema } from './schema.ts'

const models = new WeakMap<object, Node>()
/** Schemas that are being read: a reference to one of them from inside is recursive. */
const reading = new Set<object>()

/** Throws a `DeclarationError` for a schema that has no JSON: functions, symbols, promises. */
export function readModel(schema: AnySchema | $ZodType): Node {
  return models.get(schema) ?? (isZod(schema) ? readOnce(schema, readZod) : readOnce(schema, fromStandard))
}

function readZod(schema: $ZodType): Node {
  return fromZod(schema, readModel)
}

function readOnce<Schema extends object>(schema: Schema, read: (schema: Schema) => Node): Node {
  if (reading.has(schema)) return { kind: 'reference', target: () => models.get(schema)! }
  reading.add(schema)
  try {
    const node = read(schema)
    models.set(schema, node)
    return node
  } finally {
    reading.delete(schema)
  }
}

/** Does not read the vendor from `~standard`, because zod creates that object for each schema when it is first read. */
export function isZod(schema: AnySchema | $ZodType): schema is AnySchema & $ZodType {
  return '_zod' in schema
}

/** Standard JSON Schema: how a library describes its schemas, separately for input and output. */
interface DescribesItself {
  readonly jsonSchema?: {
    input(options: { target: 'draft-2020-12' }): JSONSchemaForm
    output(options: { target: 'draft-2020-12' }): JSONSchemaForm
  }
}

/** The schema library validates values. Its JSON Schema decides what is read, written and documented, except whether a value may be absent. */
function fromStandard(schema: AnySchema): Node {
  const { vendor, jsonSchema } = schema['~standard'] as AnySchema['~standard'] & DescribesItself
  const reason = `checked by ${vendor}`
  const absence = absenceOf(schema)
  if (jsonSchema === undefined) {
    const any = optional({ kind: 'any' })
    return {
      kind: 'island',
      schema,
      reason,
      ...(absence === 'refused' ? {} : { input: any }),
      ...(absence === 'kept' ? { output: any } : {}),
    }
  }
  const options = { target: 'draft-2020-12' } as const
  const input = fromJSONSchema(jsonSchema.input(options))
  const output = fromJSONSchema(jsonSchema.output(options))
  return {
    kind: 'island',
    schema,
    reason,
    input: absence === 'refused' ? input : optional(input),
    output: absence === 'kept' ? optional(output) : output,
    ...(output.annotations === undefined ? {} : { annotations: output.annotations }),
  }
}

function optional(inner: Node): Node {
  return { kind: 'optional', inner, exact: false }
}

/** What the library makes of `undefined`: JSON Schema cannot say that. Not known for an asynchronous check: the value is then documented as required. */
function absenceOf(schema: AnySchema): 'refused' | 'kept' | 'filled' {
  try {
    const result = schema['~standard'].validate(undefined)
    if (!(result instanceof Promise)) return result.issues !== undefined ? 'refused' : result.value === undefined ? 'kept' : 'filled'
    result.catch(() => undefined)
  } catch {
    // A check that throws refuses the value.
  }
  return 'refused'
}
