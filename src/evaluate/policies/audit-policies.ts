import type { AuditPolicy, NodeAudit } from '../../model/audit.ts'
import type { OsFacts } from '../../model/facts.ts'
import type { FleetPolicies } from '../../policy/fleet/fleet-policies.ts'

interface Running {
  readonly node: string
  readonly os: string
  readonly sha256: string
  readonly failing: number
}

/** ID and major version; the ID alone where the version is a date, as rolling systems have it, or the system is an image. */
export const systemOf = ({ id, versionId, ostree }: OsFacts): string => {
  const major = ostree ? undefined : /^(\d{1,3})(?:\.|$)/.exec(versionId)?.[1]
  return `${id.slice(0, 60)}${major === undefined ? '' : ` ${major}`}`
}

/** Policies of one system that are compared with the one most of its nodes run; the others are only listed. */
const mostCompared = 25

/** The fleet's policies: those of different systems have nothing in common, so each is compared within its system. */
export const auditPolicies = async (
  nodes: readonly NodeAudit[],
  systems: ReadonlyMap<string, string>,
  fleet: FleetPolicies,
  types: ReadonlySet<string>,
): Promise<readonly AuditPolicy[]> => {
  const running = nodes.flatMap(({ name, facts, outcomes }): Running[] => {
    const { policySha256: sha256 } = facts
    const failing = outcomes.filter(({ status }) => status === 'fail').length
    return sha256 === undefined
      ? []
      : [{ node: name, os: systems.get(name) ?? 'an unknown system', sha256, failing }]
  })
  const policies: AuditPolicy[] = []
  for (const system of grouped(running, ({ os }) => os).toSorted((a, b) => b.length - a.length)) {
    // Where as many run the one as the other, the one that does better is what the other is compared with.
    const bySize = grouped(system, ({ sha256 }) => sha256).toSorted(
      (a, b) => b.length - a.length || failingOf(a) - failingOf(b),
    )
    const reference = bySize[0]?.[0]?.sha256 ?? ''
    for (const [index, runners] of bySize.entries()) {
      const [{ sha256, os } = { sha256: '', os: '' }] = runners
      const answers = await fleet.answers(sha256)
      policies.push({
        sha256,
        os,
        nodes: runners.map(({ node }) => node),
        ...(answers.state === 'answered' ? { facts: answers.facts } : {}),
        ...(index === 0
          ? {}
          : {
              comparison:
                index <= mostCompared
                  ? await fleet.compareWith(reference, sha256, types)
                  : { state: 'unknown', why: `more than ${mostCompared} policies of ${os}` },
            }),
      })
    }
  }
  return policies
}

const failingOf = (runners: readonly Running[]): number =>
  runners.reduce((sum, { failing }) => sum + failing, 0)

// Groups in the order in which they come up.
const grouped = <Value>(
  values: readonly Value[],
  keyOf: (value: Value) => string,
): readonly (readonly Value[])[] => {
  const groups = new Map<string, Value[]>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group) group.push(value)
    else groups.set(key, [value])
  }
  return [...groups.values()]
}
