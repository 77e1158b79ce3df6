import { inline, judge } from '../checks/expression.ts'
import { leavingToOthers } from '../checks/left-to-others.ts'
import { knowingWhatPasses } from '../checks/mended-advisories.ts'
import { equivalence, rootsElsewhere } from '../checks/roots.ts'
import { systemOf, wayOf } from '../checks/way-back.ts'
import type { ReadAsk } from '../model/ask.ts'
import type { Check, Knowledge } from '../model/check.ts'
import type { Finding, Outcome } from '../model/outcome.ts'
import { bySeverity } from '../model/severity.ts'

const findingsShown = 50

/** Judges one of the checks that are asked on one node: its guard first, then its requirement, then how much a failure weighs here. */
export const judgeCheck = (
  check: Check,
  read: ReadAsk,
  knowledge: Knowledge,
  asked: readonly Check[],
): Outcome => {
  const base = { check: check.id, severity: check.severity }
  const guard = check.when && judge(check.when, read, knowledge)
  if (guard?.status === 'unknown') return { ...base, ...guard }
  if (guard?.status === 'not-applicable') return { ...base, status: 'not-applicable', reason: guard.reason }
  if (guard?.status === 'fail')
    return {
      ...base,
      status: 'not-applicable',
      reason: guard.findings.map(({ message }) => message).join('; '),
    }
  const judgement = judge(leavingToOthers(check, asked, read, knowledge), read, knowledge)
  if (judgement.status !== 'fail') return { ...base, ...judgement, reason: inline(judgement.reason) }
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
    ({ when, to }) =>
      bySeverity(check.severity, to) < 0 &&
      judge(knowingWhatPasses(when, asked, read, knowledge), read, knowledge).status === 'pass',
  )
  const instead = check.instead.find(({ when }) => judge(when, read, knowledge).status === 'pass')
  return {
    ...base,
    status: 'fail',
    findings: findings
      .slice(0, findingsShown)
      .map(one => withRemedy(instead ? insteadOf(one, instead.remedy, knowledge) : one, read, knowledge)),
    ...(lowered ? { severity: lowered.to, lowered: lowered.because } : {}),
  }
}

// What a finding says of itself comes first. Where no unit is known to start what was found, all that start its like are looked at.
const insteadOf = (one: Finding, remedy: string, { components }: Knowledge): Finding => {
  if (one.remedy !== undefined) return one
  const units = one.units ?? components.components.flatMap(row => Object.values(row.units ?? {}).flat())
  return { ...one, remedy: remedy.replaceAll('{units}', [...new Set(units)].join(' ')) }
}

// What brings a package depends on the system; on an image nothing is brought by hand.
const withRemedy = (
  { wants, units: _units, ...one }: Finding,
  read: ReadAsk,
  knowledge: Knowledge,
): Finding => {
  if (wants === undefined || one.remedy !== undefined) return one
  const way = wayOf(systemOf(read, knowledge), knowledge.rollBack)
  if (way === undefined || 'none' in way) return one
  const { install, reinstall, boots } = way
  if (wants.state === 'in-effect')
    return reinstall === undefined
      ? one
      : {
          ...one,
          remedy: `\`${reinstall} ${wants.package}\` loads its module again, or shows why it cannot: in conflict with another package, update both together; made for another system or release, take the package that is made for this one, not the same again.`,
        }
  const first = `\`${install} ${wants.package}\`${boots ? ' and a reboot' : ''}`
  return {
    ...one,
    remedy: `${first}; then ${learning(read, knowledge)}relabel what containers use (\`${relabel(read, knowledge)}\`), restart the container runtime and recreate the pods.`,
  }
}

// The package knows where most distributions keep things; of other places somebody has to tell the policy.
const learning = (read: ReadAsk, knowledge: Knowledge): string => {
  const places = keptElsewhere(read, knowledge)
  return places.length === 0
    ? ''
    : `tell the policy what the places are that it cannot know (${places.map(equivalence).join(', ')}), `
}

const relabel = (read: ReadAsk, knowledge: Knowledge): string => {
  const usual = knowledge.relabelled
  const places = keptElsewhere(read, knowledge)
    .map(({ path }) => path)
    .filter(path => !usual.some(one => path.startsWith(`${one}/`)))
  return ['restorecon -Riv', ...new Set([...usual, ...places])].join(' ')
}

const keptElsewhere = (read: ReadAsk, knowledge: Knowledge) =>
  rootsElsewhere(Object.keys(knowledge.roots), read, knowledge)
