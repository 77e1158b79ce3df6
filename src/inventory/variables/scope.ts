import type { ScalarValue } from '../../model/yaml-scalar.ts'
import type { YamlTree } from '../../model/yaml-tree.ts'
import { didYouMean } from '../../model/nearest.ts'
import {
  placeOf,
  type Host,
  type Inventory,
  type Variable,
  type Variables,
  type Vault,
} from '../inventory.ts'
import { mistake } from '../problem.ts'
import { TemplateError } from './template-error.ts'
import { fillTemplate, isTemplate } from './template.ts'
import type { TemplateWorld } from './template-world.ts'
import { variablesIn } from './layers.ts'

/** A host's variables, with what it takes to know their values. */
export interface Scope {
  readonly variables: Variables
  /** The value of a variable of this host: decrypted, templates filled in. Throws `inventory-invalid`, `vault-locked`. */
  readonly valueOf: (name: string, variable: Variable) => ScalarValue
}

/** Values are worked out only when they are asked for: what nobody needs may be encrypted or beyond us. */
export const scopeOf = (host: Host, variables: Variables, inventory: Inventory): Scope => {
  const own = magicVariables(host)
  const { vault } = inventory
  const world = worldOf(host, variables, inventory)
  return {
    variables,
    valueOf: (name, variable) => {
      const tree = unlocked(name, variable, vault)
      const fail = (sentence: string) => mistake(variable.file, variable.value.place, `${name} ${sentence}`)
      if (tree.kind !== 'scalar') throw fail('must be a single value')
      if (typeof tree.value !== 'string' || tree.unsafe || !isTemplate(tree.value)) return tree.value
      try {
        return fillTemplate(tree.value, world)
      } catch (cause) {
        if (!(cause instanceof TemplateError)) throw cause
        const nearby =
          cause.missing === undefined ? '' : didYouMean(cause.missing, [...variables.keys(), ...own.keys()])
        throw fail(`${cause.message}${nearby}`)
      }
    },
  }
}

const worldOf = (host: Host, variables: Variables, inventory: Inventory): TemplateWorld => {
  const own = magicVariables(host)
  return {
    variable: name => {
      const variable = own.has(name) ? undefined : variables.get(name)
      return variable ? unlocked(name, variable, inventory.vault) : own.get(name)
    },
    environment: name => process.env[name],
    host: name => {
      const other = inventory.hosts.get(name)
      return other && worldOf(other, variablesOf(inventory)(other), inventory)
    },
    group: name => inventory.groups.get(name)?.members,
  }
}

// Other hosts are rarely referred to, and then by all.
const known = new WeakMap<Inventory, ReturnType<typeof variablesIn>>()
const variablesOf = (inventory: Inventory): ReturnType<typeof variablesIn> => {
  const found = known.get(inventory) ?? variablesIn(inventory)
  known.set(inventory, found)
  return found
}

const unlocked = (name: string, variable: Variable, vault: Vault): YamlTree => {
  const { value } = variable
  if (value.kind !== 'vault') return value
  return {
    kind: 'scalar',
    place: value.place,
    value: vault.decrypt(value.text, `${placeOf(variable)}: ${name}`),
  }
}

// What Ansible knows of a host beside its variables; these can't be set.
const magicVariables = ({ name, groups, file }: Host): ReadonlyMap<string, YamlTree> => {
  const place = { line: 1, column: 1 }
  const text = (value: string): YamlTree => ({ kind: 'scalar', place, value })
  const inFile =
    file === undefined
      ? []
      : ([
          ['inventory_file', file],
          ['inventory_dir', file.replace(/\/[^/]*$/, '') || '/'],
        ] as const)
  return new Map([
    ['inventory_hostname', text(name)],
    ['inventory_hostname_short', text(name.split('.')[0] ?? name)],
    [
      'group_names',
      {
        kind: 'sequence',
        place,
        items: groups
          .filter(group => group !== 'all')
          .toSorted()
          .map(text),
      } as const,
    ],
    ...inFile.map(([key, value]) => [key, text(value)] as const),
  ])
}
