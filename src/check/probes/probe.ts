/** What a rule with requests of its own is given. */
import type { Operation } from '../document/operation.ts'
import type { Exchange, Finding } from '../rules/finding.ts'
import type { Answer, SendOptions, WireRequest } from '../send/wire.ts'
import type { Session } from '../session.ts'

export interface Probe {
  readonly session: Session
  readonly operation: Operation
  /** A request that the document allows. */
  readonly valid: Exchange | undefined
  /** A request that succeeded. */
  readonly good: Exchange | undefined
  /** Sends, and holds the answer against the rules for each answer. */
  readonly ask: (wire: WireRequest, options?: Partial<SendOptions>) => Promise<Answer>
  readonly find: (
    rule: Finding['rule'],
    found: { readonly place: string; readonly message: string; readonly steps: readonly WireRequest[]; readonly answer: Answer },
  ) => void
}
