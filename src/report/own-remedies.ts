import type { Audit } from '../model/audit.ts'
import type { Problem } from './problems.ts'

/** What to do about the very findings of a problem, the most nodes first: more than a check can say in general. */
export const ownRemedies = (
  { check, nodes }: Pick<Problem, 'check' | 'nodes'>,
  audit: Audit,
): readonly { readonly remedy: string; readonly nodes: readonly string[] }[] => {
  const column = audit.checks.indexOf(check)
  const failing = new Set(nodes)
  const found = new Map<string, Set<string>>()
  for (const { name, outcomes } of audit.nodes)
    if (failing.has(name))
      for (const { remedy } of outcomes[column]?.findings ?? [])
        if (remedy !== undefined) found.set(remedy, (found.get(remedy) ?? new Set<string>()).add(name))
  return [...found]
    .map(([remedy, struck]) => ({ remedy, nodes: [...struck] }))
    .toSorted((a, b) => b.nodes.length - a.nodes.length)
    .slice(0, mostRemedies)
}

const mostRemedies = 12
