import type { RuntimeBinary } from '../../model/facts.ts'
import type { Knowledge } from '../../model/check.ts'
import type { FacetItems } from '../../model/facet.ts'

/** Versions of container runtimes and Kubernetes distributions; several binaries of one name are one item. */
export const binaryItems =
  ({ runtimes: { products } }: Pick<Knowledge, 'runtimes'>) =>
  (binaries: readonly RuntimeBinary[]): FacetItems => {
    const byName = new Map<string, { readonly versions: Set<string>; since: number }>()
    for (const { name, path, version, changedAt } of binaries) {
      if (version === undefined) continue
      const product = (Object.hasOwn(products, name) ? products[name] : undefined) ?? name
      const one = byName.get(product) ?? { versions: new Set<string>(), since: 0 }
      one.versions.add(version)
      // A package’s file has the time of its build; when it came, the package says.
      if (!path.startsWith('/usr/bin/')) one.since = Math.max(one.since, changedAt ?? 0)
      byName.set(product, one)
    }
    return [...byName].map(([name, { versions, since }]) => [
      name,
      { value: [...versions].toSorted().join(', '), ...(since > 0 ? { since } : {}) },
    ])
  }
