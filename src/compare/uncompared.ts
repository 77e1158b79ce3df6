import { facetTypes, type Facets, type FacetType } from '../model/facet.ts'

/** Kinds of what somebody or something changes; the others are what follows from these. */
export const causalTypes: ReadonlySet<FacetType> = new Set(
  facetTypes.filter(type => !['file-context', 'label', 'domain', 'restart', 'machine'].includes(type)),
)

/** Kinds of causes that could not be read in one of two runs: whether they changed is not known. */
export const uncompared = (before: Facets, after: Facets): readonly FacetType[] =>
  facetTypes.filter(
    type => causalTypes.has(type) && [before, after].some(facets => facets[type].state === 'unreadable'),
  )
