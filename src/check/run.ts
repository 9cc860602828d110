/** Runs the phases, operation by operation: makes requests, sends them, judges the answers, asks further. */
import { makePlan, type Plan } from './generate/plan.ts'
import type { Generation } from './generate/base.ts'
import type { Candidate } from './generate/candidate.ts'
import type { Operation } from './document/operation.ts'
import { isStream, type Answer } from './send/wire.ts'
import { probeOperation } from './probes/probe-all.ts'
import { runSequences } from './probes/sequences.ts'
import type { Exchange, Finding } from './rules/finding.ts'
import type { Session } from './session.ts'
import { shrink } from './shrink.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY'])
/** Streams take their time: a few requests show as much as many. */
const MOST_STREAM_REQUESTS = 6

export async function runCheck(session: Session): Promise<void> {
  const { settings, description, isUnsafe } = session
  for (const { place, message } of description.problems)
    session.report('document', { operation: '', place, message: `${place}: ${message}`, steps: [], answer: undefined })
  const operations = inOrder(session.operations.filter(({ method }) => isUnsafe || SAFE.has(method)))
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
    // No operation takes the time of all others.
    const share = Math.max(1_500, (session.millisecondsLeft / (operations.length - index)) * 3)
    await runOperation(session, operation, { deadline: performance.now() + Math.min(share, session.millisecondsLeft), progress })
  }
  if (settings.phases.has('sequences') && isUnsafe) await runSequences(session)
}

/** Those that make something come first, those that take it away last. */
function inOrder(operations: readonly Operation[]): readonly Operation[] {
  return operations.toSorted((a, b) => rank(a) - rank(b))
}

function rank({ method, path }: Operation): number {
  const isItem = path.includes('{')
  if (method === 'DELETE') return 5
  if (method === 'POST') return isItem ? 2 : 0
  return method === 'GET' ? (isItem ? 3 : 1) : 4
}

interface Limits {
  readonly deadline: number
  readonly progress: () => void
}

async function runOperation(session: Session, operation: Operation, { deadline, progress }: Limits): Promise<void> {
  const { settings } = session
  // What is learnt on the way changes nothing here: the same seed gives the same requests.
  const generation: Generation = {
    root: session.description.root,
    validator: session.validator,
    seed: settings.seed,
    learned: session.learned.for,
  }
  const plan = makePlan(generation, operation, { phases: settings.phases, count: settings.requests })
  note(session, operation, plan)
  const candidates = await judgeByModel(session, limitStreams(operation, plan.candidates))
  const exchanges = await sendAll(session, candidates, { deadline, progress })
  for (const { candidate, answer } of exchanges) session.learned.take(candidate, answer)
  if (settings.phases.has('probes') && session.millisecondsLeft > 0) await probeOperation(session, operation, exchanges)
  for (const exchange of exchanges) await shrinkFindings(session, generation, exchange)
  progress()
}

function note(session: Session, operation: Operation, { needsExample, unwritable, candidates }: Plan): void {
  const tally = session.tally.of(operation.key)
  if (candidates.every(({ verdict }) => verdict !== 'valid')) tally.needsExample = needsExample
  tally.unwritable = unwritable
}

function limitStreams({ responses }: Operation, candidates: readonly Candidate[]): readonly Candidate[] {
  const streams = responses.some(({ key, contents }) => key.startsWith('2') && contents.some(({ mediaType }) => isStream(mediaType)))
  if (!streams || candidates.length <= MOST_STREAM_REQUESTS) return candidates
  const valid = candidates.filter(({ verdict }) => verdict === 'valid')
  const invalid = candidates.filter(({ verdict }) => verdict !== 'valid')
  const step = Math.max(1, Math.floor(valid.length / (MOST_STREAM_REQUESTS / 2)))
  return [...valid.filter((_, index) => index % step === 0).slice(0, MOST_STREAM_REQUESTS), ...invalid]
}

/** The models of an app are known: an input that they refuse, for a reason that the document can't say, may be refused. */
async function judgeByModel({ models, tally }: Session, candidates: readonly Candidate[]): Promise<readonly Candidate[]> {
  if (models === undefined) return candidates
  const judged: Candidate[] = []
  for (const candidate of candidates) {
    const verdict = candidate.verdict === 'valid' ? await models(candidate.wire) : undefined
    if (verdict?.isAccepted !== false) {
      judged.push(candidate)
      continue
    }
    const entry = tally.of(candidate.operation.key)
    entry.refusedByModel += 1
    for (const place of verdict.places) entry.refusedPlaces.add(place)
    judged.push({ ...candidate, verdict: 'unknown' })
  }
  return judged
}

interface Judged extends Exchange {
  readonly findings: readonly Finding[]
}

/** In the order of the candidates, whatever the order of the answers. Judged as they come, so that no large content is kept. */
async function sendAll(session: Session, candidates: readonly Candidate[], { deadline, progress }: Limits): Promise<readonly Judged[]> {
  const judged: (Judged | undefined)[] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < candidates.length && performance.now() < deadline) {
      const index = next
      next += 1
      const candidate = candidates[index]!
      const answer = await session.ask(candidate.wire)
      const kept = withoutLargeContent(answer)
      judged[index] = {
        candidate,
        answer: kept,
        findings: session.judge({ candidate, answer }).map((finding) => ({ ...finding, answer: kept })),
      }
      progress()
    }
  }
  await Promise.all(Array.from({ length: session.settings.concurrency }, work))
  return judged.filter((each) => each !== undefined)
}

const MOST_KEPT_BYTES = 262_144

function withoutLargeContent(answer: Answer): Answer {
  return answer.body.byteLength <= MOST_KEPT_BYTES
    ? answer
    : { ...answer, body: answer.body.slice(0, MOST_KEPT_BYTES), ending: answer.ending === 'complete' ? 'left' : answer.ending }
}

async function shrinkFindings(session: Session, generation: Generation, { candidate, answer, findings }: Judged): Promise<void> {
  for (const finding of session.keep({ candidate, answer }, findings)) {
    if (session.millisecondsLeft > 0) await shrink(session, generation, { candidate, finding })
  }
}
