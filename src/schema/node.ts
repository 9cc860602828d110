/** The intermediate representation of a model: kinds of nodes, from which the encoder, the text reader and the JSON Schema are compiled; and the limits of number formats. */
import type { Schema } from './schema.ts'

/** The metadata of a model for the OpenAPI document. `id` names its component. */
export interface Annotations {
  readonly id?: string
  readonly title?: string
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly deprecated?: boolean
  /** Whether an input of this model may contain U+0000. */
  readonly nul?: boolean
  /** Any other keyword, copied into the document: `readOnly`, `format`, `x-internal`. */
  readonly keywords?: Readonly<Record<string, unknown>>
}

interface Annotated {
  readonly annotations?: Annotations
}

/** Any value: serialised by the rules of `JSON.stringify`, nothing is filtered. */
export interface AnyNode extends Annotated {
  readonly kind: 'any'
}

export interface NullNode extends Annotated {
  readonly kind: 'null'
}

/** `undefined`: absent on the wire. */
export interface UndefinedNode extends Annotated {
  readonly kind: 'undefined'
}

export interface NeverNode extends Annotated {
  readonly kind: 'never'
}

export interface BooleanNode extends Annotated {
  readonly kind: 'boolean'
}

/** A finite number. */
export interface NumberNode extends Annotated {
  readonly kind: 'number'
  readonly integer: boolean
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly multipleOf?: number
  /** `int32`, `uint32`, `float` or `double`. */
  readonly format?: string
}

/** A bigint. With a 64-bit format it is a JSON integer on the wire, without one a string of digits. */
export interface BigIntNode extends Annotated {
  readonly kind: 'bigint'
  readonly format?: 'int64' | 'uint64'
  readonly minimum?: bigint
  readonly maximum?: bigint
}

export interface StringNode extends Annotated {
  readonly kind: 'string'
  /** In code points. */
  readonly minLength?: number
  /** In code points. */
  readonly maxLength?: number
  /** OpenAPI's name of the format: `email`, `uuid`, `date-time`, `uri`, … */
  readonly format?: string
  /** Each must match. Includes the pattern of the format. */
  readonly patterns: readonly RegExp[]
  /** The item of `patterns` that is equivalent to `format`. */
  readonly implied?: RegExp
  /** A check for formats that no pattern can express completely (`url`, `jwt`, …). */
  readonly check?: (value: string) => boolean
}

/** A `Date`; RFC 3339 text on the wire. */
export interface DateNode extends Annotated {
  readonly kind: 'date'
  readonly minimum?: Date
  readonly maximum?: Date
}

/** A `URL`; its href on the wire. */
export interface UrlNode extends Annotated {
  readonly kind: 'url'
}

/** A `Uint8Array`; base64 on the wire. */
export interface BytesNode extends Annotated {
  readonly kind: 'bytes'
}

/** An uploaded `File` or `Blob`; only in multipart bodies. */
export interface FileNode extends Annotated {
  readonly kind: 'file'
  readonly minBytes?: number
  readonly maxBytes?: number
  readonly mediaTypes?: readonly string[]
}

/** One of a few constants: literals and enums. */
export interface LiteralNode extends Annotated {
  readonly kind: 'literal'
  readonly values: readonly (string | number | boolean | bigint | null | undefined)[]
}

export interface Property {
  readonly name: string
  readonly node: Node
  /** Whether a value must have it: false for optional and default, also inside wrappers. */
  readonly required: boolean
}

export interface ObjectNode extends Annotated {
  readonly kind: 'object'
  readonly properties: readonly Property[]
  /** What happens with undeclared keys: dropped (strip), refused (strict), or validated by a node (loose, catchall). */
  readonly additional: 'drop' | 'refuse' | Node
}

export interface ArrayNode extends Annotated {
  readonly kind: 'array'
  readonly items: Node
  readonly minItems?: number
  readonly maxItems?: number
}

export interface TupleNode extends Annotated {
  readonly kind: 'tuple'
  readonly items: readonly Node[]
  readonly rest?: Node
}

