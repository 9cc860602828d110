/** Runs the phases for each operation: generates requests, sends them, applies the rules to the responses, then runs the probes. */
import type { Operation } from './document/operation.ts'
import type { Generation } from './generate/base.ts'
import type { Candidate } from './generate/candidate.ts'
import { Plan } from './generate/plan.ts'
import { probeOperation } from './probes/probe-all.ts'
import { runSequences } from './probes/sequences.ts'
import { sendAll, type Limits } from './send-all.ts'
import { isStream } from './send/wire.ts'
import type { Session } from './session.ts'
import { shrink } from './shrink.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY'])

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
  if (settings.phases.has('probes') && session.millisecondsLeft > 0) await probeOperation(session, operation, { valid, good })
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
