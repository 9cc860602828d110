/** Validates values against the schemas of a document with Ajv, which shares no code with the server. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormatsModule from 'ajv-formats'
import type { PlacedSchema } from '../document/operation.ts'
import { isRecord, type Schema } from '../document/schema.ts'

/** A required property may be absent from a request if it is read-only, and from a response if it is write-only. */
type Direction = 'request' | 'response'

interface Mismatch {
  /** `items[].name`; empty for the value itself. */
  readonly place: string
  /** `expected string, got null` */
  readonly message: string
}

const ROOT = 'document:'
/** The compiled schemas of a large document fill the memory, so all are dropped at this number and compiled again when needed. */
const MOST_COMPILED = 250

// A CommonJS module with types of an ES module.
const addFormats = addFormatsModule as unknown as (ajv: Ajv2020) => void // its types name the default export of another module system

export class Validator {
  readonly #root: object
  #ajv: Ajv2020 | undefined
  readonly #compiled = new Map<string, ValidateFunction | undefined>()
  /** The pointers of schemas that cannot be compiled, with the reason. */
  readonly broken = new Map<string, string>()

  constructor(root: object) {
    this.#root = root
  }

  /** The first mismatch; `undefined` if the value fits or the schema cannot be compiled. */
  mismatch(schema: PlacedSchema, value: unknown, direction: Direction): Mismatch | undefined {
    const errors = this.#errorsOf(schema, value, direction)
    return errors.length === 0 ? undefined : toMismatch(errors, value)
  }

  /** All mismatches as text. Two values with the same faults break the schema in the same way. */
  faults(schema: PlacedSchema, value: unknown, direction: Direction): readonly string[] {
    return this.#errorsOf(schema, value, direction).map(
      ({ instancePath, schemaPath, params }) => `${instancePath} ${schemaPath} ${JSON.stringify(params)}`,
    )
  }

  #errorsOf(schema: PlacedSchema, value: unknown, direction: Direction): readonly ErrorObject[] {
    if (schema.schema === true) return []
    const validate = this.#compile(schema)
    if (validate === undefined || validate(value)) return []
    const errors = (validate.errors ?? []).filter((error) => !isOtherDirection(error, direction))
    const isExcused = errors.length < (validate.errors ?? []).length && errors.every(({ keyword }) => COMBINING.has(keyword))
    return isExcused ? [] : errors
  }

  fits(schema: PlacedSchema, value: unknown, direction: Direction): boolean {
    return this.mismatch(schema, value, direction) === undefined
  }

  #compile({ pointer, schema }: PlacedSchema): ValidateFunction | undefined {
    if (this.#compiled.has(pointer)) return this.#compiled.get(pointer)
    if (this.#compiled.size >= MOST_COMPILED) {
      this.#compiled.clear()
      this.#ajv = undefined
    }
    const validate = this.#tryCompile(pointer, schema)
    this.#compiled.set(pointer, validate)
    return validate
  }

  #tryCompile(pointer: string, schema: Schema): ValidateFunction | undefined {
    try {
      this.#ajv ??= createAjv(this.#root)
      // A schema without a pointer is not in the document, so it is compiled from its object.
      return pointer.startsWith('/')
        ? this.#ajv.compile({ $ref: `${ROOT}#${encodeURI(pointer).replaceAll('#', '%23').replaceAll('?', '%3F')}` })
        : this.#ajv.compile(within(schema))
    } catch (error) {
      this.broken.set(pointer, error instanceof Error ? error.message : String(error))
      return undefined
    }
  }
}

const COMBINING = new Set(['anyOf', 'oneOf', 'if', 'not', 'allOf'])

function createAjv(root: object): Ajv2020 {
  const ajv = new Ajv2020({
    strict: false,
    validateSchema: false,
    addUsedSchema: false,
    logger: false,
    verbose: true,
    allErrors: true,
    inlineRefs: false,
    code: { regExp: toRegExp, optimize: false },
  })
  addFormats(ajv)
  ajv.addSchema(root, ROOT)
  return ajv
}

/** Makes the references of a schema outside of the document absolute, so that they have a target in the document. */
function within(schema: Schema): Schema {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) =>
      key === '$ref' && typeof value === 'string' && value.startsWith('#') ? ROOT + value : value,
    ),
  ) as Schema
}

/** Many documents have patterns that do not compile with the `u` flag. A pattern that never compiles matches everything. */
function toRegExp(source: string): RegExp {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(source, flags)
    } catch {
      continue
    }
  }
  return /(?:)/
}
toRegExp.code = 'new RegExp'

function isOtherDirection({ keyword, params, parentSchema }: ErrorObject, direction: Direction): boolean {
  if (keyword !== 'required') return false
  const properties = (parentSchema as Schema | undefined) ?? {}
  if (!isRecord(properties) || !isRecord(properties['properties'])) return false
  const property = properties['properties'][(params as { missingProperty: string }).missingProperty]
  return isRecord(property) && property[direction === 'request' ? 'readOnly' : 'writeOnly'] === true
}

/** Chooses one error. Among the errors of alternatives, the deepest one says most. */
function toMismatch(errors: readonly ErrorObject[], value: unknown): Mismatch {
  const telling = errors.filter(({ keyword }) => !COMBINING.has(keyword))
  const [first = errors[0]!] = telling.toSorted((a, b) => depthOf(b) - depthOf(a))
  const error = errors.some(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf') ? first : (telling[0] ?? first)
  return { place: toPlace(error.instancePath, value), message: describe(error) }
}

function depthOf({ instancePath }: ErrorObject): number {
  return instancePath.split('/').length
}

/** `/items/0/name` → `items[].name` */
function toPlace(instancePath: string, value: unknown): string {
  let place = ''
  let at = value
  for (const token of instancePath.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(at)) {
      place += '[]'
      at = at[Number(name)] as unknown
    } else {
      place += place === '' ? name : `.${name}`
      at = isRecord(at) ? at[name] : undefined
    }
  }
  return place
}

/** Names types and limits, never a value of the response. */
function describe({ keyword, params, message = '', data }: ErrorObject): string {
  const detail = params as Readonly<Record<string, unknown>>
  const got = typeName(data)
  switch (keyword) {
    case 'type':
      return `expected ${String(detail['type']).replaceAll(',', ' or ')}, got ${got}`
    case 'required':
      return `expected the property "${String(detail['missingProperty'])}", got none`
    case 'enum':
      return `expected one of ${JSON.stringify(detail['allowedValues']).slice(0, 120)}, got another ${got}`
    case 'const':
      return `expected ${JSON.stringify(detail['allowedValue'])}, got another ${got}`
    case 'format':
      return `expected format ${String(detail['format'])}, got another ${got}`
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return `expected no other properties, got "${String(detail['additionalProperty'] ?? detail['unevaluatedProperty'])}"`
    case 'pattern':
      return `expected text that matches ${String(detail['pattern'])}, got other text`
    case 'oneOf':
      return detail['passingSchemas'] === null
        ? 'expected one of the alternatives, got none of them'
        : 'expected exactly one of the alternatives, got several'
    case 'anyOf':
      return 'expected one of the alternatives, got none of them'
    case 'false schema':
      return `expected nothing, got ${got}`
    default:
      return `${message.replace(/^must /, 'expected to ')}, got ${got}`
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value
}
