/** The responses that a representation sends instead of its declared status: 206, 304, 412 and 416 (RFC 9110 §13, §14). */
import type { DeclaredResponse } from '../contract/declared.ts'
import type { StatusKey } from '../contract/responses.ts'
import type { Method } from '../routing/route.ts'
import { contentsOf, type PossibleContent } from './content.ts'
import { ofRepresentation, type HeaderObject } from './headers.ts'
import type { Outcome, Outcomes, RouteErrors } from './outcomes.ts'
import type { Scope } from './settings.ts'

/** The statuses that a representation may send instead of the declared one, if the method and the declared status allow it. */
export function furtherStatuses(method: Method, { key, representations }: DeclaredResponse, of: 'statuses' | 'faults'): readonly number[] {
  const isRead = method === 'GET' || method === 'HEAD'
  return representations
    .flatMap((representation) => representation[of] ?? [])
    .filter((status) => {
      if (CONDITIONAL.has(status)) return isRead && mayBe(key, isSuccess)
      if (RANGED.has(status)) return isRead && mayBe(key, isOK)
      return true
    })
}

/** Conditions apply to reads that would otherwise succeed (§13.2.1), ranges to reads that would be 200 (§14.2). */
const CONDITIONAL: ReadonlySet<number> = new Set([304, 412])
const RANGED: ReadonlySet<number> = new Set([206, 416])
const isSuccess = (status: number): boolean => status >= 200 && status < 300
const isOK = (status: number): boolean => status === 200

function mayBe(key: StatusKey, test: (status: number) => boolean): boolean {
  return typeof key === 'number' ? test(key) : key === '2XX' || key === 'default'
}

/** A 416 has this header too, with the total size. */
export const CONTENT_RANGE: HeaderObject = { description: 'Byte range of this part and the total size', schema: { type: 'string' } }

const PARTS: PossibleContent = { mediaType: 'multipart/byteranges', content: { form: { type: 'string' } } }

export function fromFurtherStatuses(method: Method, { byStatus }: RouteErrors, { components }: Scope): readonly Outcomes[] {
  return [...byStatus.values()].map((response) => {
    const [first] = response.representations
    const headers = ofRepresentation(first!, false, components)
    const partial: Outcome = {
      headers: { 'Content-Range': CONTENT_RANGE, ...headers },
      contents: [...response.representations.flatMap(contentsOf), PARTS],
    }
    const unchanged: Outcome = { headers, contents: [] }
    return new Map(furtherStatuses(method, response, 'statuses').map((status) => [status, status === 206 ? partial : unchanged]))
  })
}
