/** The definition of a shape of pages: its fields, parameters, sizes, count modes and errors, and how `with()` changes it. */
import { z } from 'zod'
import { defineError } from '../errors/define-error.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { totalParameter, type CountMode, type Total } from './counting.ts'
import {
  DEFAULT_NAMES,
  defaultFields,
  type Facts,
  type PageBase,
  type PageFields,
  type ParameterName,
  type ParameterNames,
} from './facts.ts'
import type { PageLinks, Targets } from './links.ts'
import type { PaginationSource } from './source.ts'

/** Secrets of at least 16 characters. The first one signs; cursors of all of them are accepted. `'unsigned'`: clients can read and make cursors. */
export type CursorKeys = readonly [string, ...string[]] | 'unsigned'

export interface TurnOptions {
  /** The values of the fields for which the shape has a model. */
  readonly added?: Readonly<Record<string, unknown>>
  /** Cursors are valid for this subject only, such as the id of the user. Default: for all subjects. */
  readonly subject?: string | number
  /** A text that cursors are bound to. `pagination()` sets it to the filter of the request. */
  readonly filter?: string
  /** Makes the links of the page. `pagination()` sets it. */
  readonly toLinks?: (targets: Targets) => PageLinks
}

export type PageFacts = Omit<Facts<unknown>, 'items' | 'links' | 'total' | 'total?' | 'pages' | 'pages?'> &
  Total & { readonly items: readonly unknown[]; readonly pages: number | null; readonly links: PageLinks | undefined }

/** 400 `INVALID_CURSOR`: a cursor that is not valid here. It is forged, truncated, from another list or from another version; the response does not say which. */
export const InvalidCursor = defineError('INVALID_CURSOR', { status: 400, detail: 'The cursor is not valid here' })

/** 404 `PAGE_NOT_FOUND`: there is no such page. The page is past the end, and the shape is `strict`. */
export const PageNotFound = defineError('PAGE_NOT_FOUND', { status: 404, detail: 'There is no such page' })

/** The parameters of the request, by meaning. */
export type Asked = Readonly<Partial<Record<ParameterName, unknown>>>

export interface PageTurn {
  readonly asked: Asked
  readonly limit: number
  readonly mode: CountMode
}

export interface Turned {
  readonly facts: Omit<PageFacts, 'links'>
  /** The parameters of links, by meaning. */
  readonly targets: Targets
}

/** Reads one page from a source. Throws an `InvalidCursor`, or a `PageNotFound` if the shape is strict. */
type Turn = (shape: ShapeDefinition, source: PaginationSource<unknown>, request: PageTurn, options: TurnOptions) => Promise<Turned>

export interface ShapeDefinition {
  readonly base: PageBase
  /** The end of the component's name: `Page` in `UserPage`. */
  readonly suffix: string
  readonly fields: PageFields
  readonly names: ParameterNames
  readonly size: { readonly default: number; readonly max: number }
  /** The first one is the default. */
  readonly modes: readonly CountMode[]
  readonly cap: number
  readonly strict: boolean
  /** `undefined` if none were given. */
  readonly keys: CursorKeys | undefined
  /** Reads a page by offset or by cursor. Each shape brings its own function, so that the bundle of an app has only what it uses. */
  readonly turn: Turn
}

const SUFFIXES = { page: 'Page', 'limit-offset': 'LimitOffsetPage', cursor: 'CursorPage' } as const
const MODE_NAMES = { exact: '', window: '', none: '', estimated: 'Estimated', capped: 'Capped' } as const

/** The definition of a shape with its default fields. */
export function definitionOf(base: PageBase, turn: Turn): ShapeDefinition {
  const modes: readonly CountMode[] = [base === 'cursor' ? 'none' : 'exact']
  return {
    base,
    suffix: SUFFIXES[base],
    fields: defaultFields(base, modes),
    names: DEFAULT_NAMES[base],
    size: { default: 20, max: 100 },
    modes,
    cap: 1000,
    strict: false,
    keys: undefined,
    turn,
  }
}

/** `PageOptions` without type parameters. */
export interface AnyPageOptions {
  readonly name?: string
  readonly fields?: PageFields
  readonly query?: ParameterNames
  readonly size?: { readonly default?: number; readonly max?: number }
  readonly total?: CountMode | readonly CountMode[]
  readonly cap?: number
  readonly strict?: boolean
  readonly keys?: CursorKeys
}

