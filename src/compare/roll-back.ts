import { isPolicyPackage } from '../checks/policy-packages.ts'
import { wayOf } from '../checks/way-back.ts'
import type { NodeFacts } from '../model/audit.ts'
import { partsOf, type Cause } from '../model/drift.ts'
import type { RollBack, RollBackAdvice } from '../model/roll-back.ts'
import type { NodeChange } from './facet-changes.ts'
import type { Pair } from './pairs.ts'
import { broughtIn } from './suspects/brought.ts'

/**
 * How an update, a downgrade or a removal is taken back on each of these nodes, by their system and by the versions each came from;
 * nothing for what is none of a package. Nodes with the same way share it.
 */
export const rollBackAdvice = (
  cause: Cause,
  pairs: readonly Pair[],
  ways: readonly RollBack[],
): readonly RollBackAdvice[] => {
  const advice = new Map<string, { readonly one: Advice; readonly nodes: string[] }>()
  for (const pair of pairs) {
    const one = adviceOn(pair, cause, ways)
    if (!one) continue
    const key = JSON.stringify(one)
    const known = advice.get(key) ?? { one, nodes: [] }
    known.nodes.push(pair.node)
    advice.set(key, known)
  }
  return [...advice.values()].map(({ one, nodes }) => ({ ...one, nodes }))
}

type Without<Type, Key extends string> = Type extends unknown ? Omit<Type, Key> : never
type Advice = Without<RollBackAdvice, 'nodes'>

const adviceOn = (pair: Pair, cause: Cause, ways: readonly RollBack[]): Advice | undefined => {
  const changed = packagesOf(pair, cause, 'up')
  const lowered = changed.length > 0 ? [] : packagesOf(pair, cause, 'down')
  const removed = changed.length + lowered.length > 0 ? [] : removedWith(pair, cause)
  const packages = [...changed, ...lowered, ...removed].flatMap(toOld)
  if (packages.length === 0) return undefined
  const { facts } = pair.after
  const way = wayOf(facts, ways)
  if (!way || 'none' in way) return { none: noWay(facts, way?.none) }
  // An image goes back as a whole.
  if (facts.updates === undefined && isUpgraded(pair)) return { none: noWay(facts, ofAnotherRelease) }
  const { do: command, each, boots, hold, note, install } = way
  if (removed.length > 0)
    return { do: [install, ...packages.map(({ name }) => name)].join(' '), ...(boots ? { boots } : {}) }
  // What went down comes up again as it was; who keeps it down has to know.
  if (lowered.length > 0 && each !== undefined)
    return {
      do: [install, ...packages.map(one => fill(each, one))].join(' '),
      note: 'where somebody holds it at the lower version on purpose, ask first',
    }
  const filled = each === undefined ? [] : packages.map(one => fill(each, one))
  return {
    do: [command, ...filled].join(' '),
    ...(boots ? { boots } : {}),
    ...(hold === undefined ? {} : { hold: [hold, ...packages.map(({ name }) => name)].join(' ') }),
    ...(note === undefined ? {} : { note }),
  }
}

const ofAnotherRelease =
  'the system itself was upgraded since, and packages of the release before do not belong on this one'

// rhel 8.10 → rhel 9.4; a rolling system, whose version is a date, stays what it is.
const isUpgraded = ({ facts }: Pair): boolean =>
  facts.some(
    ({ type, change, before = '', after = '' }) =>
      type === 'os' && change === 'changed' && releaseOf(before) !== releaseOf(after),
  )

const releaseOf = (system: string): string =>
  /^\S+ \d{1,3}(?=\.|$)/.exec(system)?.[0] ?? /^\S*/.exec(system)?.[0] ?? system

const noWay = ({ osId }: NodeFacts, why: string | undefined): string => {
  const name = osId !== undefined && isPlain(osId) ? ` (${osId})` : ''
  return `no way back known for this system${name}${why === undefined ? '' : `: ${why}`}`
}

// What went down is not taken back by going down: each direction on its own.
const packagesOf = (pair: Pair, cause: Cause, way: 'up' | 'down'): readonly NodeChange[] => {
  const named = new Set(partsOf(cause).flatMap(({ type, name }) => (type === 'package' ? [name] : [])))
  const updated = pair.facts.filter(({ type, direction }) => type === 'package' && direction === way)
  const brought = broughtIn(pair, [])
  const origins = new Set(
    updated
      .filter(({ name }) => named.has(name) && isPolicyPackage(name))
      .flatMap(one => brought.get(one)?.key ?? []),
  )
  return updated
    .filter(
      one =>
        named.has(one.name) ||
        // Policy packages need each other’s versions: those of one transaction go back together.
        (isPolicyPackage(one.name) && origins.has(brought.get(one)?.key ?? '')),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

// The scripts of policy packages take their modules along as they go: all that went is wanted again, whichever of it is named.
const removedWith = ({ facts }: Pair, cause: Cause): readonly NodeChange[] => {
  const went = partsOf(cause).some(
    ({ type, name, to }) =>
      to === undefined && (type === 'module' || (type === 'package' && isPolicyPackage(name))),
  )
  return went
    ? facts
        .filter(
          ({ type, name, change }) => type === 'package' && change === 'vanished' && isPolicyPackage(name),
        )
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    : []
}

interface Old {
  readonly name: string
  readonly epoch: string
  readonly version: string
}

const toOld = ({ name, before = '' }: NodeChange): readonly Old[] => {
  if (!isPlain(name) || !isPlain(before)) return []
  const [, epoch = '', version = before] = /^(\d+:)?(.*)$/s.exec(before) ?? []
  return [{ name, epoch, version }]
}

const fill = (template: string, { name, epoch, version }: Old): string =>
  template.replaceAll('{name}', name).replaceAll('{epoch}', epoch).replaceAll('{version}', version)

// What a package manager calls names and versions. A hostile node's would be a command in somebody's clipboard.
const isPlain = (text: string): boolean => /^[A-Za-z0-9][\w.+:~^-]{0,100}$/.test(text)
