import { hintOf } from '../errors.ts'
import { remediesHere } from './outcome-remedies.ts'
import type { Audit, CheckInfo, NodeAudit } from '../model/audit.ts'
import { facetTypes } from '../model/facet.ts'
import { foldNames } from '../model/fold-names.ts'
import { comparisonWords } from './policy-words.ts'
import type { Outcome } from '../model/outcome.ts'
import { gatesAt, isBroken } from '../model/gate.ts'
import { changeRows } from './changes.ts'
import { escapeXml } from './escape-xml.ts'
import { failureHeadline } from './problems.ts'
import type { Reporter } from './report-file.ts'

/**
 * `junit.xml`: a suite per node, a case per check, named by ids so that history holds. Valid by jenkins-junit.xsd and
 * junit-10.xsd. It holds no failure and no error exactly when the run exits 0.
 */
export const junit: Reporter = audit => [{ path: 'junit.xml', content: pieces(audit) }]

function* pieces(audit: Audit): Iterable<string> {
  const missing = audit.nodes.filter(({ status }) => status === 'missing').length
  const tolerated = missing <= audit.verdict.allowedMissing
  const suites = [
    ...audit.nodes.map(node => (): Suite => suiteOf(audit, node, tolerated)),
    ...(audit.baseline ? [(): Suite => driftSuite(audit)] : []),
  ]
  const totals = { tests: 0, failures: 0, errors: 0 }
  for (const suite of suites) {
    const { cases } = suite()
    totals.tests += cases.length
    totals.failures += cases.filter(({ sort }) => sort === 'failure').length
    totals.errors += cases.filter(({ sort }) => sort === 'error').length
  }
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="sefleet" tests="${totals.tests}" failures="${totals.failures}" errors="${totals.errors}">\n`
  for (const suite of suites) yield render(suite(), audit)
  yield '</testsuites>\n'
}

interface Case {
  readonly name: string
  readonly className: string
  readonly sort: 'pass' | 'failure' | 'error' | 'skipped'
  readonly type?: string
  readonly message?: string
  readonly text?: string
}

interface Suite {
  readonly name: string
  readonly cases: readonly Case[]
}

/**
 * What changed since the earlier run, for whoever reads it there: a case per kind of fact, always the same ones, so that history
 * holds. It never fails: what gates is in the nodes' suites.
 */
const driftSuite = (audit: Audit): Suite => {
  const base = { className: 'sefleet.drift', sort: 'pass' } as const
  const { baseline } = audit
  if (baseline?.state !== 'compared') {
    const text = `could not be compared: ${baseline?.problem ?? ''}`
    return { name: 'sefleet-drift', cases: [{ ...base, name: 'compared', sort: 'skipped', text }] }
  }
  const facts = changeRows(audit, 'facts')
  const linesOf = (kind: string): readonly string[] =>
    facts
      .filter(row => row.kind === kind)
      .map(({ names, what, where }) => `${names.join(', ')}: ${what}   on ${where}`)
  const policies = baseline.policies.flatMap(({ nodes, comparison }) =>
    comparison.state === 'differs'
      ? comparisonWords(comparison).lines.map(line => `${line}   on ${foldNames(nodes)}`)
      : [],
  )
  const checks = changeRows(audit, 'checks').map(
    ({ names, what, where }) => `${names.join(', ')}: ${what}   on ${where}`,
  )
  const kinds = ['node', 'denial', ...facetTypes].map(kind => [kind, linesOf(kind)] as const)
  return {
    name: 'sefleet-drift',
    cases: [['check', checks] as const, ['policy', policies] as const, ...kinds].map(([name, lines]) => ({
      ...base,
      name,
      ...(lines.length > 0 ? { text: lines.slice(0, shownChanges).join('\n') } : {}),
    })),
  }
}

const shownChanges = 200

const suiteOf = (audit: Audit, node: NodeAudit, toleratesMissing: boolean): Suite => {
  const className = (profile: string) => `${profile}.${node.name.replaceAll('.', '_')}`
  const answered = answeredCase(node, className('sefleet'), toleratesMissing)
  const cases = audit.checks.map((check, column): Case => {
    const outcome = node.outcomes[column]
    const base = { name: check.id, className: className(check.profile) }
    return outcome
      ? { ...base, ...caseOf(audit, check, outcome) }
      : { ...base, sort: 'skipped', text: 'the node is missing' }
  })
  return { name: node.name, cases: [answered, ...cases] }
}

const answeredCase = (node: NodeAudit, className: string, toleratesMissing: boolean): Case => {
  const base = { name: 'node-answered', className }
  const sentence = node.error ? `${node.error.code}: ${node.error.sentence}` : undefined
  const next = node.error && hintOf(node.error)
  if (node.status === 'missing')
    return toleratesMissing
      ? { ...base, sort: 'skipped', text: `missing, as allowed: ${sentence ?? ''}` }
      : {
          ...base,
          sort: 'error',
          type: 'Missing',
          message: sentence ?? 'missing',
          text: [sentence ?? '', ...(next === undefined ? [] : [`next: ${next}`])].join('\n'),
        }
  if (isBroken(node))
    return { ...base, sort: 'error', type: 'Internal', message: sentence ?? '', text: sentence ?? '' }
  return { ...base, sort: 'pass', ...(sentence === undefined ? {} : { text: sentence }) }
}

const caseOf = (audit: Audit, check: CheckInfo, outcome: Outcome): Omit<Case, 'name' | 'className'> => {
  const isGating = gatesAt(outcome, audit.verdict.gate)
  switch (outcome.status) {
    case 'pass':
      return { sort: 'pass' }
    case 'not-applicable':
      return { sort: 'skipped', text: `not applicable: ${outcome.reason ?? ''}` }
    case 'unknown':
      return isGating
        ? { sort: 'error', type: 'Unknown', message: outcome.reason ?? '', text: textOf(check, outcome) }
        : { sort: 'skipped', text: `could not be judged: ${outcome.reason ?? ''}` }
    case 'fail':
      return isGating
        ? {
            sort: 'failure',
            type: 'CheckFailed',
            message: outcome.findings?.[0]?.message ?? '',
            text: textOf(check, outcome),
          }
        : { sort: 'pass', text: `${asideOf(outcome)}: ${textOf(check, outcome)}` }
    default:
      return outcome.status satisfies never
  }
}

// Why a failure does not count.
const asideOf = ({ severity, waived, known }: Outcome): string => {
  if (waived)
    return `waived until ${new Date(waived.until).toISOString().slice(0, 16)}Z by ${waived.owner} (${waived.reason})`
  if (known === 'failed-before') return 'failed in the earlier run too'
  return known ? 'the earlier run did not ask for it' : `below the gate (${severity})`
}

const shownFindings = 5

const textOf = (check: CheckInfo, outcome: Outcome): string => {
  const findings = outcome.findings ?? []
  return [
    `${outcome.status === 'fail' ? failureHeadline(check) : check.title} [${outcome.severity}]`,
    ...(outcome.reason === undefined ? [] : [outcome.reason]),
    ...findings
      .slice(0, shownFindings)
      .flatMap(({ message, evidence }) => [message, ...evidence.map(line => `  ${line}`)]),
    ...(findings.length > shownFindings ? [`and ${findings.length - shownFindings} more`] : []),
    ...(outcome.lowered === undefined ? [] : [`weighs less here: ${outcome.lowered}`]),
    ...(outcome.raised === undefined ? [] : [`weighs more here: ${outcome.raised}`]),
    ...remediesHere(check, outcome).map(remedy => `what to do: ${remedy}`),
    ...(outcome.status === 'fail' && check.avoid !== undefined ? [`what not to do: ${check.avoid}`] : []),
  ].join('\n')
}

// xs:dateTime without zone and fraction, as the strictest schema wants it; it is UTC.
const timestamp = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 19)

const render = ({ name: plain, cases }: Suite, audit: Audit): string => {
  const count = (sort: Case['sort']) => cases.filter(one => one.sort === sort).length
  const name = escapeXml(plain)
  return [
    `  <testsuite name="${name}" hostname="${name}" timestamp="${timestamp(audit.run.startedAt)}" time="0.000" tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}">`,
    ...cases.map(renderCase),
    '  </testsuite>\n',
  ].join('\n')
}

const renderCase = ({ name, className, sort, type = '', message = '', text = '' }: Case): string => {
  const open = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(className)}" time="0.000"`
  const body = escapeXml(text)
  switch (sort) {
    case 'pass':
      return text === '' ? `${open}/>` : `${open}><system-out>${body}</system-out></testcase>`
    case 'skipped':
      return `${open}><skipped>${body}</skipped></testcase>`
    case 'failure':
    case 'error':
      return `${open}><${sort} type="${type}" message="${escapeXml(message)}">${body}</${sort}></testcase>`
    default:
      return sort satisfies never
  }
}
