import { SefleetError } from '../../errors.ts'
import { becomeMethods } from '../../model/node.ts'
import { forTerminalLine } from '../../model/printable.ts'
import { hidden } from '../../model/secret.ts'
import type { YamlTree } from '../../model/yaml-tree.ts'
import { placeOf, type Host, type Inventory, type Variable } from '../inventory.ts'
import { connectionOf } from '../connection/connection.ts'
import {
  aliases,
  becomeAliases,
  isPassword,
  ownVariables,
  type Setting,
} from '../connection/known-variables.ts'
import { pythonJson } from '../python/json.ts'
import { scopeOf, type Scope } from '../variables/scope.ts'
import { layersOf, rankedGroups, variablesIn, type Layer } from '../variables/layers.ts'

/** Where a host's variables come from: for each, what gave it and what that overrode, the strongest first. */
export interface Explanation {
  readonly host: string
  /** The weakest first, as Ansible ranks them: by depth, then priority, then name. */
  readonly groups: readonly { readonly name: string; readonly depth: number; readonly priority: number }[]
  /** How the variables say to reach it, or why they can't be followed; options of the command line left out. */
  readonly reached: string
  readonly variables: readonly ExplainedVariable[]
}

export interface ExplainedVariable {
  readonly name: string
  /** The first counts; each of the others was overridden by the one before it. */
  readonly given: readonly Giving[]
  /** What a template comes to, or why that can't be known; only of variables that take part in reaching the node. */
  readonly comesTo?: string
  /** Another spelling of the same setting that wins over this one, as the last of Ansible's aliases does. */
  readonly aliasWins?: string
}

export interface Giving {
  /** As `ansible-inventory` prints it, in one line. */
  readonly value: string
  /** `FILE:LINE:COLUMN`. */
  readonly place: string
  /** `group web`, `group_vars of web`, `host`, `host_vars`, `-e`. */
  readonly by: string
}

/** Says for each variable of a host which file and line gave it, and what it overrode there and in every weaker place. */
export const explainHost = (inventory: Inventory, host: Host): Explanation => {
  const layers = layersOf(inventory, host)
  const names = new Set(layers.flatMap(({ variables }) => [...variables.keys()]))
  const scope = scopeOf(host, variablesIn(inventory)(host), inventory)
  const givings = (name: string): readonly Giving[] => {
    const seen = new Set<string>()
    return layers.toReversed().flatMap(({ from, variables }) =>
      chainOf(variables.get(name)).flatMap(variable => {
        const place = placeOf(variable)
        // One folder may be there twice: beside two sources, or as the working directory too.
        if (seen.has(place) && from.kind.endsWith('_vars')) return []
        seen.add(place)
        return { value: shown(name, variable.value), place, by: nameOf(from) }
      }),
    )
  }
  return {
    host: host.name,
    groups: rankedGroups(inventory, host).map(({ name, depth, priority }) => ({ name, depth, priority })),
    reached: reachedBy(host, scope),
    variables: [...names].toSorted().map(name => {
      const alias = winningAlias(name, names)
      const comesTo = filledIn(scope, name)
      return {
        name,
        given: givings(name),
        ...(comesTo === undefined ? {} : { comesTo }),
        ...(alias === undefined ? {} : { aliasWins: alias }),
      }
    }),
  }
}

/** The same for reading in a terminal. */
export const explanationText = ({ host, groups, reached, variables }: Explanation): string => {
  const ranks = groups.map(({ name, priority }) => (priority === 1 ? name : `${name} (priority ${priority})`))
  const blocks = variables.map(({ name, given, comesTo, aliasWins }) => {
    const [winner, ...others] = given
    return [
      `${name} = ${short(winner?.value ?? '')}`,
      ...(comesTo === undefined ? [] : [`  comes to ${short(comesTo)}`]),
      ...(aliasWins === undefined ? [] : [`  not used: ${aliasWins} is set too, and wins`]),
      ...(winner ? [`  from     ${winner.place}  (${winner.by})`] : []),
      ...others.map(({ place, by, value }) => `  overrode ${place}  (${by}): ${short(value)}`),
    ]
  })
  const lines = [
    host,
    `  groups, the weakest first: ${ranks.join(', ') || 'none'}`,
    `  reached: ${reached}`,
    ...blocks.flatMap(block => ['', ...block]),
  ]
  return `${lines.map(forTerminalLine).join('\n')}\n`
}

