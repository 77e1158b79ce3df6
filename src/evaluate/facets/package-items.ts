import type { PackageTable } from '../../model/facts.ts'
import type { FacetItems } from '../../model/facet.ts'
import { wholeVersion } from '../../model/package-version.ts'

/** Packages by name; several of one name (kernels, architectures) are one item with all their versions. */
export const packageItems = ({ packages, manager }: PackageTable): FacetItems => {
  const byName = new Map<string, { readonly versions: Set<string>; since: number }>()
  for (const installed of packages) {
    const { name, installedAt } = installed
    const one = byName.get(name) ?? { versions: new Set<string>(), since: 0 }
    one.versions.add(wholeVersion(installed))
    one.since = Math.max(one.since, installedAt ?? 0)
    byName.set(name, one)
  }
  return [...byName].map(([name, { versions, since }]) => [
    name,
    { value: [...versions].toSorted().join(', '), manager, ...(since > 0 ? { since } : {}) },
  ])
}
