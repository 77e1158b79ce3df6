import type { Ask, PolicyAsk, ProbeName, ProbeValues, ReadAsk } from '../../model/ask.ts'
import { askId } from '../../model/ask.ts'
import type { PolicyComparison } from '../../model/policy-comparison.ts'
import { installedPolicy, loadedPolicy, type PolicyFile } from '../../model/policy-files.ts'
import { unreadable, type Reading } from '../../model/reading.ts'
import type { NodeRecord } from '../../model/record.ts'
import { isPolicyAsk } from '../../probes/index.ts'
import { memoisedReader } from '../read-record.ts'
import type { FleetPolicies, PolicyAnswers } from '../../policy/fleet/fleet-policies.ts'

const filesAsk = { probe: 'policy-files', params: {} } as const
const selinuxAsk = { probe: 'selinux', params: {} } as const

/** The policies a node had; undefined where it could not say. */
export interface NodePolicies {
  readonly loaded?: PolicyFile
  readonly installed?: PolicyFile
}

/** Which policies a node had when it was asked. */
export const policiesOf = (record: NodeRecord): NodePolicies | undefined =>
  policiesSaid(memoisedReader([filesAsk, selinuxAsk])(record))

export const policiesSaid = (read: ReadAsk): NodePolicies | undefined => {
  const files = read(filesAsk)
  if (files.state !== 'read') return undefined
  const selinux = read(selinuxAsk)
  const loaded = loadedPolicy(files.value)
  const installed = installedPolicy(
    files.value,
    selinux.state === 'read' ? selinux.value.policyName : undefined,
  )
  return { ...(loaded ? { loaded } : {}), ...(installed ? { installed } : {}) }
}

/**
 * How a judge gets at a node's answers: questions about the policy are answered by the loaded policy itself; where that
 * could not be had, by what the node's own tools said of it. What the installed policy would say is told, and decides nothing:
 * it need not be the loaded one.
 */
export const withPolicies = async (
  read: ReadAsk,
  record: NodeRecord,
  fleet: FleetPolicies,
): Promise<ReadAsk> => {
  const { loaded, installed } = policiesSaid(read) ?? {}
  const problemOf = (sha256: string): string | undefined =>
    record.notPulled?.find(one => one.sha256 === sha256)?.problem
  const comparison =
    loaded && installed && (await comparisonOf(fleet, loaded.sha256, installed.sha256, problemOf))
  const own = loaded && (await fleet.answers(loaded.sha256))
  if (loaded && own?.state === 'answered') {
    const views = await denialsSeenBy(loaded.sha256, read, fleet)
    return answering(views, comparison, ask => readingIn(own, ask))
  }
  const other = installed && (await fleet.answers(installed.sha256))
  const problem =
    own && loaded && (problemOf(loaded.sha256) ?? (own.state === 'unreadable' ? own.problem : undefined))
  return answering(read, comparison, ask => {
    const tool = read(ask)
    if (tool.state === 'read') return tool
    const why = [problem, ...(tool.reason === 'not-asked' && problem !== undefined ? [] : [tool.detail])]
      .filter(Boolean)
      .join('; ')
    const hint = other?.state === 'answered' ? readingIn(other, ask) : undefined
    if (hint?.state !== 'read') return unreadable(tool.reason, why)
    const said = `the installed policy (${installed?.path}), which need not be the loaded one, ${saidBy(hint.value)}`
    return unreadable(tool.reason, `${why}; ${said}`)
  })
}

const denialsAsk = { probe: 'denials', params: {} } as const

/** The node's answers, its denials with what the loaded policy says of each, by the booleans as they are now. */
const denialsSeenBy = async (sha256: string, read: ReadAsk, fleet: FleetPolicies): Promise<ReadAsk> => {
  const log = read(denialsAsk)
  if (log.state !== 'read') return read
  const booleans = read({ probe: 'booleans', params: {} })
  const states =
    booleans.state === 'read'
      ? new Map(booleans.value.map(({ name, current }) => [name, current]))
      : undefined
  const views = await fleet.viewsOf(sha256, log.value.denials, states)
  const denials = log.value.denials.map((denial, index) => {
    const policy = views[index]
    return policy ? { ...denial, policy } : denial
  })
  const seen: Reading<unknown> = { ...log, value: { ...log.value, denials } }
  return <Name extends ProbeName>(ask: Ask<Name>) =>
    // An answer is of its ask's own kind.
    ask.probe === 'denials' ? (seen as Reading<ProbeValues[Name]>) : read(ask)
}

// Where the policies cannot be compared because one was not fetched, why that was says more.
const comparisonOf = async (
  fleet: FleetPolicies,
  loaded: string,
  installed: string,
  problemOf: (sha256: string) => string | undefined,
): Promise<PolicyComparison> => {
  const comparison = await fleet.compare(loaded, installed)
  if (comparison.state !== 'unknown') return comparison
  return { state: 'unknown', why: problemOf(loaded) ?? problemOf(installed) ?? comparison.why }
}

type PolicyReading = Reading<ProbeValues[PolicyAsk['probe']]>

const answering =
  (
    read: ReadAsk,
    comparison: PolicyComparison | undefined,
    answer: (ask: PolicyAsk) => PolicyReading,
  ): ReadAsk =>
  <Name extends ProbeName>(typed: Ask<Name>) => {
    const ask: Ask = typed as Ask // one of the union, whichever it is
    // An answer is of its ask's own kind.
    if (isPolicyAsk(ask)) return answer(ask) as Reading<ProbeValues[Name]>
    if (ask.probe !== 'policy-files' || !comparison) return read(typed)
    const files = read(filesAsk)
    return (files.state === 'read' ? { ...files, value: { ...files.value, comparison } } : files) as Reading<
      ProbeValues[Name]
    >
  }

const readingIn = (answers: Extract<PolicyAnswers, { state: 'answered' }>, ask: PolicyAsk): PolicyReading =>
  (answers.readings.get(askId(ask)) as PolicyReading | undefined) ?? // put in for that very ask
  unreadable('not-asked', `the policy was not asked for ${ask.probe}`)

const saidBy = (answer: ProbeValues[PolicyAsk['probe']]): string => {
  if (answer.state === 'unknown-name') return `does not know the ${answer.what} ${answer.name}`
  const texts = answer.values.map(value => (typeof value === 'string' ? value : value.text))
  if (texts.length === 0) return 'says: nothing'
  return `says: ${texts.slice(0, 3).join(' ')}${texts.length > 3 ? ` and ${texts.length - 3} more` : ''}`
}
