/** Converts values whose scalars are all text, as in a CSV file, to the JSON that they represent, and finds the option of a union that fits. */
import { constantsOf } from './constants.ts'
import type { Node } from './node.ts'
import { isMembers, mayFit } from './option-fit.ts'
import { rankOptions } from './rank-options.ts'
import { scalarReader } from './scalar.ts'
import { precedence } from './text-union.ts'
import { memberNodes, unwrap } from './walk-node.ts'

/** The kinds with a JSON type of their own. Others are text in JSON too. */
const JSON_SCALARS: ReadonlySet<Node['kind']> = new Set(['number', 'boolean'])

/** Converts the texts of all `kinds`. A text that cannot be parsed is left unchanged. */
export function readTexts(node: Node, value: unknown, kinds?: ReadonlySet<Node['kind']>): unknown {
  const inner = unwrap(node)
  if (typeof value === 'string') {
    if (inner.kind === 'literal') return inner.values.find((constant) => String(constant) === value) ?? value
    return (kinds?.has(inner.kind) === false ? undefined : scalarReader(inner)?.parse(value)) ?? value
  }
  if (Array.isArray(value)) return inner.kind === 'array' ? value.map((item) => readTexts(inner.items, item, kinds)) : value
  if (!isMembers(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, readTexts(memberNodes(inner, name)[0] ?? ANY, one, kinds)]))
}

const ANY: Node = { kind: 'any' }

/** As `rankOptions` does it for JSON. Of one text, the surest reading is first. */
export function rankTextOptions(options: readonly Node[], value: unknown, input: object): readonly number[] {
  const read = (option: Node) => readTexts(option, value, JSON_SCALARS)
  if (typeof value !== 'string') return rankOptions(options, read, input)
  return options
    .map((option, index) => ({ option, index, json: read(option) }))
    .filter(({ option, json }) => mayFit(option, json))
    .toSorted((left, right) => precedence(left.option, value, left.json) - precedence(right.option, value, right.json))
    .map(({ index }) => index)
}

/** With the constant that the text of the tag stands for. */
export function readTag(options: readonly Node[], tag: string): (value: unknown) => unknown {
  const constants = options.flatMap((option) => memberNodes(unwrap(option), tag).flatMap((node) => constantsOf(node, 'request') ?? []))
  const byText = new Map(constants.map((constant) => [String(constant), constant]))
  return (value) => {
    const text = isMembers(value) ? value[tag] : undefined
    return typeof text === 'string' && byText.has(text) ? { ...(value as object), [tag]: byText.get(text) } : value
  }
}
