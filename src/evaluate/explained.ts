import type { Check, Expression, Knowledge } from '../model/check.ts'
import type { JudgedDenial } from '../model/denial.ts'
import type { Outcome } from '../model/outcome.ts'

/**
 * Looks for the refusal that explains why something does not run: of a check on processes or units that failed or could not be judged
 * because they are not there, the outcome says what SELinux keeps from starting, and what helps against that. No status changes by it.
 */
export const explainAbsence = (
  outcome: Outcome,
  check: Check,
  denials: readonly JudgedDenial[],
  knowledge: Knowledge,
): Outcome => {
  const wanted = wantedBy(check.requirement, knowledge)
  const denial = wanted && denials.find(one => one.active && explains(one, wanted))
  if (!denial?.keeps) return outcome
  const because = `because SELinux refuses it: ${denial.keeps.what}`
  if (outcome.status === 'unknown')
    return { ...outcome, reason: `${outcome.reason ?? 'could not be judged'}, ${because}` }
  if (outcome.status !== 'fail') return outcome
  const findings = (outcome.findings ?? []).map(one =>
    /^(?:not running|stopped)\b/.test(one.key)
      ? {
          ...one,
          message: `${one.message}, ${because}`,
          // Starting it is what is refused.
          ...(denial.remedy === undefined ? {} : { remedy: denial.remedy }),
        }
      : one,
  )
  return { ...outcome, findings }
}

/** What a check looks for: families of components, whether these live in containers, and units. */
interface Wanted {
  readonly families: ReadonlySet<string>
  readonly inContainers: boolean
  readonly units: readonly string[]
}

const wantedBy = (expression: Expression, knowledge: Knowledge): Wanted | undefined => {
  if ('not' in expression) return undefined
  if ('all' in expression || 'any' in expression) {
    const parts = ('all' in expression ? expression.all : expression.any)
      .map(one => wantedBy(one, knowledge))
      .filter(one => one !== undefined)
    return parts.length === 0
      ? undefined
      : {
          families: new Set(parts.flatMap(({ families }) => [...families])),
          inContainers: parts.some(one => one.inContainers),
          units: parts.flatMap(({ units }) => units),
        }
  }
  if (expression.kind === 'service') {
    const { units } = expression.params as { units: readonly string[] } // the service kind's own schema
    return { families: new Set(), inContainers: false, units }
  }
  if (expression.kind !== 'process') return undefined
  const { component, family } = expression.params as {
    component?: readonly string[]
    family?: string
  } // the process kind's own schema
  const rows = knowledge.components.components.filter(
    one => one.family === family || component?.includes(one.id) === true,
  )
  return {
    families: new Set(rows.map(one => one.family)),
    inContainers: rows.some(one => one.pod === true),
    units: [],
  }
}

const explains = ({ keeps }: JudgedDenial, { families, inContainers, units }: Wanted): boolean => {
  if (!keeps) return false
  if (keeps.program !== undefined && units.some(unit => unit.split('.')[0] === keeps.program)) return true
  return (
    (keeps.family !== undefined && families.has(keeps.family)) || (inContainers && keeps.containers === true)
  )
}
