/** The state of one check: the document, the connection, the failures, the coverage, the learned ids and the time that is left. */
import { Causes } from './causes.ts'
import { Coverage, Tally } from './coverage.ts'
import type { Description, Operation } from './document/operation.ts'
import type { Candidate } from './generate/request.ts'
import { Learned } from './learned.ts'
import type { ModelJudge } from './model/app-models.ts'
import { Validator } from './model/validator.ts'
import type { Settings } from './options.ts'
import type { ResponseRule, Exchange, Finding, Knowledge, RuleName } from './rules/rule.ts'
import { echo, internals, invalidRefused, problem, validAccepted } from './rules/error.ts'
import { challenge, cookie, framing, header, redirect } from './rules/headers.ts'
import { complete, body, mediaType, serverError, status, time } from './rules/response.ts'
import { streamItems } from './rules/stream.ts'
import { addHeaders } from './send/user-headers.ts'
import type { WireResponse, Send, SendOptions, WireRequest } from './send/wire.ts'

interface SessionParts {
  readonly description: Description
  readonly operations: readonly Operation[]
  readonly send: Send
  readonly settings: Settings
  readonly models: ModelJudge | undefined
  /** Whether POST, PUT, PATCH and DELETE may be sent. */
  readonly isUnsafe: boolean
}

/** The rules that need no further request. */
const RESPONSE_RULES: readonly ResponseRule[] = [
  complete,
  serverError,
  status,
  mediaType,
  body,
  header,
  cookie,
  framing,
  redirect,
  challenge,
  problem,
  echo,
  internals,
  validAccepted,
  invalidRefused,
  streamItems,
  time,
]

export class Session implements SessionParts {
  readonly description: Description
  readonly operations: readonly Operation[]
  readonly settings: Settings
  readonly models: ModelJudge | undefined
  readonly isUnsafe: boolean
  readonly validator: Validator
  readonly knowledge: Knowledge
  readonly causes = new Causes()
  readonly coverage: Coverage
  readonly learned: Learned
  readonly tally = new Tally()
  requests = 0
  readonly send: Send
  readonly #deadline: number

  constructor({ description, operations, send, settings, models, isUnsafe }: SessionParts) {
    this.description = description
    this.operations = operations
    this.settings = settings
    this.models = models
    this.isUnsafe = isUnsafe
    this.send = send
    this.validator = new Validator(description.root)
    // The text of a large document is only made when the rule `echo` needs it.
    let texts: string | undefined
    const isPublic = (text: string) => (texts ??= JSON.stringify(description.root)).includes(text)
    this.knowledge = { description, validator: this.validator, slowMs: settings.slowMs, isPublic }
    this.coverage = new Coverage(operations)
    this.learned = new Learned(operations)
    this.#deadline = performance.now() + settings.maxTimeMs
  }

  get millisecondsLeft(): number {
    return this.#deadline - performance.now()
  }

  /** Sends a request with the headers of its user. */
  ask(wire: WireRequest, options?: Partial<SendOptions>): Promise<WireResponse> {
    this.requests += 1
    const { headers, as = {} } = this.settings
    return this.send(addHeaders(wire, wire.user === 'second' ? as : headers), options)
  }

  /** Sends a request, applies the rules to the response, and records the failures. */
  async try(candidate: Candidate, options?: Partial<SendOptions>): Promise<Exchange> {
    const response = await this.ask(candidate.wire, options)
    const exchange = { candidate, response }
    this.keep(exchange)
    return exchange
  }

  /** Counts an exchange, and records its failures. */
  keep(exchange: Exchange): void {
    this.count(exchange)
    for (const finding of this.judge(exchange)) this.causes.add(finding)
  }

  count({ candidate, response }: Exchange): void {
    this.coverage.take(candidate.operation, response)
    this.tally.take(candidate, response)
  }

  /** Applies the rules that need no further request. */
  judge(exchange: Exchange): readonly Finding[] {
    const { candidate, response } = exchange
    // The other rules need a response.
    const rules = response.ending === 'none' ? [complete] : RESPONSE_RULES
    return rules.flatMap((rule) =>
      [...rule(exchange, this.knowledge)]
        .filter(({ rule: name }) => this.settings.isOn(name))
        .map((found): Finding => ({ ...found, operation: candidate.operation.key, steps: [candidate.wire], response })),
    )
  }

  /** Records a failure, if its rule is on. */
  report(rule: RuleName, finding: Omit<Finding, 'rule'>): void {
    if (this.settings.isOn(rule)) this.causes.add({ ...finding, rule })
  }
}
