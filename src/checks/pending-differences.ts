import type { Package } from '../model/facts.ts'
import { wholeVersion } from '../model/package-version.ts'
import { isPolicyPackage } from './policy-packages.ts'

/** A policy package that the next boot changes: without `from` it is not installed now, without `to` it goes. */
export interface PendingDifference {
  readonly name: string
  readonly from?: string
  readonly to?: string
  /** Epoch seconds: when it was installed into what is pending. */
  readonly installedAt?: number
}

interface Seen {
  readonly packages: readonly Package[]
  readonly isComplete: boolean
}

/** The policy packages that certainly differ; what a cut list does not show is no difference. */
export const pendingDifferences = (running: Seen, pending: Seen): readonly PendingDifference[] => {
  const isWhole = running.isComplete && pending.isComplete
  const names = [...running.packages, ...pending.packages].map(({ name }) => name).filter(isPolicyPackage)
  return [...new Set(names)].toSorted().flatMap((name): PendingDifference[] => {
    const [was, is] = [named(name, running), named(name, pending)]
    const [from, to] = [versionsOf(was), versionsOf(is)]
    if (from.join() === to.join()) return []
    // Of several versions side by side a cut list may show one only.
    if (!isWhole && (from.length === 0 || to.length === 0 || from.some(one => to.includes(one)))) return []
    const installedAt = Math.max(0, ...is.map(one => one.installedAt ?? 0))
    return [
      {
        name,
        ...(from.length > 0 ? { from: from.join(', ') } : {}),
        ...(to.length > 0 ? { to: to.join(', ') } : {}),
        ...(installedAt > 0 ? { installedAt } : {}),
      },
    ]
  })
}

const named = (wanted: string, { packages }: Seen): readonly Package[] =>
  packages.filter(({ name }) => name === wanted)

const versionsOf = (packages: readonly Package[]): readonly string[] =>
  [...new Set(packages.map(wholeVersion))].toSorted()
