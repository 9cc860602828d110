/** An answer over a connection of its own: when its head has arrived, and its bytes until the end. */
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import type { Server } from '../../src/node/index.ts'

export async function openAnswer({ url }: Pick<Server, 'url'>, method = 'GET'): Promise<IncomingMessage> {
  const [response] = (await once(request(url, { method, agent: false }).end(), 'response')) as [IncomingMessage]
  return response
}

/** The bytes until the end, and whether the end was clean. */
export async function readAnswer(response: IncomingMessage): Promise<{ content: string; isWhole: boolean }> {
  let content = ''
  response.setEncoding('utf8').on('data', (chunk: string) => (content += chunk))
  await new Promise<void>((resolve) => response.once('close', resolve).once('error', () => undefined))
  return { content, isWhole: response.complete }
}
