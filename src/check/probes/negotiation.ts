/** Content negotiation by Accept (RFC 9110 §12): Vary, and 406. */
import { headerOf, isSuccess, mediaTypeOf, type Answer } from '../send/wire.ts'
import { replacingHeaders } from '../session.ts'
import type { Probe } from './probe.ts'

const NOTHING = 'application/x-riposte-check'

export async function probeNegotiation(probe: Probe): Promise<void> {
  const { operation, good, session, ask, find } = probe
  if (good === undefined) return
  const isSafe = operation.method === 'GET' || operation.method === 'HEAD'
  const types = [
    ...new Set(
      operation.responses.filter(({ key }) => key.startsWith('2')).flatMap(({ contents }) => contents.map(({ mediaType }) => mediaType)),
    ),
  ].filter((type) => !type.includes('*') && type !== 'multipart/byteranges')
  const get = good.candidate.wire
  if (isSafe && types.length > 1 && session.settings.isOn('vary')) {
    const answers: { readonly type: string; readonly answer: Answer }[] = []
    for (const type of types) answers.push({ type, answer: await ask(replacingHeaders(get, { accept: type })) })
    const successes = answers.filter(({ answer }) => isSuccess(answer))
    const isNegotiated = new Set(successes.map(({ answer }) => mediaTypeOf(answer))).size > 1
    for (const { type, answer } of isNegotiated ? successes : []) {
      const wire = replacingHeaders(get, { accept: type })
      const vary = headerOf(answer, 'vary')?.toLowerCase() ?? ''
      if (!vary.includes('accept') && vary !== '*')
        find('vary', { place: 'vary', message: 'expected Accept in Vary, because it selects the content, got none', steps: [wire], answer })
      if (mediaTypeOf(answer) !== type)
        find('vary', {
          place: type,
          message: `expected ${type} for Accept: ${type}, got ${mediaTypeOf(answer) ?? 'no media type'}`,
          steps: [wire],
          answer,
        })
    }
  }
  if (!operation.responses.some(({ key }) => key === '406') || !isSafe || !session.settings.isOn('not-acceptable')) return
  const wire = replacingHeaders(get, { accept: NOTHING })
  const answer = await ask(wire)
  if (isSuccess(answer))
    find('not-acceptable', {
      place: 'status',
      message: `expected 406 for an Accept that nothing matches, got ${answer.status}`,
      steps: [wire],
      answer,
    })
}
