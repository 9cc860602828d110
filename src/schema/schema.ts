/** The type of schemas that Riposte accepts: any Standard Schema (zod, valibot, arktype, …). */
import type { StandardSchemaV1 } from '@standard-schema/spec'

/** A schema of any library that implements Standard Schema. */
export type Schema<Input = unknown, Output = Input> = StandardSchemaV1<Input, Output>

/** A schema of any types, for constraints. */
export type AnySchema = StandardSchemaV1<any, any> // oxlint-disable-line typescript/no-explicit-any -- a constraint must take every schema: `unknown` is not assignable both ways

/** The input type of a schema. */
export type InputOf<S extends AnySchema> = NonNullable<S['~standard']['types']>['input']

/** The output type of a schema. */
export type OutputOf<S extends AnySchema> = NonNullable<S['~standard']['types']>['output']

/** Whether a value is a Standard Schema. */
export function isSchema(value: unknown): value is AnySchema {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value
}
