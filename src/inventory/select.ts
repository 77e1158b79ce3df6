import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { SefleetError } from '../errors.ts'
import type { HostKeyPolicy } from '../model/host-keys.ts'
import { foldNames } from '../model/fold-names.ts'
import { didYouMean } from '../model/nearest.ts'
import type { BecomeBy, ConnectionKind, Node } from '../model/node.ts'
import type { Inventory } from './inventory.ts'
import { nodeOf } from './connection/node.ts'
import { matchPatterns, splitPatterns } from './pattern.ts'
import { variablesIn } from './variables/layers.ts'

export interface Selection {
  /** Which nodes, `all` unless given; sets their order. */
  readonly pattern?: string
  /** Narrows the selection: patterns, or `@FILE` with one pattern a line. The order stays. */
  readonly limit?: string
  /** Narrows it further, to names that a run has. */
  readonly only?: OnlyNodes
  /** Where `@FILE` starts from; the working directory unless given. */
  readonly base?: string
  /** Whether `-b` was given; a become setting that can't be met matters only then, or where the inventory says so. */
  readonly become?: boolean
  /** How root is become where the inventory does not say it. */
  readonly becomeBy?: BecomeBy
  /** How to reach nodes of which the inventory does not say it; `ssh` unless given. */
  readonly connection?: ConnectionKind
  /** What is done with host keys, where the command line says it. */
  readonly hostKeys?: HostKeyPolicy
  /** Hears sentences for stderr: patterns without a match, settings that are not used. */
  readonly warn?: (sentence: string) => void
}

/** Names from elsewhere, and what to call them. */
export interface OnlyNodes {
  readonly names: ReadonlySet<string>
  /** `the nodes that run 2026… has no answer of` */
  readonly what: string
}

/**
 * The selected nodes with how to reach them. Throws `inventory-empty`, `limit-empty`, `limit-invalid`,
 * `connection-unsupported` or, for a value that can't be used, `inventory-invalid`; all of it for selected nodes only.
 */
export const selectNodes = (inventory: Inventory, selection: Selection = {}): readonly Node[] => {
  const nodes: Node[] = []
  const problems: SefleetError[] = []
  const unused = new Map<string, string[]>()
  const variablesOf = variablesIn(inventory)
  for (const name of selectNames(inventory, selection)) {
    const host = inventory.hosts.get(name)
    if (!host) continue // a name that matched is a host of this inventory
    const onUnused = (sentence: string): void =>
      void unused.set(sentence, [...(unused.get(sentence) ?? []), name])
    const { become: becomes = false, connection: kind = 'ssh', hostKeys, becomeBy } = selection
    const given = {
      ...(hostKeys === undefined ? {} : { hostKeys }),
      ...(becomeBy === undefined ? {} : { become: becomeBy }),
    }
    try {
      nodes.push(nodeOf(inventory, host, variablesOf(host), { becomes, kind, ...given, onUnused }))
    } catch (cause) {
      if (!(cause instanceof SefleetError)) throw cause
      problems.push(cause)
    }
  }
  const [first] = problems
  if (first) {
    const more =
      problems.length > 1 ? ` (and ${problems.length - 1} more of the selected nodes can't be used)` : ''
    throw new SefleetError(first.code, first.message + more, { cause: first })
  }
  for (const [sentence, [name = '', ...others]] of unused) {
    selection.warn?.(`${sentence} (${name}${others.length > 0 ? ` and ${others.length} more` : ''})`)
  }
  return nodes
}

/** The selected nodes' names in inventory order; the same errors, except that no connection is looked at. */
export const selectNames = (inventory: Inventory, selection: Selection = {}): readonly string[] => {
  if (inventory.hosts.size === 0) throw new SefleetError('inventory-empty', 'the inventory names no node')
  const { pattern = 'all', limit = '', base = '.', warn = () => {}, only } = selection
  const chosen = matchPatterns(inventory, splitPatterns(pattern))
  const limits = splitPatterns(limit).flatMap(part =>
    part.startsWith('@') ? linesOf(part.slice(1), base) : [part],
  )
  const within = limits.length > 0 ? matchPatterns(inventory, limits) : { hosts: chosen.hosts, unmatched: [] }
  const allowed = new Set(within.hosts)
  const names = chosen.hosts.filter(name => allowed.has(name) && (only?.names.has(name) ?? true))
  const gone = [...(only?.names ?? [])].filter(name => !inventory.hosts.has(name))

  const words = [...inventory.groups.keys(), ...inventory.hosts.keys()]
  const unmatched = [...chosen.unmatched, ...within.unmatched].map(
    word => `no group or node matches '${word}'${didYouMean(word, words)}`,
  )
  if (names.length === 0) {
    const what = [
      pattern === 'all' ? '' : `pattern '${pattern}'`,
      limit === '' ? '' : `--limit '${limit}'`,
      only ? only.what : '',
    ]
    const said = what.filter(part => part !== '').join(' with ') || "pattern 'all'"
    throw new SefleetError('limit-empty', [`${said} leaves no node`, ...unmatched].join(': '))
  }
  for (const sentence of unmatched) warn(sentence)
  if (gone.length > 0)
    warn(`${gone.length} of ${only?.what ?? ''} are not in this inventory: ${foldNames(gone.slice(0, 20))}`)
  return names
}

/** What `--list-hosts` prints, as `ansible --list-hosts` does. */
export const hostListing = (names: readonly string[]): string =>
  [`  hosts (${names.length}):`, ...names.map(name => `    ${name}`), ''].join('\n')

// An empty file leaves one empty pattern, which limits nothing.
const linesOf = (file: string, base: string): readonly string[] => {
  try {
    return readFileSync(resolve(base, file), 'utf8')
      .split('\n')
      .map(line => line.trim())
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SefleetError('limit-invalid', `limit file '${file}' can't be read: ${why}`, { cause })
  }
}
