/** Applies every rule that needs no further request to one response. */
import { answered, body, framing, header, mediaType, redirect, serverError, status } from './answer.ts'
import type { RuleName } from './catalogue.ts'
import { cookie } from './cookie.ts'
import { echo, internals, invalidRefused, problem, time, validAccepted } from './error.ts'
import type { AnswerRule, Exchange, Finding, Knowledge } from './finding.ts'
import { streamItems } from './stream.ts'

const ANSWER_RULES: readonly AnswerRule[] = [
  answered,
  serverError,
  status,
  mediaType,
  body,
  header,
  cookie,
  framing,
  redirect,
  problem,
  echo,
  internals,
  validAccepted,
  invalidRefused,
  streamItems,
  time,
]

/** `isOn`: whether a rule is turned on. */
export function judge(exchange: Exchange, knowledge: Knowledge, isOn: (rule: RuleName) => boolean): readonly Finding[] {
  const { candidate, answer } = exchange
  // The other rules need a response.
  const rules = answer.ending === 'none' ? [answered] : ANSWER_RULES
  return rules.flatMap((rule) =>
    [...rule(exchange, knowledge)]
      .filter(({ rule: name }) => isOn(name))
      .map((found): Finding => ({ ...found, operation: candidate.operation.key, steps: [candidate.wire], answer })),
  )
}
