/** What a shape of pages is made of, and how one is made from another. */
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

/** Secrets of at least 16 characters: the first one signs, all are accepted. `'unsigned'`: clients can read and make cursors. */
export type CursorKeys = readonly [string, ...string[]] | 'unsigned'

export interface TurnOptions {
  /** Values of the fields that the shape has models for. */
  readonly added?: Readonly<Record<string, unknown>>
  /** A cursor is valid for this subject alone, such as the id of the user. Default: for all. */
  readonly subject?: string | number
  /** Whatever else a cursor is bound to. `pagination()` binds it to the filter. */
  readonly filter?: string
  /** Makes links relative to the request. `pagination()` gives it. */
  readonly toLinks?: (targets: Targets) => PageLinks
}

export type PageFacts = Omit<Facts<unknown>, 'items' | 'links' | 'total' | 'total?' | 'pages' | 'pages?'> &
  Total & { readonly items: readonly unknown[]; readonly pages: number | null; readonly links: PageLinks | undefined }

/** 400 `INVALID_CURSOR`: a cursor that is not valid here. Forged, cut, of another list, of another version: a client learns no more. */
export const InvalidCursor = defineError('INVALID_CURSOR', { status: 400, detail: 'The cursor is not valid here' })

/** 404 `PAGE_NOT_FOUND`: there is no such page. A page past the end, where the shape is `strict`. */
export const PageNotFound = defineError('PAGE_NOT_FOUND', { status: 404, detail: 'There is no such page' })

/** What a client asked for, by meaning. */
export type Asked = Readonly<Partial<Record<ParameterName, unknown>>>

export interface PageTurn {
  readonly asked: Asked
  readonly limit: number
  readonly mode: CountMode
}

export interface Turned {
  readonly facts: Omit<PageFacts, 'links'>
  /** By meaning. */
  readonly targets: Targets
}

/** Throws an `InvalidCursor`, or a `PageNotFound` if the shape is strict. */
export type Turn = (shape: ShapeDefinition, source: PaginationSource<unknown>, request: PageTurn, options: TurnOptions) => Promise<Turned>

export interface ShapeDefinition {
  readonly base: PageBase
  /** The end of the name of the component. */
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
  /** How a page is turned: by offset or by cursor. Only what an app uses is part of its bundle. */
  readonly turn: Turn
}

const SUFFIXES = { page: 'Page', 'limit-offset': 'LimitOffsetPage', cursor: 'CursorPage' } as const
const MODE_NAMES = { exact: '', window: '', none: '', estimated: 'Estimated', capped: 'Capped' } as const

/** A shape of the default fields. */
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

/** `PageOptions` when their types no longer matter. */
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

/** Throws a `DeclarationError`. */
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

/** `UserCappedPage`: pages that differ in their fields differ in their names. */
function countedSuffix(base: PageBase, modes: readonly CountMode[]): string {
  const names = [...new Set(modes.map((mode) => MODE_NAMES[mode]))].join('')
  const isOptional = modes.includes('none') !== (base === 'cursor') || (base === 'cursor' && modes.length > 1)
  return `${isOptional ? (base === 'cursor' ? 'Counted' : 'Uncounted') : ''}${names}${SUFFIXES[base]}`
}

/** Throws a `DeclarationError` for a shape without keys, or with one that is too short. */
export function keysOf({ keys }: ShapeDefinition, where: string): CursorKeys {
  if (keys === 'unsigned' || (keys !== undefined && keys.length > 0 && keys.every((key) => key.length >= 16))) return keys
  throw new DeclarationError(
    'CURSOR_KEYS',
    where,
    'expected at least one key of at least 16 characters, got none or a shorter one',
    "Declare CursorPage.with({ keys: [secret] }), the newest first, or keys: 'unsigned'",
  )
}

/** No cursor is longer: keys are the texts of a few columns. */
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
      ? 'a name for a page with fields of its own'
      : isBounded
        ? missing.map((name) => `a parameter in query for ${name}`)[0]
        : 'whole numbers from 1 to 1,000,000 in size and cap, and a default up to the maximum'
  if (expected === undefined) return
  throw new DeclarationError('PAGE_SHAPE', `${SUFFIXES[base]}.with()`, `expected ${expected}, got another shape`, 'Add or correct it')
}

function isBound(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 1_000_000
}

/** The largest offset that every database and JavaScript count exactly. */
const MOST_OFFSET = Number.MAX_SAFE_INTEGER

/** The parameters of the query. */
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
    cursor: () => z.string().min(1).max(MOST_CHARACTERS).optional().describe('Cursor of another page, as a page gives it'),
    total: () => totalParameter(modes),
  }
  return Object.fromEntries(Object.entries(names).map(([name, meaning]) => [name, models[meaning]()]))
}
