import type { Audit } from '../model/audit.ts'
import type { Cause, Suspect } from '../model/drift.ts'
import { foldNames } from '../model/fold-names.ts'
import type { RollBackAdvice } from '../model/roll-back.ts'
import { isoMinute } from './moments.ts'
import type { Problem } from './problems.ts'

/** Why something is wrong, in sentences: since when, because of what and how sure that is, and who is next. */
export interface Explanation {
  readonly since?: string
  readonly because?: string
  /** Nodes that have the cause and still work. */
  readonly latent?: string
  /** What to do about the cause, before the check's own advice. */
  readonly rollBack: readonly RollBackAdvice[]
}

/** Explains a problem by what changed since the earlier run; empty where there is none to compare with. */
export const explain = (problem: Problem, audit: Audit): Explanation => {
  const latent = latentSentence(problem, audit)
  const { baseline } = audit
  const next = latent === undefined ? {} : { latent }
  if (baseline?.state !== 'compared') return { ...next, rollBack: [] }
  const isNew = baseline.changes.some(
    ({ subject, change, nodes }) =>
      subject.type === 'check' &&
      subject.name === problem.check.id &&
      (change === 'regressed' || change === 'appeared') &&
      nodes.some(node => problem.nodes.includes(node)),
  )
  const before = `run ${baseline.run} (${isoMinute(baseline.startedAt / 1000)})`
  if (!isNew) return { since: `before ${before}: it was so then`, ...next, rollBack: [] }
  const suspects = baseline.suspects.filter(({ check }) => check === problem.check.id)
  const top = suspects[0]
  const isSaid = top !== undefined && top.basis !== 'weak'
  return {
    since:
      isSaid && top.since !== undefined
        ? `${isoMinute(top.since.earliest)}, when ${causeName(top.cause)} ${verbOf(top.cause)}`
        : `some time after ${before}`,
    because: becauseSentence(suspects),
    ...next,
    rollBack: isSaid ? [top, ...tiedWith(top, suspects)].flatMap(one => one.rollBack) : [],
  }
}

const tiedWith = (top: Suspect, suspects: readonly Suspect[]): readonly Suspect[] =>
  suspects.filter(({ cause }) => top.tied.some(one => JSON.stringify(one) === JSON.stringify(cause)))

/** Taking it back, on these nodes; then keeping it there. */
export const rollBackSentence = ({ do: command, hold, nodes }: RollBackAdvice): string =>
  `${command}   on ${nodes.length <= 12 ? foldNames(nodes) : `${nodes.length} nodes`}; then ${hold}`

const becauseSentence = (suspects: readonly Suspect[]): string => {
  const [top] = suspects
  if (!top) return 'nothing that is looked at changed on these nodes before it'
  if (top.basis === 'weak')
    return `unknown: what changed there (${suspects
      .slice(0, 3)
      .map(({ cause }) => causeText(cause))
      .join('; ')}) changed elsewhere too, without harm, or tells no more than chance`
  if (top.tied.length > 0)
    return `${[top.cause, ...top.tied].map(causeText).join(' or ')}: they cannot be told apart, as they changed on the same nodes${counted(top)}${shown(top)}`
  return `${causeText(top.cause)}${counted(top)}${shown(top)}`
}

const counted = ({ table }: Suspect): string => {
  const { changedDrifted, changedFine, unchangedDrifted, unchangedFine } = table
  const [took, others] = [changedDrifted + changedFine, unchangedDrifted + unchangedFine]
  const theirs =
    took === 1 ? 'the one node that took it fails' : `${changedDrifted} of ${took} nodes that took it fail`
  if (others === 0) return `: ${theirs}; every node took it, so counting says nothing`
  return `: ${theirs}, ${unchangedDrifted} of ${others} ${others === 1 ? 'other' : 'others'}`
}

const shown = ({ evidence }: Suspect): string => (evidence.length > 0 ? `; ${evidence.join('; ')}` : '')

/** `container-selinux 2.222.0-1 → 2.226.0-1` */
export const causeText = (cause: Cause): string => {
  const { from, to } = cause
  const name = causeName(cause)
  if (from === undefined && to === undefined) return name
  if (from === undefined) return `${name}, now ${to}`
  return to === undefined ? `${name} gone (was ${from})` : `${name} ${from} → ${to}`
}

const causeName = ({ type, name }: Cause): string => {
  if (type === 'package') return name
  if (type === 'mode') return `SELinux mode (${name})`
  if (type === 'boot') return 'a reboot'
  return `${type} ${name}`
}

const verbOf = ({ type, from, to }: Cause): string => {
  if (type === 'boot') return 'came'
  if (from === undefined) return 'came'
  return to === undefined ? 'went' : type === 'package' ? 'was updated' : 'changed'
}

/**
 * Latent damage: the check fails, what it leads to when a process restarts has not come about yet. Only for checks that lead to
 * processes in a wrong domain: these are what a restart makes.
 */
const latentSentence = ({ check, nodes }: Problem, { checks, nodes: all }: Audit): string | undefined => {
  const columns = checks.flatMap(({ consequenceOf, reads }, column) =>
    consequenceOf.includes(check.id) && reads.includes('processes') && check.reads.includes('policy')
      ? [column]
      : [],
  )
  if (columns.length === 0) return undefined
  const working = all
    .filter(
      ({ name, outcomes }) =>
        nodes.includes(name) &&
        columns.some(column => outcomes[column]?.status === 'pass') &&
        columns.every(column => ['pass', 'not-applicable'].includes(outcomes[column]?.status ?? '')),
    )
    .map(({ name }) => name)
  if (working.length === 0) return undefined
  const [it, have, breaks] = working.length === 1 ? ['its', 'works', 'it'] : ['their', 'work', 'them']
  const who = working.length <= 12 ? foldNames(working) : `${working.length} nodes`
  return `${who} still ${have}: ${it} pods have not restarted since. The next restart breaks ${breaks}.`
}
