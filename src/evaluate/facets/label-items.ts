import { parseContext } from '../../model/context.ts'
import type { LabelFact } from '../../model/facts.ts'
import type { FacetItems } from '../../model/facet.ts'

/** The types that paths are labelled with; a path that may not be looked at is no fact. What a folder holds comes and goes: it is one. */
export const labelItems = (facts: readonly LabelFact[]): FacetItems => {
  const types = new Map<string, Set<string>>()
  for (const fact of facts) {
    if (fact.state === 'denied') continue
    const name = (fact.state === 'labelled' ? fact.asked : undefined) ?? fact.path
    const type = fact.state === 'labelled' ? (parseContext(fact.context)?.type ?? fact.context) : fact.state
    types.set(name, (types.get(name) ?? new Set()).add(type))
  }
  return [...types].map(([name, all]) => [name, { value: [...all].toSorted().join(', ') }])
}
