import { isPolicyPackage } from '../../checks/policy-packages.ts'
import type { Bringer } from '../../model/drift.ts'
import type { NodeChange } from '../facet-changes.ts'
import type { Pair } from '../pairs.ts'
import { modeFile } from './mode-file.ts'

/** What brought a change to a node: changes with the same key came together. */
export interface Brought {
  readonly by: Bringer
  readonly key: string
  /** When all of it came, where that is one moment: the boot into another snapshot or deployment. */
  readonly since?: number
}

/** Seconds between packages that one run of dpkg unpacks, of which it keeps no record but the times of its files. */
const sameRun = 300

/** What brought each change of a node; nothing where that cannot be told. `modules`: policy modules that packages bring. */
export const broughtIn = (
  { facts, after }: Pick<Pair, 'facts' | 'after'>,
  modules: readonly string[],
): ReadonlyMap<NodeChange, Brought> => {
  const packages = facts.filter(({ type, change }) => type === 'package' && change !== 'lost')
  const boot = facts.find(({ type, change }) => type === 'boot' && change === 'changed')
  const { updates } = after.facts
  // Another image was booted, and all that is in it came with it.
  const brought =
    updates !== undefined && boot !== undefined && packages.length > 0
      ? byImage([...packages, ...facts.filter(({ type }) => ofBoot.has(type))], {
          by: updates === 'ostree' ? 'deployment' : 'snapshot',
          key: 'boot',
          ...(boot.since === undefined ? {} : { since: boot.since }),
        })
      : byUpgrade(facts, byTransaction(packages))
  const policies = packages.filter(({ name }) => isPolicyPackage(name)).map(one => brought.get(one))
  const [origin] = policies
  // A module that comes or goes while one transaction changed policy packages is its doing.
  if (origin && policies.every(one => one?.key === origin.key))
    for (const one of facts)
      if (one.type === 'module' && one.change !== 'lost' && modules.includes(one.name))
        brought.set(one, origin)
  return brought
}

const ofBoot: ReadonlySet<string> = new Set(['os', 'command-line', 'kernel', 'boot'])

// Another release of the system: what came with it is its doing, the packages too where one transaction brought them all.
const byUpgrade = (
  facts: readonly NodeChange[],
  packages: ReadonlyMap<NodeChange, Brought>,
): Map<NodeChange, Brought> => {
  const isUpgraded = facts.some(({ type, change }) => type === 'os' && change === 'changed')
  const isBooted = facts.some(({ type, change }) => type === 'boot' && change === 'changed')
  if (!isUpgraded || !isBooted) return new Map(packages)
  const upgrade: Brought = { by: 'upgrade', key: 'upgrade' }
  const isOne = new Set([...packages.values()].map(({ key }) => key)).size === 1
  const others = facts.filter(
    one => one.change !== 'lost' && (ofBoot.has(one.type) || (one.type === 'file' && one.name === modeFile)),
  )
  return new Map([
    ...[...packages].map(([one, own]) => [one, isOne ? upgrade : own] as const),
    ...others.map(one => [one, upgrade] as const),
  ])
}

const byImage = (changes: readonly NodeChange[], brought: Brought): Map<NodeChange, Brought> =>
  new Map(changes.map(one => [one, brought]))

const byTransaction = (packages: readonly NodeChange[]): Map<NodeChange, Brought> => {
  const brought = new Map<NodeChange, Brought>()
  let run: { readonly key: string; readonly last: number } | undefined
  for (const one of packages.toSorted((a, b) => (a.since ?? 0) - (b.since ?? 0))) {
    const { since, transaction, manager } = one
    if (manager === 'dpkg' && since !== undefined) {
      const key: string = run !== undefined && since - run.last <= sameRun ? run.key : `run ${since}`
      run = { key, last: since }
      brought.set(one, { by: 'transaction', key })
      continue
    }
    const stamp = transaction ?? since
    if (stamp !== undefined) brought.set(one, { by: 'transaction', key: `transaction ${stamp}` })
  }
  return brought
}