export interface RecordNode extends Annotated {
  readonly kind: 'record'
  readonly key: Node
  readonly value: Node
}

/** A `Map`; an array of pairs on the wire, or an object if its keys are strings. */
export interface MapNode extends Annotated {
  readonly kind: 'map'
  readonly key: Node
  readonly value: Node
}

/** A `Set`; an array on the wire. */
export interface SetNode extends Annotated {
  readonly kind: 'set'
  readonly items: Node
  readonly minItems?: number
  readonly maxItems?: number
}

export interface UnionNode extends Annotated {
  readonly kind: 'union'
  readonly options: readonly Node[]
  /** The property whose constant distinguishes the options. */
  readonly discriminator?: string
}

export interface IntersectionNode extends Annotated {
  readonly kind: 'intersection'
  readonly left: Node
  readonly right: Node
  /** Whether each side refuses undeclared keys by itself. Default: false: a key is refused only if both sides refuse it. */
  readonly isSeparate?: boolean
}

export interface OptionalNode extends Annotated {
  readonly kind: 'optional'
  readonly inner: Node
  /** The value may be absent, but not `undefined`. */
  readonly exact: boolean
}

export interface NullableNode extends Annotated {
  readonly kind: 'nullable'
  readonly inner: Node
}

/** An absent value is replaced by this one. */
export interface DefaultNode extends Annotated {
  readonly kind: 'default'
  readonly inner: Node
  /** A fresh default: not shared between requests. */
  readonly value: () => unknown
  /** Whether the value replaces an absent input and is transformed. Default: false: it replaces the output and is not transformed. */
  readonly isInput?: boolean
}

/** A reference to a node that is named or recursive. Resolved when it is used, not when it is read. */
export interface ReferenceNode extends Annotated {
  readonly kind: 'reference'
  readonly target: () => Node
}

/** A codec: `wire` is the value that is sent, `domain` the value in the program. */
export interface CodecNode extends Annotated {
  readonly kind: 'codec'
  readonly wire: Node
  readonly domain: Node
  readonly schema: Schema
  /** From the program's value to the wire's. */
  readonly encode: (value: unknown) => unknown
}

/** A part of a model that cannot be compiled and is validated by its schema library. */
export interface IslandNode extends Annotated {
  readonly kind: 'island'
  readonly schema: Schema
  /** Why it is not compiled: shown by `app.contracts()`. */
  readonly reason: string
  /** The node of its input, if known. Text is converted by it. */
  readonly input?: Node
  /** The node of the library's output, if known. The output is filtered and documented by it. */
  readonly output?: Node
  /** Whether the library returns this value unchanged, so that it need not be called. */
  readonly keeps?: (value: unknown) => boolean
  /** For a known model with checks that are code: that model without these checks. */
  readonly base?: Node
  /** Only those checks, for a value of `base`. */
  readonly recheck?: Schema['~standard']['validate']
  /** Whether the value is already an output of the library, such as a default: it must pass `recheck`, which does not change it. */
  readonly isSettled?: boolean
}

/** Nodes that hold no others. */
export type LeafNode =
  | AnyNode
  | NullNode
  | UndefinedNode
  | NeverNode
  | BooleanNode
  | NumberNode
  | BigIntNode
  | StringNode
  | DateNode
  | UrlNode
  | BytesNode
  | FileNode
  | LiteralNode

export type Node =
  | LeafNode
  | ObjectNode
  | ArrayNode
  | TupleNode
  | RecordNode
  | MapNode
  | SetNode
  | UnionNode
  | IntersectionNode
  | OptionalNode
  | NullableNode
  | DefaultNode
  | ReferenceNode
  | CodecNode
  | IslandNode

type Range = readonly [minimum: number, maximum: number]

/** The limits of every integer: a double is exact only between these. */
export const SAFE_RANGE: Range = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]

/** The limits of the numbers of a format, by OpenAPI's name of the format. */
export const FORMAT_RANGES: Readonly<Record<string, Range>> = {
  int32: [-2_147_483_648, 2_147_483_647],
  uint32: [0, 4_294_967_295],
  float: [-3.4028234663852886e38, 3.4028234663852886e38],
}
