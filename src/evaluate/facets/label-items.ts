import { parseContext } from '../../model/context.ts'
import type { LabelFact } from '../../model/facts.ts'
import type { FacetItems } from '../../model/facet.ts'

/** The types that paths are labelled with; a path that may not be looked at is no fact. */
export const labelItems = (facts: readonly LabelFact[]): FacetItems =>
  facts.flatMap(fact => {
    if (fact.state === 'denied') return []
    if (fact.state !== 'labelled') return [[fact.path, { value: fact.state }] as const]
    return [[fact.path, { value: parseContext(fact.context)?.type ?? fact.context }] as const]
  })
