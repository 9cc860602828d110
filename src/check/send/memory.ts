/** Sends requests to an app in this process, without a connection. */
import { limitStream, type WireResponse, type Send, type SendOptions, type WireRequest } from './wire.ts'

type Fetch = (request: Request) => Promise<Response>

export function askInMemory(fetch: Fetch, defaults: SendOptions): Send {
  return async (wire, given) => {
    const options = { ...defaults, ...given }
    const started = performance.now()
    const controller = new AbortController()
    const response = await ask(fetch, wire, { options, controller })
    if (response === undefined || response.ending === 'left') controller.abort()
    const none = {
      status: 0,
      headers: [],
      body: new Uint8Array(),
      ending: 'none',
      reason: `no response within ${options.timeoutMs} ms`,
    } as const
    return { ...(response ?? none), milliseconds: performance.now() - started }
  }
}

class Timer {
  readonly elapsed: Promise<undefined>
  #timer: NodeJS.Timeout | undefined

  constructor(milliseconds: number) {
    this.elapsed = new Promise((resolve) => {
      this.#timer = setTimeout(() => resolve(undefined), milliseconds)
    })
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}

interface Ask {
  readonly options: SendOptions
  readonly controller: AbortController
}

/** Returns `undefined` if no response arrived in time. */
async function ask(fetch: Fetch, wire: WireRequest, { options, controller }: Ask): Promise<Omit<WireResponse, 'milliseconds'> | undefined> {
  const timer = new Timer(options.timeoutMs)
  try {
    const { method, path, headers, body } = wire
    const length: [string, string][] = body === undefined ? [] : [['content-length', String(body.byteLength)]]
    const init = {
      method,
      headers: [...headers.map(([name, value]): [string, string] => [name, value]), ...length],
      body: (body ?? null) as Uint8Array<ArrayBuffer> | null,
      signal: controller.signal,
    }
    const response = await Promise.race([fetch(new Request(`http://localhost${path}`, init)), timer.elapsed])
    if (response === undefined) return undefined
    return { status: response.status, headers: [...response.headers], ...(await read(response, options)) }
  } catch (error) {
    return {
      status: 0,
      headers: [],
      body: new Uint8Array(),
      ending: 'none',
      reason: error instanceof Error ? error.message : String(error),
    }
  } finally {
    timer.stop()
  }
}

async function read(response: Response, options: SendOptions): Promise<Pick<WireResponse, 'body' | 'ending' | 'reason'>> {
  const chunks: Uint8Array[] = []
  const { isStream, take } = limitStream(response.headers.get('content-type') ?? undefined, options)
  const reader = response.body?.getReader()
  if (reader === undefined) return { body: new Uint8Array(), ending: 'complete', reason: undefined }
  const timer = new Timer(isStream ? options.streamMs : options.timeoutMs)
  const end = (ending: WireResponse['ending'], reason?: string) => ({ body: Buffer.concat(chunks), ending, reason })
  let last = performance.now()
  try {
    for (;;) {
      const next = await Promise.race([reader.read(), timer.elapsed])
      // Content that still arrives is long or has no end. Content that has stopped arriving was cut off.
      if (next === undefined)
        return isStream || performance.now() - last < options.streamMs
          ? end('left')
          : end('cut', `the content did not end within ${options.timeoutMs} ms`)
      last = performance.now()
      if (next.done) return end('complete')
      chunks.push(next.value)
      if (take(next.value)) return end('left')
    }
  } catch (error) {
    return end('cut', error instanceof Error ? error.message : String(error))
  } finally {
    timer.stop()
    // The producer of the stream is told that nobody reads any more.
    void reader.cancel().catch(() => undefined)
  }
}
