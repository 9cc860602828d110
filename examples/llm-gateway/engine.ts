/** Stands in for models: they say what they were asked, one word a token, so that the same question has the same answer. */
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

export interface Question {
  readonly model: FakeModel
  readonly text: string
  readonly maxTokens?: number | undefined
  readonly signal: AbortSignal
}

export interface Token {
  readonly text: string
  /** `length` on a token after which there would be more. */
  readonly finish: 'stop' | 'length' | null
}

interface Behaviour {
  /** The model takes no question. */
  readonly isOverloaded?: boolean
  /** The model fails after so many tokens. */
  readonly failsAfter?: number
}

export const FAKE_MODELS = {
  parrot: {},
  'overloaded-parrot': { isOverloaded: true },
  'failing-parrot': { failsAfter: 3 },
} as const satisfies Record<string, Behaviour>

export type FakeModel = keyof typeof FAKE_MODELS

export function isFakeModel(name: string): name is FakeModel {
  return Object.hasOwn(FAKE_MODELS, name)
}

export class EngineOverloaded extends Error {}

export interface Engine {
  /** Throws `EngineOverloaded` before the first token. */
  answer(question: Question): AsyncGenerator<Token, void>
}

export function createEngine(msPerToken: number, log: (line: string) => void): Engine {
  return {
    async *answer({ model, text, maxTokens = Infinity, signal }) {
      const { isOverloaded = false, failsAfter = Infinity }: Behaviour = FAKE_MODELS[model]
      if (isOverloaded) throw new EngineOverloaded()
      const words = splitTokens(`You said: ${text}`)
      const length = Math.min(words.length, maxTokens)
      let told = 0
      log(`An answer begins, of ${length} tokens.`)
      try {
        for (const word of words.slice(0, length)) {
          await pause(msPerToken, undefined, { signal })
          if (told === failsAfter) throw new Error('The parrot flew away')
          told++
          yield { text: word, finish: told < length ? null : length < words.length ? 'length' : 'stop' }
        }
      } finally {
        log(`An answer ended after ${told} of ${length} tokens.`)
      }
    },
  }
}

/** Words with the space before them, as real tokens have it. */
function splitTokens(text: string): string[] {
  return text.match(/\s*\S+/g) ?? []
}

export function countTokens(text: string): number {
  return splitTokens(text).length
}

const DIMENSIONS = 8

/** A unit vector made of a hash: equal texts are near each other, and no others. */
export function embed(text: string): Float32Array {
  const hash = createHash('sha256').update(text).digest()
  const numbers = Float32Array.from({ length: DIMENSIONS }, (_, index) => hash.readInt32LE(index * 4))
  const length = Math.hypot(...numbers)
  return numbers.map((each) => each / length)
}
