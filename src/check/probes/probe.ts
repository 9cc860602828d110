/** What a rule that sends its own requests gets. */
import type { Operation } from '../document/operation.ts'
import type { Exchange, Finding } from '../rules/finding.ts'
import type { Answer, SendOptions, WireRequest } from '../send/wire.ts'
import type { Session } from '../session.ts'

export interface Probe {
  readonly session: Session
  readonly operation: Operation
  /** A valid request, with its response. */
  readonly valid: Exchange | undefined
  /** A request that succeeded, with its response. */
  readonly good: Exchange | undefined
  /** Sends a request, and applies the rules for each response. */
  readonly ask: (wire: WireRequest, options?: Partial<SendOptions>) => Promise<Answer>
  readonly find: (
    rule: Finding['rule'],
    found: { readonly place: string; readonly message: string; readonly steps: readonly WireRequest[]; readonly answer: Answer },
  ) => void
}