/** The definition that `with(options)` makes. Throws a `DeclarationError` if it is not valid. */
export function change(before: ShapeDefinition, options: AnyPageOptions): ShapeDefinition {
  const { base } = before
  const modes = options.total === undefined ? before.modes : typeof options.total === 'string' ? [options.total] : options.total
  const names = options.query ?? Object.fromEntries(Object.entries(before.names).filter(([, name]) => name !== 'total'))
  const definition = {
    ...before,
    fields: options.fields ?? (options.total === undefined ? before.fields : defaultFields(base, modes)),
    names: modes.length > 1 ? { ...names, total: 'total' as const } : names,
    size: { ...before.size, ...options.size },
    modes,
    cap: options.cap ?? before.cap,
    strict: options.strict ?? before.strict,
    keys: options.keys ?? before.keys,
  }
  const suffix = options.name ?? (options.total === undefined ? before.suffix : countedSuffix(base, modes))
  assertDefinition(definition, options, suffix === SUFFIXES[base])
  return { ...definition, suffix }
}

/** `CappedPage`, as in `UserCappedPage`: pages with different fields have different names. */
function countedSuffix(base: PageBase, modes: readonly CountMode[]): string {
  const names = [...new Set(modes.map((mode) => MODE_NAMES[mode]))].join('')
  const isOptional = modes.includes('none') !== (base === 'cursor') || (base === 'cursor' && modes.length > 1)
  return `${isOptional ? (base === 'cursor' ? 'Counted' : 'Uncounted') : ''}${names}${SUFFIXES[base]}`
}

/** Throws a `DeclarationError` if the shape has no keys, or one that is too short. */
export function keysOf({ keys }: ShapeDefinition, where: string): CursorKeys {
  if (keys === 'unsigned' || (keys !== undefined && keys.length > 0 && keys.every((key) => key.length >= 16))) return keys
  throw new DeclarationError(
    'CURSOR_KEYS',
    where,
    'expected at least one key of at least 16 characters, got none or a shorter one',
    "Declare CursorPage.with({ keys: [secret] }), the newest first, or keys: 'unsigned'",
  )
}

/** The maximum length of a cursor. It has the values of a few columns. */
export const MOST_CHARACTERS = 4096

function assertDefinition(
  { base, size, names, cap }: Omit<ShapeDefinition, 'suffix'>,
  { fields }: AnyPageOptions,
  isDefaultName: boolean,
): void {
  const isBounded = [size.max, size.default, cap].every(isBound) && size.default <= size.max
  const missing = Object.values(DEFAULT_NAMES[base]).filter((name) => !Object.values(names).includes(name))
  const expected =
    fields !== undefined && isDefaultName
      ? 'name with fields, got fields alone'
      : isBounded
        ? missing.map((name) => `a parameter in query for ${name}, got none`)[0]
        : 'whole numbers from 1 to 1,000,000 in size and cap, with default <= max, got other values'
  if (expected === undefined) return
  throw new DeclarationError('PAGE_SHAPE', `${SUFFIXES[base]}.with()`, `expected ${expected}`, 'Correct the options')
}

function isBound(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 1_000_000
}

/** The largest offset that JavaScript and every database represent exactly. */
const MOST_OFFSET = Number.MAX_SAFE_INTEGER

/** The models of the query parameters, by name. */
export function queryOf({ names, size, modes }: ShapeDefinition): Readonly<Record<string, z.ZodType>> {
  const items = (description: string) => z.int().min(1).max(size.max).default(size.default).describe(description)
  const models = {
    page: () =>
      z
        .int()
        .min(1)
        .max(Math.floor(MOST_OFFSET / size.max))
        .default(1)
        .describe('Page number, starting at 1'),
    size: () => items('Items per page'),
    limit: () => items('Maximum number of items'),
    offset: () =>
      z
        .int()
        .min(0)
        .max(MOST_OFFSET - size.max)
        .default(0)
        .describe('Number of items to skip'),
    cursor: () => z.string().min(1).max(MOST_CHARACTERS).optional().describe('Cursor of another page, from an earlier response'),
    total: () => totalParameter(modes),
  }
  return Object.fromEntries(Object.entries(names).map(([name, meaning]) => [name, models[meaning]()]))
}
