/** What a handler receives for a declared request body. */
import type { AnySchema, OutputOf } from '../schema/schema.ts'

/** A body representation tells by `~input` what it reads. */
type Read<B> = B extends AnySchema ? OutputOf<B> : B extends { readonly '~input'?: infer Value } ? Value : unknown

/** A body that several representations may have: any of them may be sent. */
export type BodyOf<B> = [B] extends [never] ? undefined : B extends readonly (infer Each)[] ? Read<Each> : Read<B>
