import type { Evaluation } from '../model/evaluation.ts'

/** Nodes that answer now and did not then. */
export const unanswered = (then: Evaluation, now: Evaluation): ReadonlySet<string> => {
  const answered = new Set(
    then.audit.nodes.filter(({ status }) => status !== 'missing').map(({ name }) => name),
  )
  return new Set(
    now.audit.nodes
      .filter(({ name, status }) => status !== 'missing' && !answered.has(name))
      .map(({ name }) => name),
  )
}

/** A run with the answers of some nodes taken from an older one. */
export const withAnswers = (run: Evaluation, older: Evaluation): Evaluation => {
  const found = new Map(
    older.audit.nodes.filter(({ status }) => status !== 'missing').map(node => [node.name, node]),
  )
  const nodes = run.audit.nodes.filter(({ name }) => !found.has(name))
  return {
    ...run,
    audit: { ...run.audit, nodes: [...nodes, ...found.values()] },
    facets: new Map([...run.facets, ...[...older.facets].filter(([name]) => found.has(name))]),
  }
}
