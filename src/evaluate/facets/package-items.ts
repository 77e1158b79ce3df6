import type { PackageTable } from '../../model/facts.ts'
import { versionSeparator, type FacetItems } from '../../model/facet.ts'
import { comparePackageVersions, wholeVersion } from '../../model/package-version.ts'

/** Packages by name; several of one name (kernels, architectures) are one item with all their versions, the highest last. */
export const packageItems = ({ packages, manager }: PackageTable): FacetItems => {
  const byName = new Map<string, Installed>()
  for (const installed of packages) {
    const { name, installedAt = 0, transaction } = installed
    const one = byName.get(name) ?? { versions: new Set<string>(), since: 0 }
    one.versions.add(wholeVersion(installed))
    if (installedAt >= one.since) {
      one.since = installedAt
      one.transaction = transaction
    }
    byName.set(name, one)
  }
  const inOrder = (versions: ReadonlySet<string>): readonly string[] =>
    [...versions].toSorted((a, b) => comparePackageVersions(a, b, manager) || (a < b ? -1 : 1))
  return [...byName].map(([name, { versions, since, transaction }]) => [
    name,
    {
      value: inOrder(versions).join(versionSeparator),
      manager,
      ...(since > 0 ? { since } : {}),
      ...(transaction === undefined ? {} : { transaction }),
    },
  ])
}

interface Installed {
  readonly versions: Set<string>
  since: number
  transaction?: number | undefined
}
