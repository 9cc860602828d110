/** The client behind trusted proxies: its address and the URL that it requested, from `Forwarded` (RFC 7239) or the older `X-Forwarded-*` headers. */
import { DeclarationError } from '../schema/declaration-error.ts'
import { isInNetwork, parseAddress, parseNetwork } from '../http/address.ts'
import { IncomingLayer } from '../http/incoming-layer.ts'
import type { Incoming, Origin, Platform } from '../http/incoming.ts'
import { parseList } from '../http/list.ts'
import { isHost } from '../http/request-url.ts'

/** Which proxies are trusted: a number of them, or their addresses. */
export interface TrustProxy {
  /** The number of proxies that each request passes. Clients must not be able to reach the server directly. */
  readonly hops?: number
  /** The addresses and networks of the proxies: `['127.0.0.1', '10.0.0.0/8', 'fd00::/8']`. */
  readonly addresses?: readonly string[]
  /**
   * Which headers the proxies set: `X-Forwarded-For`, `-Proto` and `-Host`, or `Forwarded`. A proxy must remove these headers from a client's request
   * unless it sets them itself. Default: `x-forwarded`.
   */
  readonly fields?: 'x-forwarded' | 'forwarded'
}

/** What the outermost trusted proxy says about the request. */
interface Hop extends Origin {
  readonly address: string | undefined
}

/** The number of forwarded addresses that were added by trusted proxies; 0 if the connection is not from a trusted proxy. The nearest address is the last. */
type CountTrusted = (connection: string | undefined, addresses: readonly (string | undefined)[]) => number

/**
 * Replaces the client's address and the origin of the URL by those that the client used for the first proxy.
 *
 * @throws {DeclarationError} `TRUST_PROXY` if the options do not say which proxies are trusted
 */
export function compileTrustProxy({ hops, addresses, fields = 'x-forwarded' }: TrustProxy): (incoming: Incoming) => Incoming {
  if ((hops === undefined) === (addresses === undefined)) throw unusable('expected hops or addresses', 'Give one of the two')
  const count = addresses === undefined ? byNumber(hops!) : byAddress(addresses)
  const readHop = fields === 'forwarded' ? readForwarded : readXForwarded
  return (incoming) => {
    const hop = readHop(incoming, count)
    return hop === undefined ? incoming : new ForwardedIncoming(incoming, hop)
  }
}

function byNumber(hops: number): CountTrusted {
  if (!Number.isInteger(hops) || hops < 1) throw unusable('expected hops to be an integer of at least 1', 'Count the proxies')
  return (_connection, addresses) => Math.min(hops, addresses.length)
}

function byAddress(trusted: readonly string[]): CountTrusted {
  const networks = trusted.map((text) => {
    const network = parseNetwork(text)
    if (network === undefined) throw unusable('expected addresses and networks', 'Write them as 10.0.0.0/8 or fd00::1')
    return network
  })
  const isTrusted = (text: string | undefined) => {
    const address = text === undefined ? undefined : parseAddress(text)
    return address !== undefined && networks.some((network) => isInNetwork(address, network))
  }
  return (connection, addresses) => {
    if (!isTrusted(connection)) return 0
    // Each trusted proxy added the address of its sender. The last address that is not a trusted proxy is the client.
    const client = addresses.findLastIndex((address) => !isTrusted(address))
    return addresses.length - Math.max(client, 0)
  }
}

function unusable(what: string, fix: string): DeclarationError {
  return new DeclarationError('TRUST_PROXY', 'trustProxy', what, fix)
}

function readXForwarded(incoming: Incoming, count: CountTrusted): Hop | undefined {
  const listOf = (name: string) => parseList(incoming.header(name) ?? '')
  const addresses = listOf('x-forwarded-for').map(toAddress)
  const trusted = count(incoming.platform.clientAddress, addresses)
  if (trusted === 0) return undefined
  // A proxy may replace the list by a single value.
  const pick = (list: readonly string[]) => list[Math.max(0, list.length - trusted)]
  const [scheme, host] = [pick(listOf('x-forwarded-proto')), pick(listOf('x-forwarded-host'))]
  return { address: addresses[addresses.length - trusted], ...toOrigin(scheme, host) }
}

function readForwarded(incoming: Incoming, count: CountTrusted): Hop | undefined {
  const hops = parseList(incoming.header('forwarded') ?? '').map(parseElement)
  const addresses = hops.map((parameters) => toAddress(parameters.get('for') ?? ''))
  const trusted = count(incoming.platform.clientAddress, addresses)
  if (trusted === 0) return undefined
  const hop = hops[hops.length - trusted]
  return { address: addresses[addresses.length - trusted], ...toOrigin(hop?.get('proto'), hop?.get('host')) }
}

/** `forwarded-pair = token "=" ( token / quoted-string )`, between semicolons (RFC 7239 §4). Names are case-insensitive. */
const PAIR = /(?:^|;)[ \t]*([!#$%&'*+.^_`|~\dA-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^;"]*))/g

function parseElement(element: string): ReadonlyMap<string, string> {
  return new Map(
    [...element.matchAll(PAIR)].map(([, name = '', quoted, token = '']) => [
      name.toLowerCase(),
      quoted === undefined ? token.trim() : quoted.replaceAll(/\\(.)/g, '$1'),
    ]),
  )
}

/** `node = nodename [ ":" node-port ]`. `undefined` if the proxy does not know or hides it. */
function toAddress(node: string): string | undefined {
  const address = node.replace(/^\[(.*)\](?::\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1')
  return parseAddress(address) === undefined ? undefined : address
}

/** The scheme and host, without values that cannot be part of a URL. */
function toOrigin(scheme: string | undefined, host: string | undefined): Origin {
  const lower = scheme?.toLowerCase()
  return {
    ...((lower === 'http' || lower === 'https') && { scheme: lower }),
    ...(host !== undefined && host !== '' && isHost(host) && { host }),
  }
}

class ForwardedIncoming extends IncomingLayer {
  readonly #hop: Hop

  constructor(inner: Incoming, hop: Hop) {
    super(inner)
    this.#hop = hop
  }

  override header(name: string): string | undefined {
    return name === 'host' && this.#hop.host !== undefined ? this.#hop.host : this.inner.header(name)
  }

  override *headers(): Generator<[name: string, value: string]> {
    const { host } = this.#hop
    if (host !== undefined) yield ['host', host]
    for (const field of this.inner.headers()) if (host === undefined || field[0] !== 'host') yield field
  }

  override get platform(): Platform {
    return { ...this.inner.platform, clientAddress: this.#hop.address }
  }

  override toRequest(limitBytes: () => number): Request {
    return this.inner.toRequest(limitBytes, this.#hop)
  }
}
