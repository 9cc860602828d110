/** A source on its way to the client: opened, drawn from as fast as the client takes, and closed exactly once. */
import { openSource, type Chunks } from '../reply/declared-length.ts'
import type { Source } from '../reply/reply.ts'
import { ChunkWriter } from './chunk-writer.ts'
import type { NodeIncoming } from './incoming.ts'

/** A reset on the heels of the last bytes could take them along, or pass for an orderly end. */
const RESET_AFTER_MS = 100

type Ending = 'ended' | 'left' | { readonly error: unknown }

/**
 * The response has its head, but has not sent it. Resolves when the last byte is out or the client is gone, and the producer is closed:
 * with the error that cut the body short, if one did. Never rejects.
 */
export async function writeSource(source: Source, incoming: NodeIncoming): Promise<unknown> {
  const { response, signal } = incoming
  const { socket } = incoming.message
  const isLent = source.lend !== undefined
  const writer = new ChunkWriter(response, isLent)
  let chunks: Chunks | undefined
  let cutOff: Error | undefined
  let isLeft = false
  // The signal listens since it was first asked for: it aborts before anything here goes on.
  const closed = new Promise<'left'>((resolve) =>
    response.once('close', () => {
      isLeft = true
      resolve('left')
    }),
  )

  const produce = async (): Promise<Ending> => {
    try {
      const cut = (error: Error) => {
        cutOff ??= error
        socket.destroy()
      }
      chunks = openSource(source, signal, cut, isLent)
      for (;;) {
        const next = await chunks.next()
        if (isLeft) return 'left'
        if (next.done === true) return 'ended'
        const room = isLent ? writer.lend(next.value) : writer.add(next.value)
        if (room !== undefined) await room
        if (isLeft) return 'left'
      }
    } catch (error) {
      return { error }
    }
  }

  const ending = await Promise.race([produce(), closed])
  // What a producer fails with after it was told to stop is no failure.
  const failure = typeof ending === 'string' || signal.aborted ? undefined : ending.error
  if (ending === 'left') {
    const error = await closeProducer(chunks)
    return cutOff ?? error
  }
  if (ending === 'ended') writer.end()
  else cutConnection()
  await closed
  return cutOff ?? failure

  /** The client must see that the answer is not whole, but gets what was made of it. */
  function cutConnection(): void {
    writer.flush()
    // What is written stays with the response until the end of the tick.
    process.nextTick(() => {
      // Without a length or chunks, an orderly end of the connection would be the end of a whole answer (RFC 9112 §8).
      if (source.length === undefined && !response.chunkedEncoding) socket.write('', () => setTimeout(reset, RESET_AFTER_MS, socket))
      else socket.destroySoon()
    })
  }
}

async function closeProducer(chunks: Chunks | undefined): Promise<unknown> {
  try {
    await chunks?.return?.()
    return undefined
  } catch (error) {
    return error
  }
}

function reset(socket: NodeIncoming['message']['socket']): void {
  try {
    socket.resetAndDestroy()
  } catch {
    // Only TCP knows resets: TLS tells by the alert that does not come.
    socket.destroy()
  }
}