const short = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text)

const reachedBy = (host: Host, scope: Scope): string => {
  try {
    const connection = connectionOf(host.name, scope, { becomes: false, kind: 'ssh', onUnused: () => {} })
    const { method = 'sudo', user: other } = connection.becoming ?? {}
    const root = connection.become === true ? `, then ${other ?? 'root'} by ${method}` : ''
    if (connection.kind === 'local') return `on this machine itself${root}`
    const { user, port, privateKeyFile: key, words } = connection
    const address = connection.host.includes(':') ? `[${connection.host}]` : connection.host
    const login = user === undefined ? '' : `${user}@`
    const given = [...(words?.first ?? []), ...(words?.last ?? [])].map(word => `${asWord(word)} `).join('')
    // What is not said here, ssh_config says.
    const at = `${login}${address}${port === undefined ? '' : `:${port}`}`
    return `ssh ${given}${at}${key === undefined ? '' : ` with ${key}`}${root}`
  } catch (cause) {
    if (cause instanceof SefleetError) return `not at all: ${cause.message}`
    throw cause
  }
}

const asWord = (word: string): string =>
  /^[\w@%:./=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

// A password stands there as stars, unless what is written is where it comes from.
const shown = (name: string, value: YamlTree): string =>
  isPassword(name) && value.kind === 'scalar' && !isTemplateOf(value) ? hidden : pythonJson(value)

const chainOf = (variable: Variable | undefined): readonly Variable[] => {
  const chain: Variable[] = []
  for (let one = variable; one; one = one.replaced) chain.push(one)
  return chain
}

const nameOf = (from: Layer['from']): string => {
  switch (from.kind) {
    case 'group':
      return `group ${from.group}`
    case 'group_vars':
      return `group_vars of ${from.group}`
    case 'extra':
      return '-e'
    case 'host':
    case 'host_vars':
      return from.kind
    default:
      return from satisfies never
  }
}

const settings = Object.entries(aliases) as unknown as readonly (readonly [Setting, readonly string[]])[] // keys of aliases are its settings

const winningAlias = (name: string, names: ReadonlySet<string>): string | undefined => {
  const [, spellings = []] = settings.find(([, all]) => all.includes(name)) ?? []
  const winner = spellings.findLast(spelling => names.has(spelling))
  return winner === name ? undefined : winner
}

// Nobody needs to see a password worked out, and nothing here uses one.
const known: ReadonlySet<string> = new Set(
  [
    ...Object.values(aliases).flat(),
    ...Object.values(becomeAliases).flatMap(names => becomeMethods.flatMap<string>(method => names(method))),
    ...ownVariables,
  ].filter(name => !isPassword(name)),
)

// Only of what sefleet itself would use; the rest is Ansible's to fill in.
const filledIn = (scope: Scope, name: string): string | undefined => {
  const variable = scope.variables.get(name)
  if (!variable || !known.has(name) || !isTemplateOf(variable.value)) return undefined
  try {
    const value = scope.valueOf(name, variable)
    return pythonJson({ kind: 'scalar', place: variable.value.place, value })
  } catch (cause) {
    if (cause instanceof SefleetError) return `unknown: ${cause.message}`
    throw cause
  }
}

const isTemplateOf = (tree: YamlTree): boolean =>
  tree.kind === 'scalar' && !tree.unsafe && typeof tree.value === 'string' && tree.value.includes('{{')
