/** What a rule that sends its own requests gets: an operation, exchanges of it, and functions to send and to report. */
import type { Operation } from '../document/operation.ts'
import { NO_INPUTS } from '../generate/request.ts'
import type { Exchange, Finding } from '../rules/rule.ts'
import type { WireResponse, SendOptions, WireRequest } from '../send/wire.ts'
import type { Session } from '../session.ts'

export interface Probe {
  readonly session: Session
  readonly operation: Operation
  /** A valid request, with its response. */
  readonly valid: Exchange | undefined
  /** A request that succeeded, with its response. */
  readonly good: Exchange | undefined
  /** Sends a request. The rules for each response are applied if it has the method of the operation. */
  readonly ask: (wire: WireRequest, options?: Partial<SendOptions>) => Promise<WireResponse>
  readonly find: (
    rule: Finding['rule'],
    found: { readonly place: string; readonly message: string; readonly steps: readonly WireRequest[]; readonly response: WireResponse },
  ) => void
}

export function createProbe(session: Session, operation: Operation, { valid, good }: Pick<Probe, 'valid' | 'good'>): Probe {
  return {
    session,
    operation,
    valid,
    good,
    ask: async (wire, options) => {
      const response = await session.ask(wire, options)
      if (wire.method === operation.method)
        session.keep({ candidate: { operation, phase: 'probes', verdict: 'unknown', what: 'a probe', inputs: NO_INPUTS, wire }, response })
      return response
    },
    find: (rule, found) => session.report(rule, { operation: operation.key, ...found }),
  }
}

/** Replaces headers of the request. The names are in lower case. */
export function replacingHeaders(wire: WireRequest, headers: Readonly<Record<string, string>>): WireRequest {
  const names = new Set(Object.keys(headers))
  return { ...wire, headers: [...wire.headers.filter(([name]) => !names.has(name)), ...Object.entries(headers)] }
}
