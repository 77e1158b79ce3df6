import { inline, judge } from '../checks/expression.ts'
import type { ReadAsk } from '../model/ask.ts'
import type { Check, Knowledge } from '../model/check.ts'
import type { Outcome } from '../model/outcome.ts'
import { bySeverity } from '../model/severity.ts'

const findingsShown = 50

/** Judges one check on one node: its guard first, then its requirement, then how much a failure weighs here. */
export const judgeCheck = (check: Check, read: ReadAsk, knowledge: Knowledge): Outcome => {
  const base = { check: check.id, severity: check.severity }
  const guard = check.when && judge(check.when, read, knowledge)
  if (guard?.status === 'unknown') return { ...base, status: 'unknown', reason: guard.reason }
  if (guard?.status === 'not-applicable') return { ...base, status: 'not-applicable', reason: guard.reason }
  if (guard?.status === 'fail')
    return {
      ...base,
      status: 'not-applicable',
      reason: guard.findings.map(({ message }) => message).join('; '),
    }
  const judgement = judge(check.requirement, read, knowledge)
  if (judgement.status !== 'fail')
    return { ...base, status: judgement.status, reason: inline(judgement.reason) }
  const own = check.finding
  const findings =
    own === undefined
      ? judgement.findings
      : [
          {
            key: check.id,
            message: own,
            evidence: judgement.findings.flatMap(({ evidence }) => evidence).slice(0, 5),
          },
        ]
  // A profile's rule is for all its checks: one that weighs less already is not raised by it.
  const lowered = check.lowered.find(
    ({ when, to }) => bySeverity(check.severity, to) < 0 && judge(when, read, knowledge).status === 'pass',
  )
  return {
    ...base,
    status: 'fail',
    findings: findings.slice(0, findingsShown),
    ...(lowered ? { severity: lowered.to, lowered: lowered.because } : {}),
  }
}
