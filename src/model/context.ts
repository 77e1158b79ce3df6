/** A parsed SELinux security context, `user:role:type[:range]`. */
export interface Context {
  readonly user: string
  readonly role: string
  readonly type: string
  /** MLS/MCS range, e.g. `s0:c224,c441`; absent without MLS. */
  readonly range?: string
}

// system_u:system_r:container_t:s0:c224,c441
const contextPattern = /^([^:\s]+):([^:\s]+):([^:\s]+)(?::(\S+))?$/

// With every category named one by one a range has some thousand characters.
const longest = 8192

/** Parses a context; undefined for `-`, AppArmor labels ("cri-containerd.apparmor.d (enforce)") and other text. */
export const parseContext = (text: string): Context | undefined => {
  const match = text.length > longest ? null : contextPattern.exec(text.trim())
  if (!match) return undefined
  const [, user = '', role = '', type = '', range] = match
  return { user, role, type, ...(range === undefined ? {} : { range }) }
}

/** The range that a raw record names in a field, `scontext=system_u:system_r:container_t:s0:c1,c2`; undefined where it names none that is one. */
export const rangeIn = (record: string, field: string): string | undefined => {
  const context = [...record.matchAll(/(?<=\s)(\w{1,20})=(\S{1,400})/g)].findLast(
    ([, name]) => name === field,
  )?.[2]
  const range = parseContext(context ?? '')?.range
  return range !== undefined && /^s\d[sc\d.,:-]{0,80}$/.test(range) ? range : undefined
}

/** How many categories the low level of a range names: `s0:c1,c2` → 2, `s0:c0.c3` → 4, `s0` → 0. */
export const categoryCount = (range: string | undefined): number => {
  const categories = range?.split('-')[0]?.split(':')[1]
  if (!categories) return 0
  return categories
    .split(',')
    .map(part => /^c(\d+)(?:\.c(\d+))?$/.exec(part))
    .reduce((sum, match) => {
      if (!match) return sum
      const from = Number(match[1])
      return sum + (match[2] === undefined ? 1 : Math.max(0, Number(match[2]) - from + 1))
    }, 0)
}
