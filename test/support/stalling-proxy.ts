/** A proxy between a client and its server whose connections can be lost without a sign: they stay open, and nothing passes any more. */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { afterwards } from './afterwards.ts'

export interface StallingProxy {
  readonly port: number
  /** Stalls the connections on which the client has sent a text. Gives their number. */
  readonly stall: (sent: RegExp) => number
}

export async function openStallingProxy(t: TestContext, to: URL, defaultPort: number): Promise<StallingProxy> {
  const connections: { readonly sockets: readonly [Socket, Socket]; sent: string }[] = []
  const server = createServer((client) => {
    const upstream = connect(Number(to.port) || defaultPort, to.hostname)
    const connection = { sockets: [client, upstream] as const, sent: '' }
    connections.push(connection)
    client.on('data', (chunk) => (connection.sent += chunk.toString('latin1')))
    client.pipe(upstream).pipe(client)
    for (const socket of connection.sockets) socket.on('error', () => undefined)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterwards(t, () => {
    server.close()
    for (const socket of connections.flatMap(({ sockets }) => sockets)) socket.destroy()
  })
  return {
    port: (server.address() as AddressInfo).port,
    stall(sent) {
      const lost = connections.filter((connection) => sent.test(connection.sent))
      for (const socket of lost.flatMap(({ sockets }) => sockets)) socket.unpipe().pause().removeAllListeners('data')
      return lost.length
    },
  }
}
