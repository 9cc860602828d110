/** A default or an example of a model → the JSON that stands for it in a document: the form in which it travels. */
import { encodeCarefully } from '../encode/closures/careful.ts'
import type { DefaultNode, Node } from '../node.ts'

/** `undefined` for a value that its model refuses, or that JSON can't hold exactly. */
function toWireValue(node: Node, value: unknown): unknown {
  try {
    const text = encodeCarefully(node, value)
    const json: unknown = JSON.parse(text)
    // An integer beyond 2^53 loses digits here, and in every tool that reads the document.
    return JSON.stringify(json) === text ? json : undefined
  } catch {
    return undefined
  }
}

/** An example may be written as the program holds it or as it travels. `undefined` where JSON has no form for it. */
export function toExample(node: Node, value: unknown): unknown {
  return toWireValue(node, value) ?? toWireValue({ kind: 'any' }, value)
}

/** `undefined` for a default that a function makes: each request gets another one, so the document can show none. */
export function toConstant({ inner, value }: DefaultNode): unknown {
  const [first, second] = WORLDS.map((world) => toWireValue(inner, inWorld(world, value)))
  return JSON.stringify(first) === JSON.stringify(second) ? first : undefined
}

/** What a function may ask for: it gives something else in each world. */
interface World {
  readonly time: number
  readonly random: number
  readonly pid: number
}

/** Every part of the two dates differs, from the year to the millisecond. */
const WORLDS: readonly World[] = [
  { time: Date.UTC(2001, 1, 3, 4, 5, 6, 7), random: 0.1, pid: 1001 },
  { time: Date.UTC(2012, 8, 17, 18, 29, 40, 581), random: 0.9, pid: 2002 },
]

/**
 * A library hides whether a default is a constant or the result of a function: a getter gives either. So the getter is called
 * with another clock, random source and process id. It is synchronous: no other code runs before they are restored.
 */
function inWorld({ time, random, pid }: World, make: () => unknown): unknown {
  const { Date: PresentDate, Math: PresentMath, process } = globalThis as { Date: DateConstructor; Math: Math; process?: object }
  class WorldDate extends PresentDate {
    constructor(...fields: readonly []) {
      super(...(fields.length === 0 ? ([time] as unknown as readonly []) : fields))
    }
    static override now(): number {
      return time
    }
  }
  const restore = [
    replace(globalThis, 'Date', WorldDate),
    replace(PresentMath, 'random', () => random),
    ...(process === undefined ? [] : [replace(process, 'pid', pid)]),
  ]
  try {
    return make()
  } catch {
    return undefined
  } finally {
    for (const undo of restore) undo()
  }
}

function replace(target: object, name: string, value: unknown): () => void {
  const present = Object.getOwnPropertyDescriptor(target, name)
  if (present?.configurable !== true) return () => undefined
  Object.defineProperty(target, name, { configurable: true, enumerable: present.enumerable === true, writable: true, value })
  return () => void Object.defineProperty(target, name, present)
}
