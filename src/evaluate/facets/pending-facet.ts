import { nextBootAsk } from '../../checks/next-boot.ts'
import { pendingDifferences } from '../../checks/pending-differences.ts'
import { policyPackagesAsk } from '../../checks/policy-packages.ts'
import type { ReadAsk } from '../../model/ask.ts'
import type { Knowledge } from '../../model/check.ts'
import type { Facet } from '../../model/facet.ts'
import type { NextBoot, PackageTable } from '../../model/facts.ts'
import { isComplete, type Reading } from '../../model/reading.ts'

/** Policy packages that the next boot changes, and what to. Nodes with the same two answers share the facet. */
export const pendingFacet = (knowledge: Knowledge): ((read: ReadAsk) => Facet) => {
  const known = new WeakMap<Reading<NextBoot>, WeakMap<Reading<PackageTable>, Facet>>()
  return read => {
    const [next, running] = [read(nextBootAsk(knowledge)), read(policyPackagesAsk(knowledge))]
    const byRunning = known.get(next) ?? new WeakMap<Reading<PackageTable>, Facet>()
    known.set(next, byRunning)
    const facet = byRunning.get(running) ?? facetOf(next, running)
    byRunning.set(running, facet)
    return facet
  }
}

const facetOf = (next: Reading<NextBoot>, running: Reading<PackageTable>): Facet => {
  if (next.state === 'unreadable') return { state: 'unreadable', why: next.detail }
  if (next.value.state !== 'pending') return { state: 'read', isComplete: isComplete(next), items: new Map() }
  if (running.state === 'unreadable') return { state: 'unreadable', why: running.detail }
  const differences = pendingDifferences(
    { packages: running.value.packages, isComplete: isComplete(running) },
    { packages: next.value.packages, isComplete: isComplete(next) },
  )
  // In a deployment the time is when its image was built.
  const isTime = next.value.system === 'snapshots'
  return {
    state: 'read',
    isComplete: isComplete(next) && isComplete(running),
    items: new Map(
      differences.map(({ name, to, installedAt }) => [
        name,
        {
          value: to ?? 'gone',
          ...(isTime && installedAt !== undefined ? { since: installedAt } : {}),
        },
      ]),
    ),
  }
}
