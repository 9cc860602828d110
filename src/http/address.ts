/** IP addresses as numbers: whether one is in a network, and which network identifies a client. */

export interface Address {
  readonly bits: 32 | 128
  readonly value: bigint
}

export interface Network {
  readonly address: Address
  /** The length of the network prefix in bits. */
  readonly prefix: number
}

const V4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/

/** `::ffff:0:0/96`: an IPv4-mapped address, as a dual-stack socket reports an IPv4 client. */
const MAPPED = 0xffffn

/** `undefined` for text that is not an address. The zone of a link-local address is ignored. */
export function parseAddress(text: string): Address | undefined {
  const octets = V4.exec(text)?.slice(1).map(Number)
  if (octets !== undefined)
    return octets.every((octet) => octet <= 255)
      ? { bits: 32, value: octets.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n) }
      : undefined
  const [address = ''] = text.split('%', 1)
  if (!address.includes(':') || !URL.canParse(`http://[${address}]`)) return undefined
  const value = toNumber(new URL(`http://[${address}]`).hostname.slice(1, -1))
  return value >> 32n === MAPPED ? { bits: 32, value: value & 0xffff_ffffn } : { bits: 128, value }
}

function groupsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(':')
}

/** Reads an IPv6 address as URLs write it: groups of hexadecimal digits, at most one `::`. */
function toNumber(canonical: string): bigint {
  const [head = '', tail = ''] = canonical.split('::')
  const [first, last] = [groupsOf(head), groupsOf(tail)]
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  return [...first, ...zeros, ...last].reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
}

/** `10.0.0.0/8`, or one address. `undefined` for other text. */
export function parseNetwork(text: string): Network | undefined {
  const [, before = '', after] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const address = parseAddress(before)
  if (address === undefined) return undefined
  const prefix = after === undefined ? address.bits : Number(after)
  return prefix <= address.bits ? { address, prefix } : undefined
}

export function isInNetwork({ bits, value }: Address, { address, prefix }: Network): boolean {
  const shift = BigInt(address.bits - prefix)
  return bits === address.bits && value >> shift === address.value >> shift
}

/** The part that identifies one client: an IPv4 address, or the first 64 bits of an IPv6 address, as a client can choose the others. Other text is returned unchanged. */
export function clientNetwork(text: string): string {
  const address = parseAddress(text)
  if (address === undefined) return text
  return address.bits === 32 ? address.value.toString() : `${(address.value >> 64n).toString(16)}::/64`
}
