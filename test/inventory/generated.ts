import * as fc from 'fast-check'

/** A made-up group: what it holds directly. `children` point to later groups only, so there are no loops. */
export interface MadeGroup {
  readonly name: string
  readonly hosts: readonly MadeHost[]
  readonly children: readonly number[]
  readonly vars: Readonly<Record<string, string>>
  readonly isTop: boolean
}
export interface MadeHost {
  readonly pattern: string
  readonly vars: Readonly<Record<string, string>>
}

// Capitals, digits, a dash, beyond ASCII, and one name that hosts bear too.
const groupNames = ['web', 'db', 'Zeta', 'a_b', 'n1', 'dc-1', 'überall', 'web2', '_x']
const hostPatterns = `
  n1 n2 N1 db-1 web a.example.com 10.0.0.7 n[01:03] n[1:3] rack[a:c]-[1:5:2] n2:2222 x[8:10]:22
  "[fe80::1]:2200" "::1" [y:B]z n_[1:2]_ n.[1:2] "1" "10" "2"
`
  .trim()
  .split(/\s+/)
const values = `
  1 one "01" 22 22:22 0644 yes ~ "" 1.5 2001-01-01 n 08 1e3 1_0
`
  .trim()
  .split(/\s+/)
const variableNames = `
  ansible_host ansible_ssh_host ansible_port ansible_ssh_port ansible_user ansible_ssh_user
  ansible_become ansible_ssh_private_key_file anything sefleet_peers
`
  .trim()
  .split(/\s+/)

const vars = fc.dictionary(fc.constantFrom(...variableNames), fc.constantFrom(...values), { maxKeys: 3 })
const host = fc.record({ pattern: fc.constantFrom(...hostPatterns), vars })
const priority = fc.option(fc.constantFrom('0', '2', '"10"', '-1'), { nil: undefined })

/** Groups that hang together in every way inventories allow. */
export const madeGroups: fc.Arbitrary<readonly MadeGroup[]> = fc
  .tuple(
    fc.shuffledSubarray(groupNames, { minLength: 1, maxLength: 7 }),
    fc.infiniteStream(
      fc.tuple(fc.uniqueArray(host, { maxLength: 4, selector: ({ pattern }) => pattern }), vars, priority),
    ),
    fc.infiniteStream(fc.tuple(fc.nat(), fc.nat(), fc.boolean())),
  )
  .map(([names, contents, links]) =>
    names.map((name, index) => {
      const [[hosts, own, rank]] = [contents.next().value]
      const [first, second, isTop] = links.next().value
      const after = names.length - index - 1
      const children =
        after > 0 ? [...new Set([first, second].map(n => index + 1 + (n % after)))].slice(0, first % 3) : []
      return {
        name,
        hosts,
        children,
        vars: { ...own, ...(rank === undefined ? {} : { ansible_group_priority: rank }) },
        isTop: isTop || index === 0,
      }
    }),
  )

/** The same as YAML text. A group below several parents has its body at the first one only; the others name it. */
export const yamlOf = (groups: readonly MadeGroup[]): string => {
  const written = new Set<number>()
  const body = (index: number, indent: string): readonly string[] => {
    const group = groups[index]
    if (!group || written.has(index)) return []
    written.add(index)
    const lines: string[] = []
    if (group.hosts.length > 0) {
      lines.push(`${indent}hosts:`)
      for (const { pattern, vars: own } of group.hosts)
        lines.push(`${indent}  ${key(pattern)}:`, ...mapping(own, `${indent}    `))
    }
    if (Object.keys(group.vars).length > 0)
      lines.push(`${indent}vars:`, ...mapping(group.vars, `${indent}  `))
    if (group.children.length > 0) {
      lines.push(`${indent}children:`)
      for (const child of group.children)
        lines.push(`${indent}  ${groups[child]?.name}:`, ...body(child, `${indent}    `))
    }
    return lines
  }
  const tops = groups.flatMap(({ isTop }, index) => (isTop ? [index] : []))
  return tops.flatMap(index => [`${groups[index]?.name}:`, ...body(index, '  ')]).join('\n') + '\n'
}

const key = (pattern: string): string => (pattern.startsWith('[') ? `"${pattern}"` : pattern)
const mapping = (own: Readonly<Record<string, string>>, indent: string): readonly string[] =>
  Object.entries(own).map(([name, value]) => `${indent}${name}: ${value}`)
