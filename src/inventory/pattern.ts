import { SefleetError } from '../errors.ts'
import { RegexError, compileRegex } from '../model/regex.ts'
import { parseAddress } from './sources/address.ts'
import { globMatches } from '../model/glob.ts'
import type { Inventory } from './inventory.ts'

/** What a list of patterns selects. */
export interface Match {
  readonly hosts: readonly string[]
  /** Patterns that matched no group and no host. */
  readonly unmatched: readonly string[]
}

/**
 * Splits `a,b` into patterns; without a comma `a:b`, unless the whole is one name, address or range. (Ansible's rules: a
 * comma anywhere makes colons ordinary.)
 */
export const splitPatterns = (text: string): readonly string[] => {
  const parts = text.includes(',')
    ? text.split(',')
    : parseAddress(text, { ranges: true })
      ? [text]
      : (text.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? [])
  return parts.map(part => part.trim()).filter(part => part !== '')
}

/**
 * Applies patterns wherever they stand in this order: plain ones (union), `&` (intersection), `!` (exclusion); with none of
 * the first kind everything is the start. Throws `limit-invalid` for a bad regular expression.
 */
export const matchPatterns = (inventory: Inventory, patterns: readonly string[]): Match => {
  const given = patterns.filter(pattern => pattern !== '')
  const kept = given.filter(pattern => pattern.startsWith('&'))
  const excluded = given.filter(pattern => pattern.startsWith('!'))
  const plain = given.filter(pattern => !pattern.startsWith('&') && !pattern.startsWith('!'))
  const unmatched: string[] = []
  const find = (pattern: string): readonly string[] => {
    const bare = pattern.replace(/^[&!]/, '')
    if (bare === '') {
      const sentence = `pattern '${pattern}' stands alone; IPv6 addresses are set apart by commas, not colons`
      throw new SefleetError('limit-invalid', sentence)
    }
    const found = matchOne(inventory, bare)
    if (!found.isKnown && bare !== 'all') unmatched.push(bare)
    return found.hosts
  }

  let hosts = new Set<string>()
  for (const pattern of [...(plain.length > 0 ? plain : ['all']), ...kept, ...excluded]) {
    // A host's name, whatever it looks like, is looked up before any group.
    const isName = inventory.hosts.has(pattern)
    const found = isName ? [pattern] : find(pattern)
    if (!isName && pattern.startsWith('&')) {
      const others = new Set(found)
      hosts = new Set([...hosts].filter(host => others.has(host)))
    } else if (!isName && pattern.startsWith('!')) for (const host of found) hosts.delete(host)
    else for (const host of found) hosts.add(host)
  }
  return { hosts: [...hosts], unmatched }
}

interface Found {
  readonly hosts: readonly string[]
  readonly isKnown: boolean
}

const matchOne = (inventory: Inventory, pattern: string): Found => {
  const { expression, slice } = splitSlice(pattern)
  const matches = matcher(expression)
  const groups = [...inventory.groups.values()].filter(group => matches(group.name))
  // Not a set: a slice counts a host once for every group it came from, as Ansible's does.
  const hosts = groups.flatMap(group => group.members)
  // Hosts are looked at only where no group matched or the pattern has a wildcard; a dot counts as one.
  if (groups.length === 0 || expression.startsWith('~') || /[.?*[]/.test(expression)) {
    for (const name of inventory.hosts.keys()) if (matches(name)) hosts.push(name)
  }
  // Of the names of this machine one stands for the others, where the inventory has one.
  if (hosts.length === 0 && isLocal(expression))
    hosts.push(...[...inventory.hosts.keys()].filter(isLocal).slice(0, 1))
  return { hosts: slice(hosts), isKnown: groups.length > 0 || hosts.length > 0 }
}

const isLocal = (name: string): boolean => ['localhost', '127.0.0.1', '::1'].includes(name)

const matcher = (expression: string): ((name: string) => boolean) => {
  if (!expression.startsWith('~')) return name => globMatches(expression, name)
  if (expression.includes('[[:')) {
    throw new SefleetError(
      'limit-invalid',
      `pattern '${expression}' holds a POSIX class, which Python does not know`,
    )
  }
  try {
    return compileRegex(asPythonReads(expression.slice(1))).startsWith
  } catch (cause) {
    if (!(cause instanceof RegexError)) throw cause
    throw new SefleetError(
      'limit-invalid',
      `pattern '${expression}' is no regular expression: ${cause.message}`,
      { cause },
    )
  }
}

// Python's `\w` and `\d` are Unicode's, RE2's are ASCII's; and its `\Z` is the very end.
const asPythonReads = (regex: string): string => {
  let isInClass = false
  return regex.replaceAll(/\\.|[[\]]/gs, token => {
    if (token === '[') isInClass = true
    if (token === ']') isInClass = false
    const [whole, inClass] = unicode[token] ?? []
    return (isInClass ? inClass : whole) ?? token
  })
}
const unicode: Readonly<Record<string, readonly [whole: string, inClass?: string]>> = {
  '\\w': [String.raw`[\p{L}\p{N}_]`, String.raw`\p{L}\p{N}_`],
  '\\W': [String.raw`[^\p{L}\p{N}_]`],
  '\\d': [String.raw`\p{Nd}`, String.raw`\p{Nd}`],
  '\\D': [String.raw`\P{Nd}`, String.raw`\P{Nd}`],
  '\\Z': [String.raw`\z`],
}

type Slice = (hosts: readonly string[]) => readonly string[]

// `web[0]`, `web[-1]`, `web[1:3]` (both ends in), `web[1:]`, and the old `web[0-1]`; never on a regular expression.
const splitSlice = (pattern: string): { readonly expression: string; readonly slice: Slice } => {
  const parts = pattern.startsWith('~')
    ? undefined
    : /^(.+)\[(?:(-?[0-9]+)|([0-9]+)[:-]([0-9]*))\]$/s.exec(pattern)
  if (!parts) return { expression: pattern, slice: hosts => hosts }
  const [, expression = '', index, begin, end] = parts
  const first = Number(index ?? begin)
  const one: Slice = hosts => hosts.slice(first, first === -1 ? undefined : first + 1)
  // `[1:0]` is `[1]`: Ansible takes an end of 0 for none.
  if (index !== undefined || Number(end || -1) === 0) return { expression, slice: one }
  return { expression, slice: hosts => hosts.slice(first, end ? Number(end) + 1 : undefined) }
}
