/** Runs the phases for each operation: generates requests, sends them, applies the rules to the responses, then runs the probes. */
import { isSafe, type Operation } from './document/operation.ts'
import type { Generation } from './generate/inputs.ts'
import type { Candidate } from './generate/request.ts'
import { Plan } from './generate/plan.ts'
import { probeHead, probeMethods } from './probes/methods.ts'
import { probePages } from './probes/pages.ts'
import { createProbe, type Probe } from './probes/probe.ts'
import { probeConditional, probeNegotiation, probeRange } from './probes/request-headers.ts'
import { probeSecurity } from './probes/security.ts'
import { runSequences } from './probes/sequences.ts'
import { probeStream } from './probes/streams.ts'
import { isStream, isSuccess, type WireResponse } from './send/wire.ts'
import type { Session } from './session.ts'
import { shrink } from './shrink.ts'
import { withShortResponse } from './causes.ts'
import type { Lesson } from './learned.ts'
import type { Exchange, Finding } from './rules/rule.ts'

export async function runCheck(session: Session): Promise<void> {
  const { settings, description, isUnsafe } = session
  for (const { place, message } of description.problems)
    session.report('document', { operation: '', place, message: `${place}: ${message}`, steps: [], response: undefined })
  const operations = inOrder(session.operations.filter(({ method }) => isUnsafe || isSafe(method)))
  for (const [index, operation] of operations.entries()) {
    const progress = () =>
      settings.onProgress({
        operation: operation.key,
        done: index,
        total: operations.length,
        requests: session.requests,
        causes: session.causes.size,
      })
    if (session.millisecondsLeft <= 0) {
      session.tally.of(operation.key).isSkipped = true
      continue
    }
    // The time of one operation is limited, so that the others have time too.
    const share = Math.max(1_500, (session.millisecondsLeft / (operations.length - index)) * 3)
    await runOperation(session, operation, { deadline: performance.now() + Math.min(share, session.millisecondsLeft), progress })
  }
  if (settings.phases.has('sequences') && isUnsafe) await runSequences(session)
}

/** Operations that create resources first, those that delete them last. */
function inOrder(operations: readonly Operation[]): readonly Operation[] {
  return operations.toSorted((a, b) => rank(a) - rank(b))
}

function rank({ method, path }: Operation): number {
  const isItem = path.includes('{')
  if (method === 'DELETE') return 5
  if (method === 'POST') return isItem ? 2 : 0
  return method === 'GET' ? (isItem ? 3 : 1) : 4
}

/** The rules that send their own requests, after the generated requests of an operation. */
const PROBES: readonly ((probe: Probe) => Promise<void>)[] = [
  probeSecurity,
  probeHead,
  probeMethods,
  probeConditional,
  probeRange,
  probeNegotiation,
  probePages,
  probeStream,
]

async function runOperation(session: Session, operation: Operation, limits: Limits): Promise<void> {
  const { settings } = session
  // The ids that responses show are added after all requests of the operation were generated, so the same seed generates the same requests.
  const generation: Generation = {
    root: session.description.root,
    validator: session.validator,
    seed: settings.seed,
    learned: session.learned.for,
  }
  const plan = new Plan(generation, operation, { phases: settings.phases, count: settings.requests })
  const { lessons, valid, good, failures } = await sendAll(session, limitStreams(operation, plan.candidates()), limits)
  const tally = session.tally.of(operation.key)
  tally.needsExample = plan.needsExample
  tally.unwritable = plan.unwritable
  for (const lesson of lessons) session.learned.take(lesson)
  for (const { candidate, findings } of failures) {
    const fresh = findings.filter((finding) => session.causes.add(finding))
    for (const finding of fresh) if (session.millisecondsLeft > 0) await shrink(session, generation, { candidate, finding })
  }
  if (settings.phases.has('probes')) {
    const probe = createProbe(session, operation, { valid, good })
    for (const run of PROBES) if (session.millisecondsLeft > 0) await run(probe)
  }
  limits.progress()
}

/** Reading a stream takes up to `streamMs`, so few requests are sent to operations that stream. */
const MOST_STREAM_REQUESTS = 6

function limitStreams({ responses }: Operation, candidates: Iterable<Candidate>): Iterable<Candidate> {
  const streams = responses.some(({ key, contents }) => key.startsWith('2') && contents.some(({ mediaType }) => isStream(mediaType)))
  if (!streams) return candidates
  const all = [...candidates]
  if (all.length <= MOST_STREAM_REQUESTS) return all
  const valid = all.filter(({ verdict }) => verdict === 'valid')
  const invalid = all.filter(({ verdict }) => verdict !== 'valid')
  const step = Math.max(1, Math.floor(valid.length / (MOST_STREAM_REQUESTS / 2)))
  return [...valid.filter((_, index) => index % step === 0).slice(0, MOST_STREAM_REQUESTS), ...invalid]
}

interface Limits {
  /** No request is sent after it. */
  readonly deadline: number
  readonly progress: () => void
}

interface Failure {
  readonly candidate: Candidate
  readonly findings: readonly Finding[]
}

/** In the order of the candidates, also if responses arrive in another order. */
interface Outcome {
  readonly lessons: readonly Lesson[]
  /** The first valid request that got a response. */
  readonly valid: Exchange | undefined
  /** The first request that succeeded. */
  readonly good: Exchange | undefined
  readonly failures: readonly Failure[]
}

async function sendAll(session: Session, candidates: Iterable<Candidate>, { deadline, progress }: Limits): Promise<Outcome> {
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
      const response = await session.ask(candidate.wire)
      const exchange = { candidate, response }
      session.count(exchange)
      if (candidate.verdict === 'valid' && response.ending !== 'none') valid.take(index, exchange)
      if (candidate.verdict !== 'invalid' && isSuccess(response) && response.ending !== 'cut') good.take(index, exchange)
      lessons[index] = [...session.learned.read(candidate, response)]
      const findings = session.judge(exchange)
      if (findings.length > 0) failures[index] = { candidate, findings: findings.map(withShortResponse) }
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

  take(index: number, { candidate, response }: Exchange): void {
    if (index > this.#index) return
    this.#index = index
    this.exchange = { candidate, response: withoutLargeContent(response) }
  }
}

const MOST_KEPT_BYTES = 262_144

function withoutLargeContent(response: WireResponse): WireResponse {
  if (response.body.byteLength <= MOST_KEPT_BYTES) return response
  const body = new Uint8Array(response.body.subarray(0, MOST_KEPT_BYTES))
  return { ...response, body, ending: response.ending === 'complete' ? 'left' : response.ending }
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
