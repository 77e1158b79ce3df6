import { didYouMean } from '../../model/nearest.ts'
import type { Place } from '../../model/yaml-tree.ts'
import type { Builder } from '../sources/builder.ts'
import { mistake } from '../problem.ts'

/** The groups of an INI file, some of which are named before they are defined. */
export interface Pending {
  readonly openSection: (group: string, kind: 'hosts' | 'children' | 'vars', place: Place) => void
  readonly addChild: (parent: string, child: string, place: Place) => void
  /** Throws for the first group that was never defined. */
  readonly finish: () => void
}

type Declaration =
  | { readonly kind: 'vars'; readonly place: Place }
  | { readonly kind: 'child'; readonly place: Place; readonly parents: Link[] }
interface Link {
  readonly parent: string
  readonly place: Place
}

/**
 * A child that is not yet defined is added when its section comes, which decides the order of children and so of hosts.
 * `[GROUP:vars]` alone defines no group, although Ansible already finds it by its name.
 */
export const createPending = (builder: Builder, file: string): Pending => {
  const declarations = new Map<string, Declaration>()
  const defined = new Set(['all', 'ungrouped'])

  const link = (child: string, { parent, place }: Link): void => {
    const why = builder.addChild(parent, child)
    if (why !== undefined) throw mistake(file, place, why)
  }

  return {
    openSection: (group, kind, place) => {
      if (kind === 'vars') {
        if (!builder.isGroup(group) && !declarations.has(group)) declarations.set(group, { kind, place })
        builder.addGroup(group)
        return
      }
      builder.addGroup(group)
      defined.add(group)
      const declaration = declarations.get(group)
      if (declaration?.kind === 'child') for (const parent of declaration.parents) link(group, parent)
      declarations.delete(group)
    },
    addChild: (parent, child, place) => {
      if (builder.isGroup(child)) {
        link(child, { parent, place })
        return
      }
      const declaration = declarations.get(child)
      if (declaration?.kind === 'child') declaration.parents.push({ parent, place })
      else declarations.set(child, { kind: 'child', place, parents: [{ parent, place }] })
    },
    finish: () => {
      for (const [name, declaration] of declarations) {
        const help = didYouMean(name, defined) || `: define it by [${name}]`
        throw mistake(file, declaration.place, sentenceOf(name, declaration) + help)
      }
    },
  }
}

const sentenceOf = (name: string, declaration: Declaration): string => {
  if (declaration.kind === 'vars') return `[${name}:vars] sets variables of a group that is not defined`
  return `[${declaration.parents[0]?.parent}:children] names group '${name}', which is not defined`
}
