import { parseAddress } from './address.ts'
import { expandRanges } from './range.ts'

/** The hosts that a pattern of an inventory file stands for, and the port that all of them share. */
export type HostPattern =
  | { readonly state: 'names'; readonly names: readonly string[]; readonly port?: number }
  | { readonly state: 'wrong'; readonly why: string }

/** Reads `name`, `name:port`, `db-[01:03]`, an address: in files of every format the same. */
export const readHostPattern = (pattern: string): HostPattern => {
  // Nearly all of them: nothing in it that could be a port, a range or an address of its own kind.
  if (/^[\w.-]+$/.test(pattern)) return { state: 'names', names: [pattern] }
  // What is no address is a name as it stands.
  const { host, port } = parseAddress(pattern, { ranges: true }) ?? { host: pattern }
  const expansion = expandRanges(host)
  if (expansion.state === 'wrong' || port === undefined) return expansion
  if (port > 65_535) return { state: 'wrong', why: `'${pattern}' ends in a port beyond 65535` }
  // Ansible takes port 0 for none.
  return port === 0 ? expansion : { ...expansion, port }
}
