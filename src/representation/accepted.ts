/** What a handler may return for a schema. */
import type { AnySchema, InputOf, OutputOf } from '../schema/schema.ts'

/**
 * What the schema takes (defaults may be missing), and for codecs what it gives. The two are the same for most schemas;
 * then nothing is added, so that messages stay short.
 */
export type Accepted<S extends AnySchema> = OutputOf<S> extends InputOf<S> ? InputOf<S> : InputOf<S> | OutputOf<S>
