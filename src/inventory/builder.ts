import { placeOf, type Group, type Host, type Variable } from './inventory.ts'

/** Gathers what the sources say, in their order. */
export interface Builder {
  readonly addGroup: (name: string) => void
  /** Returns why not, where the child already contains the parent. */
  readonly addChild: (parent: string, child: string) => string | undefined
  /** A port given with the name counts only where the host is new, as in Ansible. */
  readonly addHost: (name: string, group: string, port?: Variable) => void
  /** Of a group where one has that name, else of the host: Ansible looks in this order. */
  readonly setVariable: (owner: string, name: string, variable: Variable) => void
  readonly setPriority: (group: string, priority: number) => void
  readonly isGroup: (name: string) => boolean
  readonly warn: (sentence: string) => void
  /** Which file the hosts that come now are named by first. */
  readonly startFile: (path: string | undefined) => void
  readonly finish: () => Built
}

export interface Built {
  readonly groups: ReadonlyMap<string, Group>
  readonly hosts: ReadonlyMap<string, Host>
}

interface Draft {
  readonly name: string
  readonly children: Set<string>
  readonly parents: Set<string>
  readonly hosts: Set<string>
  readonly variables: Map<string, Variable>
  priority: number
}

interface HostDraft {
  readonly variables: Map<string, Variable>
  readonly file?: string
}

/** An empty inventory: the groups `all` and `ungrouped`. Each sentence for stderr is told once. */
export const createBuilder = (onWarning: (sentence: string) => void = () => {}): Builder => {
  const groups = new Map<string, Draft>()
  const hosts = new Map<string, HostDraft>()
  const told = new Set<string>()
  let file: string | undefined
  const warn = (sentence: string): void => {
    if (!told.has(sentence)) onWarning(sentence)
    told.add(sentence)
  }

  const group = (name: string): Draft => {
    const known = groups.get(name)
    if (known) return known
    const draft: Draft = {
      name,
      children: new Set(),
      parents: new Set(),
      hosts: new Set(),
      variables: new Map(),
      priority: 1,
    }
    groups.set(name, draft)
    return draft
  }

  const addChild: Builder['addChild'] = (parent, child) => {
    if (parent === child) return `group '${parent}' can't be its own child`
    if (reach(parent, name => group(name).parents).has(child)) {
      return `group '${child}' already contains '${parent}', so it can't be its child too`
    }
    group(parent).children.add(child)
    group(child).parents.add(parent)
    return undefined
  }
  group('all')
  addChild('all', 'ungrouped')

  return {
    addGroup: name => void group(name),
    addChild,
    addHost: (name, groupName, port) => {
      if (!hosts.has(name)) {
        const variables = new Map(port ? [['ansible_port', port]] : [])
        hosts.set(name, { variables, ...(file === undefined ? {} : { file }) })
      } else if (port) warn(`${placeOf(port)}: the port is not used, as '${name}' was named before`)
      group(groupName).hosts.add(name)
    },
    setVariable: (owner, name, variable) => {
      const variables = (groups.get(owner) ?? hosts.get(owner))?.variables
      if (variables) replace(variables, name, variable)
    },
    setPriority: (name, priority) => {
      group(name).priority = priority
    },
    isGroup: name => groups.has(name),
    warn,
    startFile: path => {
      file = path
    },
    finish: () => {
      for (const { name, parents } of groups.values()) {
        if (name !== 'all' && parents.size === 0) addChild('all', name)
      }
      const grouped = settleUngrouped(groups, hosts.keys())
      for (const name of groups.keys()) {
        if (hosts.has(name)) warn(`both a group and a host are named '${name}'`)
      }
      return assemble(groups, hosts, grouped)
    },
  }
}

/** Sets a variable; what it replaces is remembered with it. */
export const replace = (variables: Map<string, Variable>, name: string, variable: Variable): void => {
  const replaced = variables.get(name)
  variables.set(name, replaced ? { ...variable, replaced } : variable)
}

// A host in `ungrouped` that has another group leaves it; one that has none but `all` enters it. Returns those that left:
// Ansible does not count `ungrouped` among their groups even where it is the parent of another of them.
const settleUngrouped = (
  groups: ReadonlyMap<string, Draft>,
  hosts: Iterable<string>,
): ReadonlySet<string> => {
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

const assemble = (
  groups: ReadonlyMap<string, Draft>,
  hosts: ReadonlyMap<string, HostDraft>,
  leftUngrouped: ReadonlySet<string>,
): Built => {
  const parentsOf = (name: string): ReadonlySet<string> => groups.get(name)?.parents ?? new Set()
  const groupsOf = new Map([...hosts.keys()].map(name => [name, new Set<string>()]))
  for (const { name, hosts: direct } of groups.values()) {
    const line = [name, ...reach(name, parentsOf)]
    for (const host of direct) for (const ancestor of line) groupsOf.get(host)?.add(ancestor)
  }
  for (const host of leftUngrouped) groupsOf.get(host)?.delete('ungrouped')
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
      [...hosts].map(([name, draft]) => [name, { ...draft, name, groups: [...(groupsOf.get(name) ?? [])] }]),
    ),
  }
}

const reach = (from: string, next: (name: string) => Iterable<string>): Set<string> => {
  const found = new Set<string>()
  const pending = [...next(from)]
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (found.has(name)) continue
    found.add(name)
    pending.push(...next(name))
  }
  return found
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
const membersOf = (name: string, groups: ReadonlyMap<string, Draft>): readonly string[] => {
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
