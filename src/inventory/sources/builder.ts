import { placeOf, type Variable } from '../inventory.ts'
import {
  deepestGroups,
  depthFrom,
  reach,
  reconcile,
  type Built,
  type GroupDraft,
  type HostDraft,
} from './reconcile.ts'

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

/** An empty inventory: the groups `all` and `ungrouped`. Each sentence for stderr is told once. */
export const createBuilder = (onWarning: (sentence: string) => void = () => {}): Builder => {
  const groups = new Map<string, GroupDraft>()
  const hosts = new Map<string, HostDraft>()
  const told = new Set<string>()
  let file: string | undefined
  const warn = (sentence: string): void => {
    if (!told.has(sentence)) onWarning(sentence)
    told.add(sentence)
  }

  const group = (name: string): GroupDraft => {
    const known = groups.get(name)
    if (known) return known
    const draft: GroupDraft = {
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
    if (child === 'ungrouped' && parent !== 'all') {
      return `group 'ungrouped' can't be a child of '${parent}': its hosts would have a group, and so be lost`
    }
    if (child === 'all') return `group 'all' holds every group, so it can't be a child of '${parent}'`
    if (reach(parent, name => group(name).parents).has(child)) {
      return `group '${child}' already contains '${parent}', so it can't be its child too`
    }
    const above = depthFrom(parent, name => group(name).parents)
    if (parent !== 'all' && above + depthFrom(child, name => group(name).children) >= deepestGroups)
      return `group '${child}' in '${parent}' makes more than ${deepestGroups} groups within one another`
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
      for (const name of groups.keys()) {
        if (hosts.has(name)) warn(`both a group and a host are named '${name}'`)
      }
      return reconcile(groups, hosts)
    },
  }
}

/** Sets a variable; what it replaces is remembered with it. */
export const replace = (variables: Map<string, Variable>, name: string, variable: Variable): void => {
  const replaced = variables.get(name)
  variables.set(name, replaced ? { ...variable, replaced } : variable)
}
