/** Runs the rules that send their own requests, for one operation, after its generated requests. */
import type { Operation } from '../document/operation.ts'
import type { Session } from '../session.ts'
import type { Probe } from './probe.ts'
import { probeConditional } from './conditional.ts'
import { probeHead } from './head.ts'
import { probeMethods } from './methods.ts'
import { probeNegotiation } from './negotiation.ts'
import { probePages } from './pages.ts'
import { probeRange } from './range.ts'
import { probeSecurity } from './security.ts'
import { probeStream } from './streams.ts'

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

export async function probeOperation(
  session: Session,
  operation: Operation,
  { valid, good }: Pick<Probe, 'valid' | 'good'>,
): Promise<void> {
  const probe: Probe = {
    session,
    operation,
    valid,
    good,
    ask: async (wire, options) => {
      const answer = await session.ask(wire, options)
      if (wire.method === operation.method) {
        const inputs = { path: {}, query: {}, header: {}, cookie: {}, body: undefined }
        session.keep({ candidate: { operation, phase: 'probes', verdict: 'unknown', what: 'a probe', inputs, wire }, answer })
      }
      return answer
    },
    find: (rule, found) => session.report(rule, { operation: operation.key, ...found }),
  }
  for (const run of PROBES) if (session.millisecondsLeft > 0) await run(probe)
}
