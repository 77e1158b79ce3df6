import type { Group, Host, Variable } from '../inventory.ts'

/** A group while sources are being read. */
export interface GroupDraft {
  readonly name: string
  readonly children: Set<string>
  readonly parents: Set<string>
  readonly hosts: Set<string>
  readonly variables: Map<string, Variable>
  priority: number
}

export interface HostDraft {
  readonly variables: Map<string, Variable>
  readonly file?: string
}

/** The groups and hosts of all sources, as later steps know them. */
export interface Built {
  readonly groups: ReadonlyMap<string, Group>
  readonly hosts: ReadonlyMap<string, Host>
}

type Groups = ReadonlyMap<string, GroupDraft>
type Hosts = ReadonlyMap<string, HostDraft>

/** Settles who is ungrouped, and works out ancestors, depths and members, by Ansible's rules. */
export const reconcile = (groups: Groups, hosts: Hosts): Built =>
  assemble(groups, hosts, settleUngrouped(groups, hosts.keys()))

/** All that can be reached from a name, without the name itself. */
export const reach = (from: string, next: (name: string) => Iterable<string>): Set<string> => {
  const found = new Set<string>()
  const pending = [...next(from)]
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (found.has(name)) continue
    found.add(name)
    pending.push(...next(name))
  }
  return found
}

/** Groups within one another beyond all use; they are gone through by functions that call themselves. */
export const deepestGroups = 500

/** How many steps away the farthest name is; it stops counting at `deepestGroups`. */
export const depthFrom = (from: string, next: (name: string) => Iterable<string>): number => {
  let wave: readonly string[] = [from]
  for (let depth = 0; depth < deepestGroups; depth++) {
    wave = [...new Set(wave.flatMap(name => [...next(name)]))]
    if (wave.length === 0) return depth
  }
  return deepestGroups
}

// A host in `ungrouped` that has another group leaves it; one that has none but `all` enters it. Returns those that left:
// Ansible does not count `ungrouped` among their groups even where it is the parent of another of them.
const settleUngrouped = (groups: Groups, hosts: Iterable<string>): ReadonlySet<string> => {
  const left = new Set<string>()
  const ungrouped = groups.get('ungrouped')
  const grouped = new Set<string>()
  for (const { name, hosts: members } of groups.values()) {
    if (name !== 'all' && name !== 'ungrouped') for (const host of members) grouped.add(host)
  }
  for (const host of hosts) {
    if (!grouped.has(host)) ungrouped?.hosts.add(host)
    else if (ungrouped?.hosts.delete(host)) left.add(host)
  }
  return left
}

const assemble = (groups: Groups, hosts: Hosts, leftUngrouped: ReadonlySet<string>): Built => {
  const parentsOf = (name: string): ReadonlySet<string> => groups.get(name)?.parents ?? new Set()
  // Hosts of one group and no other share one list of groups.
  const groupsOf = new Map<string, readonly string[]>()
  for (const { name, hosts: direct } of groups.values()) {
    const line = [name, ...reach(name, parentsOf)]
    for (const host of direct) {
      const known = groupsOf.get(host)
      groupsOf.set(host, known ? [...new Set([...known, ...line])] : line)
    }
  }
  for (const host of leftUngrouped) {
    groupsOf.set(host, groupsOf.get(host)?.filter(name => name !== 'ungrouped') ?? [])
  }
  const depths = new Map<string, number>()
  return {
    groups: new Map(
      [...groups.values()].map(({ name, children, hosts: own, priority, variables }) => [
        name,
        {
          name,
          children: [...children],
          hosts: [...own],
          depth: depthOf(name, parentsOf, depths),
          priority,
          variables,
          members: membersOf(name, groups),
        },
      ]),
    ),
    hosts: new Map(
      [...hosts].map(([name, draft]) => [name, { ...draft, name, groups: groupsOf.get(name) ?? [] }]),
    ),
  }
}

const depthOf = (
  name: string,
  parentsOf: (name: string) => ReadonlySet<string>,
  known: Map<string, number>,
): number => {
  const cached = known.get(name)
  if (cached !== undefined) return cached
  const depth = Math.max(-1, ...[...parentsOf(name)].map(parent => depthOf(parent, parentsOf, known))) + 1
  known.set(name, depth)
  return depth
}

// Breadth first by waves. Where one wave holds several groups with children, Ansible's own order among the grandchildren
// is left to chance (it walks a Python set); ours is that of appearance.
const membersOf = (name: string, groups: Groups): readonly string[] => {
  const ordered: string[] = []
  const seen = new Set([name])
  for (let wave = [name]; wave.length > 0;) {
    ordered.push(...wave)
    const next = new Set(
      wave.flatMap(item => [...(groups.get(item)?.children ?? [])]).filter(item => !seen.has(item)),
    )
    for (const item of next) seen.add(item)
    wave = [...next]
  }
  return [...new Set(ordered.flatMap(item => [...(groups.get(item)?.hosts ?? [])]))]
}
