/** A host name or address as written in an inventory, its port taken off. */
export interface Address {
  readonly host: string
  readonly port?: number
}

/**
 * Reads `name`, `name:port`, `[name or address]:port` or a bare IPv6 address (never with a port); undefined where it is
 * none of these, as for globs. With `ranges`, the names and addresses may hold `[begin:end]` or `[begin:end:step]`.
 */
export const parseAddress = (text: string, { ranges = false } = {}): Address | undefined => {
  const bracketed = /^\[(.+)\]:([0-9]+)$/.exec(text)
  // Not `else`: Ansible looks for a second port inside the brackets too, so `[1:5]:22` is host 1, port 5.
  const plain = /^((?:[^:[\]]|\[[^\]]*\])*):([0-9]+)$/.exec(bracketed?.[1] ?? text)
  const host = plain?.[1] ?? bracketed?.[1] ?? text
  const port = plain?.[2] ?? bracketed?.[2]
  if (!isHostName(host) && !isIPv6WithRanges(host)) return undefined
  if (!ranges && host.includes('[')) return undefined
  return { host, ...(port === undefined ? {} : { port: Number(port) }) }
}

// Labels of letters, digits, `_` and `-` that neither begin nor end with a dash nor end with `_`. IPv4 is among them.
const label = /^(?:[\p{L}\p{N}_]|RANGE)(?:[\p{L}\p{N}_-]|RANGE)*(?<![_-])$/u
const withRanges = (pattern: RegExp, range: string): RegExp =>
  new RegExp(pattern.source.replaceAll('RANGE', range), pattern.flags)
const labelPattern = withRanges(label, String.raw`\[(?:[a-zA-Z]:[a-zA-Z]|[0-9]+:[0-9]+)(?::[0-9]+)?\]`)

const isHostName = (text: string): boolean => text.split('.').every(part => labelPattern.test(part))

// A range may stand for any component. As in Ansible, whose pattern lacks the anchor at its end but for the last form, what
// only begins like an address is taken for one: `fd01::?` is one pattern, not two.
const component = String.raw`(?:[0-9a-f]{1,4}|\[[0-9a-f]+:[0-9a-f]+(?::[0-9]+)?\])`
const ipv6 = new RegExp(
  String.raw`^(?:(?:C:){7}C|(?:C:){1,6}:|::|(?:0:){6}(?:C\.){3}C|(?:0:){5}ffff:(?:C\.){3}C$)`.replaceAll(
    'C',
    component,
  ),
  'i',
)
const isIPv6WithRanges = (text: string): boolean => ipv6.test(text)
