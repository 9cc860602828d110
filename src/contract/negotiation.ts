/** Chooses one of a response's representations by the client's `Accept` (RFC 9110 §12.5.1). */
import { requestError, type RequestError } from '../errors/framework-errors.ts'
import { negotiate } from '../http/accept.ts'
import type { Incoming } from '../http/incoming.ts'
import type { DeclaredResponse } from './declared.ts'
import type { StatusKey } from './responses.ts'

/** The index of the representation; -1 where the client accepts none. */
export type Choose = (incoming: Incoming) => number

/** Chooses the first representation if there is no `Accept`. The last choice is cached, because most clients send the same header. */
export function compileChoice({ representations }: DeclaredResponse): Choose {
  const offers = representations.map(({ mediaType }) => mediaType ?? '*/*')
  let last: string | undefined
  let chosen = 0
  return (incoming) => {
    const accept = incoming.header('accept')
    if (accept === undefined) return 0
    if (accept !== last) {
      const offer = negotiate(accept, offers)
      chosen = offer === undefined ? -1 : offers.indexOf(offer)
      last = accept
    }
    return chosen
  }
}

export function notAcceptable(declared: readonly DeclaredResponse[]): RequestError {
  const offers = declared.flatMap(({ representations }) => representations.map(({ mediaType }) => mediaType ?? '*/*'))
  return requestError(406, `This resource is available as ${[...new Set(offers)].join(', ')}`)
}

/**
 * Throws a `RequestError` 406 before the handler runs, if the client accepts none of the media types of the success responses.
 * `undefined` if some success response is not negotiated: the handler may then send that one.
 */
export function compileAcceptance(declared: readonly DeclaredResponse[]): ((incoming: Incoming) => void) | undefined {
  const successes = declared.filter(({ key }) => mayBeSuccess(key))
  if (successes.length === 0 || successes.some(({ representations, choose }) => representations.length === 1 || choose !== undefined))
    return undefined
  const choices = successes.map(compileChoice)
  return (incoming) => {
    if (choices.every((choose) => choose(incoming) === -1)) throw notAcceptable(successes)
  }
}

function mayBeSuccess(key: StatusKey): boolean {
  return typeof key === 'number' ? key < 400 : key !== '4XX' && key !== '5XX'
}
