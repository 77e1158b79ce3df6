import type { Audit } from '../model/audit.ts'
import type { Suspect } from '../model/drift.ts'
import { foldNames } from '../model/fold-names.ts'
import type { Suspected } from './because.ts'
import { causeName, causeVerb } from './cause-words.ts'
import { besides, duration, isoMinute } from './moments.ts'
import type { Problem } from './problems.ts'

/** Since when something is wrong; undefined where there is no earlier run to tell it. */
export const sinceSentence = (
  problem: Problem,
  audit: Audit,
  suspected: Suspected | undefined,
): string | undefined => {
  const { baseline } = audit
  if (baseline?.state !== 'compared') return undefined
  const before = `run ${baseline.run} (${isoMinute(baseline.startedAt / 1000)})`
  if (!suspected) {
    const asked = baseline.newlyAsked.find(({ check }) => check === problem.check.id)?.nodes ?? []
    if (problem.nodes.every(node => asked.includes(node))) return `not known: ${before} did not ask for it`
    const compared = new Set(baseline.compared)
    const unseen = problem.nodes.filter(node => !compared.has(node))
    if (unseen.length === 0) return awoken(problem, audit) ?? `before ${before}: it was so then`
    const those = unseen.length === problem.nodes.length ? '' : `, others before ${before}`
    return `not known: ${foldNames(unseen.slice(0, 60))} did not answer in run ${baseline.run} or before${those}`
  }
  const isUnjudged = baseline.changes.some(
    ({ subject, change }) =>
      subject.type === 'check' && subject.name === problem.check.id && change === 'appeared',
  )
  const [lead] = suspected.leads
  const onset = baseline.onsets.find(({ check }) => check === problem.check.id)?.at
  const returned = baseline.returned.find(({ check }) => check === problem.check.id)
  const again =
    returned === undefined
      ? ''
      : `; it comes and goes: ${foldNames(returned.nodes)} failed in run ${returned.run} too and ${returned.nodes.length === 1 ? 'was' : 'were'} well in between`
  const unknown = isUnjudged ? `not known: it could not be judged in ${before}` : `some time after ${before}`
  return `${moment(cameOf(lead) ?? changedItself(suspected), onset) ?? unknown}${again}`
}

interface Came {
  readonly what: string
  readonly at: number
}

const cameOf = (lead: Suspect | undefined): Came | undefined => {
  const at = lead && lead.basis !== 'weak' ? lead.since?.earliest : undefined
  return lead && at !== undefined
    ? { what: `${causeName(lead.cause)} ${causeVerb(lead.cause)}`, at }
    : undefined
}

// What the check judges has a moment of its own, whatever brought it.
const changedItself = ({ leads, open }: Suspected): Came | undefined => {
  if (leads.length > 0) return undefined
  const [first] = open
    .flatMap(({ itself: [one] = [], since }) => (one && since !== undefined ? [{ one, since }] : []))
    .toSorted((a, b) => a.since - b.since)
  return first && { what: `${causeName(first.one)} ${causeVerb(first.one)}`, at: first.since }
}

const moment = (came: Came | undefined, onset: number | undefined): string | undefined => {
  if (came === undefined)
    return onset === undefined ? undefined : `${isoMinute(onset)}, when the first denial came`
  const { what, at } = came
  if (onset === undefined || onset < at + 60) return `${isoMinute(at)}, when ${what}`
  return `${isoMinute(onset)}, ${duration(onset - at)} after ${what} (${besides(at, onset)})`
}

// What was latent came true: a check that it leads to fails since something restarted.
const awoken = (problem: Problem, { baseline }: Audit): string | undefined => {
  if (baseline?.state !== 'compared') return undefined
  const consequences = new Set(problem.consequences.map(({ check }) => check.id))
  const restart = baseline.suspects.find(
    ({ check, leads, cause }) =>
      leads && consequences.has(check) && (cause.type === 'restart' || cause.type === 'boot'),
  )
  if (restart?.since === undefined) return undefined
  return `${isoMinute(restart.since.earliest)}, when ${causeName(restart.cause)} on ${foldNames(restart.nodes)} made latent damage come true: ${problem.check.id} failed before run ${baseline.run} already`
}
