import type { Recognised } from '../../checks/components.ts'
import type { Knowledge } from '../../model/check.ts'
import type { ProcessTable } from '../../model/facts.ts'
import type { FacetItems } from '../../model/facet.ts'
import { compileRegex } from '../../model/regex.ts'

/** Which types the processes of each component run as. */
export const domainItems = (recognised: readonly Recognised[]): FacetItems =>
  byComponent(recognised).map(([id, all]) => [
    id,
    {
      value: [...new Set(all.map(({ process }) => process.context?.type ?? 'no label'))]
        .toSorted()
        .join(', '),
    },
  ])

/** When the oldest process of each component was started; absent where one of them does not say. */
export const restartItems = (recognised: readonly Recognised[]): FacetItems =>
  byComponent(recognised).flatMap(([id, all]) => {
    const starts = all.map(({ process }) => process.startedAt).filter(start => start !== undefined)
    if (starts.length < all.length) return []
    const since = Math.min(...starts)
    return [[id, { value: String(since), since }] as const]
  })

const byComponent = (recognised: readonly Recognised[]): readonly (readonly [string, Recognised[]])[] => {
  const groups = new Map<string, Recognised[]>()
  for (const one of recognised) {
    // Jobs come and go.
    if (one.component.transient) continue
    const group = groups.get(one.component.id)
    if (group) group.push(one)
    else groups.set(one.component.id, [one])
  }
  return [...groups]
}

/** Versions of images that command lines of components name. */
export const versionItems = ({ components: { families } }: Pick<Knowledge, 'components'>) => {
  const images = families.flatMap(({ images: pattern }) =>
    pattern === undefined ? [] : [compileRegex(`(?:^|[\\s=/])${pattern}`)],
  )
  return ({ processes }: ProcessTable): FacetItems => {
    const versions = new Map<string, Set<string>>()
    for (const { argv } of processes)
      for (const image of images)
        for (const [name = '', version = ''] of image.groupsIn(argv))
          versions.set(name, (versions.get(name) ?? new Set()).add(version))
    return [...versions].map(([name, all]) => [name, { value: [...all].toSorted().join(', ') }])
  }
}
