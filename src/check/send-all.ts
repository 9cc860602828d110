/** Sends the generated requests of one operation, and keeps only the parts of each exchange that are needed later. */
import { withShortAnswer } from './causes.ts'
import type { Candidate } from './generate/candidate.ts'
import type { Lesson } from './learned.ts'
import type { Exchange, Finding } from './rules/finding.ts'
import { isSuccess, type Answer } from './send/wire.ts'
import type { Session } from './session.ts'

export interface Limits {
  /** No request is sent after it. */
  readonly deadline: number
  readonly progress: () => void
}

export interface Failure {
  readonly candidate: Candidate
  readonly findings: readonly Finding[]
}

/** In the order of the candidates, also if responses arrive in another order. */
export interface Outcome {
  readonly lessons: readonly Lesson[]
  /** The first valid request that got a response. */
  readonly valid: Exchange | undefined
  /** The first request that succeeded. */
  readonly good: Exchange | undefined
  readonly failures: readonly Failure[]
}

export async function sendAll(session: Session, candidates: Iterable<Candidate>, { deadline, progress }: Limits): Promise<Outcome> {
  const lessons: (readonly Lesson[])[] = []
  const failures: Failure[] = []
  const valid = new First()
  const good = new First()
  const open = candidates[Symbol.iterator]()
  let count = 0
  const work = async (): Promise<void> => {
    while (performance.now() < deadline) {
      const next = open.next()
      if (next.done === true) return
      const index = count++
      const candidate = await judgeByModel(session, next.value)
      const answer = await session.ask(candidate.wire)
      const exchange = { candidate, answer }
      session.count(exchange)
      if (candidate.verdict === 'valid' && answer.ending !== 'none') valid.take(index, exchange)
      if (candidate.verdict !== 'invalid' && isSuccess(answer) && answer.ending !== 'cut') good.take(index, exchange)
      lessons[index] = [...session.learned.read(candidate, answer)]
      const findings = session.judge(exchange)
      if (findings.length > 0) failures[index] = { candidate, findings: findings.map(withShortAnswer) }
      progress()
    }
  }
  await Promise.all(Array.from({ length: session.settings.concurrency }, work))
  return { lessons: lessons.flat(), valid: valid.exchange, good: good.exchange, failures: Object.values(failures) }
}

/** Keeps the exchange with the lowest index. */
class First {
  exchange: Exchange | undefined
  #index = Infinity

  take(index: number, { candidate, answer }: Exchange): void {
    if (index > this.#index) return
    this.#index = index
    this.exchange = { candidate, answer: withoutLargeContent(answer) }
  }
}

const MOST_KEPT_BYTES = 262_144

function withoutLargeContent(answer: Answer): Answer {
  if (answer.body.byteLength <= MOST_KEPT_BYTES) return answer
  const body = new Uint8Array(answer.body.subarray(0, MOST_KEPT_BYTES))
  return { ...answer, body, ending: answer.ending === 'complete' ? 'left' : answer.ending }
}

/** If the models of the app refuse inputs that the document allows, the app may refuse them too: the verdict becomes `unknown`. */
async function judgeByModel({ models, tally }: Session, candidate: Candidate): Promise<Candidate> {
  const verdict = candidate.verdict === 'valid' ? await models?.(candidate.wire) : undefined
  if (verdict?.isAccepted !== false) return candidate
  const entry = tally.of(candidate.operation.key)
  entry.refusedByModel += 1
  for (const place of verdict.places) entry.refusedPlaces.add(place)
  return { ...candidate, verdict: 'unknown' }
}
