/** A representation without the flow around it: a value in, the reply that a writer would take out. */
import type { Source } from '../../src/index.ts'
import { Reply } from '../../src/index.ts'
import { isSource } from '../../src/reply/reply.ts'
import type { AnyRepresentation, Exchange } from '../../src/representation/representation.ts'

function exchangeOf(method = 'GET'): Exchange {
  const { signal } = new AbortController()
  return {
    signal,
    requestId: 'request-1',
    incoming: {
      method,
      path: '/',
      search: '',
      header: () => undefined,
      headers: () => [],
      hasBody: false,
      body: () => {
        throw new Error('no content was sent')
      },
      collect: () => Promise.reject(new Error('no content was sent')),
      signal,
      isAbandoned: false,
      stopping: signal,
      abort: () => undefined,
      platform: {},
      toRequest: () => new Request('http://localhost/', { method }),
    },
  }
}

/** Rejects with what would be answered as an error. */
export async function render(representation: AnyRepresentation, value: unknown, method?: string): Promise<Reply> {
  const reply = new Reply(200)
  await representation.compile()(reply, value, exchangeOf(method))
  return reply
}

export function sourceOf({ body }: Reply): Source {
  if (!isSource(body)) throw new Error('a source was expected')
  return body
}

/** The whole content as text; rejects where it is cut short. */
export async function readAll(reply: Reply): Promise<string> {
  const reader = sourceOf(reply).open(new AbortController().signal)
  const decoder = new TextDecoder()
  let text = ''
  for (let next = await reader.next(); next.done !== true; next = await reader.next()) {
    const chunk: unknown = next.value
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk as Uint8Array, { stream: true })
  }
  return text
}
