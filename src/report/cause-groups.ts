import type { Audit } from '../model/audit.ts'
import { partsOf, type CauseTable, type Suspect } from '../model/drift.ts'
import { foldNames } from '../model/fold-names.ts'
import { causeText, listed, upstreamVersion } from './cause-words.ts'

type Leads = readonly [Suspect, ...Suspect[]]

/**
 * Leads that are one cause which came to several systems, each in its own build of the packages: told as one. Each was counted
 * among its own peers; those whose peers are the same stay apart, or nodes would be counted twice.
 */
export const oneCauseEach = (leads: readonly Suspect[], { nodes }: Audit): readonly Leads[] => {
  const peers = new Map(nodes.map(one => [one.name, one.peers]))
  const kinOf = (one: Suspect): readonly (string | undefined)[] => one.nodes.map(node => peers.get(node))
  const groups: { readonly key: string; readonly kin: Set<string | undefined>; leads: Leads }[] = []
  for (const lead of leads) {
    const key = sameness(lead)
    const kin = kinOf(lead)
    const group = groups.find(one => one.key === key && !kin.some(name => one.kin.has(name)))
    if (group) {
      group.leads = [...group.leads, lead]
      for (const name of kin) group.kin.add(name)
    } else groups.push({ key, kin: new Set(kin), leads: [lead] })
  }
  return groups.map(one => one.leads)
}

// The same packages came, for the same reason, from the same upstream versions to the same.
const sameness = ({ cause, basis, tied }: Suspect): string =>
  JSON.stringify([
    basis,
    tied.length === 0 ? 'alone' : tied,
    partsOf(cause).map(({ type, name, from, to }) =>
      type === 'package'
        ? [type, name, ...[from, to].map(one => (one === undefined ? '' : upstreamVersion(one)))]
        : [type, name, from, to],
    ),
  ])

const shownBuilds = 3

/** One cause on several systems: what it is upstream, then each system’s own package. */
export const severalTexts = (leads: Leads): readonly string[] => {
  const [{ cause, tied }] = leads
  if (cause.type !== 'package' || tied.length > 0) return [cause, ...tied].map(causeText)
  const parts = partsOf(cause)
    .filter(({ type }) => type !== 'boot')
    .map(({ type, name, from, to }) =>
      type === 'package' && from !== undefined && to !== undefined
        ? `${name} ${upstreamVersion(from)} → ${upstreamVersion(to)}`
        : causeText({
            type,
            name,
            ...(from === undefined ? {} : { from }),
            ...(to === undefined ? {} : { to }),
          }),
    )
  const together = cause.together === undefined ? '' : `one ${cause.together.by}: `
  const builds = leads.map(
    one => `${one.cause.name}-${(one.cause.to ?? '').replace(/^\d+:/, '')} on ${foldNames(one.nodes)}`,
  )
  const shown =
    builds.length <= shownBuilds
      ? builds.join(', ')
      : `${builds.slice(0, shownBuilds - 1).join(', ')} and ${builds.length - shownBuilds + 1} more builds`
  return [`${together}${listed(parts)} (${shown})`]
}

/** All counted together: their peers are not the same nodes. */
export const sumOf = (leads: Leads): CauseTable => {
  const sum = (key: keyof CauseTable): number => leads.reduce((all, { table }) => all + table[key], 0)
  return {
    changedDrifted: sum('changedDrifted'),
    changedFine: sum('changedFine'),
    unchangedDrifted: sum('unchangedDrifted'),
    unchangedFine: sum('unchangedFine'),
  }
}
