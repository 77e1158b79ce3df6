import { hints, type ErrorCode } from '../errors.ts'
import type { Audit } from '../model/audit.ts'
import type { PolicyComparison } from '../model/policy-comparison.ts'
import { foldNames } from '../model/fold-names.ts'
import { explain, rollBackSentence } from './causes.ts'
import { escapeMarkdown as text } from './escape-markdown.ts'
import { groupReasons, problemsOf, summaryLine, type Problem } from './problems.ts'
import type { Reporter } from './report-file.ts'

const shownProblems = 40
const shownCharacters = 600

/** `summary.md`: for a job summary or a ticket; under a megabyte whatever the fleet. */
export const markdown: Reporter = audit => [{ path: 'summary.md', content: render(audit) }]

const render = (audit: Audit): string => {
  const problems = problemsOf(audit)
  const unknown = groupReasons(audit, 'unknown')
  const missing = audit.nodes.filter(({ status }) => status === 'missing')
  return (
    [
      `# sefleet: ${text(summaryLine(audit))}`,
      `Run ${text(audit.run.id)}, exit ${audit.verdict.exit}: ${text(audit.verdict.reasons.join('; '))}`,
      ...problems.slice(0, shownProblems).map(problem => {
        const { check, severity, nodes, findings, consequences } = problem
        return [
          `## ${text(check.title)}: ${severity} on ${nodes.length} of ${audit.nodes.length}`,
          `* **what** ${findings
            .slice(0, 3)
            .map(({ message }) => short(message))
            .join('; ')}`,
          `* **where** ${short(foldNames(nodes))}`,
          ...(check.why === undefined ? [] : [`* **why** ${short(check.why)}`]),
          ...explained(audit, problem),
          ...(check.remedy === undefined ? [] : [`* **do** ${short(check.remedy)}`]),
          ...consequences.map(one => `* follows: ${text(one.check.id)} on ${short(foldNames(one.nodes))}`),
        ].join('\n')
      }),
      ...(problems.length > shownProblems
        ? [`and ${problems.length - shownProblems} more failing checks`]
        : []),
      ...(unknown.length > 0
        ? [
            `## Could not be judged\n\n| check | severity | nodes | reason |\n|---|---|---|---|\n${unknown
              .slice(0, shownProblems)
              .flatMap(({ check, reasons }) =>
                reasons
                  .slice(0, 3)
                  .map(
                    ({ reason, nodes }) =>
                      `| ${text(check.id)} | ${check.severity} | ${short(foldNames(nodes))} | ${short(reason)} |`,
                  ),
              )
              .join('\n')}`,
          ]
        : []),
      ...(audit.notes.length > 0 ? [audit.notes.map(note => `* note: ${short(note)}`).join('\n')] : []),
      ...changedPolicyLines(audit),
      ...policyLines(audit),
      ...(missing.length > 0
        ? [
            `## Missing nodes\n\n| node | what happened | next |\n|---|---|---|\n${missing
              .slice(0, 200)
              .map(
                ({ name, error }) =>
                  `| ${short(name)} | ${short(error?.sentence ?? '')} | ${short(hints[(error?.code ?? 'interrupted') as ErrorCode] ?? '')} |`,
              )
              .join('\n')}`,
          ]
        : []),
    ].join('\n\n') + '\n'
  )
}

const explained = (audit: Audit, problem: Problem): readonly string[] => {
  const { since, because, latent, rollBack } = explain(problem, audit)
  return [
    ...(since === undefined ? [] : [`* **since** ${short(since)}`]),
    ...(because === undefined ? [] : [`* **because** ${short(because)}`]),
    ...(latent === undefined ? [] : [`* **next** ${short(latent)}`]),
    ...rollBack.slice(0, 5).map(one => `* **do** ${short(rollBackSentence(one))}`),
  ]
}

const changedPolicyLines = ({ baseline }: Audit): readonly string[] => {
  if (baseline?.state === 'unreadable')
    return [`## The earlier run could not be compared\n\n${short(baseline.problem)}`]
  const changed = (baseline?.policies ?? []).flatMap(({ nodes, comparison }) =>
    differingLines(nodes, '', comparison),
  )
  return baseline === undefined || changed.length === 0
    ? []
    : [`## Policies changed since run ${text(baseline.run)}\n\n${changed.slice(0, shownProblems).join('\n')}`]
}

const differingLines = (
  nodes: readonly string[],
  unlike: string,
  comparison: PolicyComparison | undefined,
): readonly string[] => {
  if (comparison?.state !== 'differs' || comparison.lines.length === 0) return []
  const left = Math.max(0, comparison.lines.length - 3) + comparison.more
  const said = comparison.lines.slice(0, 3).map(short).join('; ')
  return [
    `* ${short(foldNames(nodes.slice(0, 200)))}${unlike}: ${said}${left > 0 ? `; and ${left} more` : ''}`,
  ]
}

const policyLines = ({ policies }: Audit): readonly string[] => {
  const differing = policies.flatMap(({ os, nodes, comparison }) =>
    differingLines(nodes, `, unlike others of ${short(os)}`, comparison),
  )
  return differing.length === 0
    ? []
    : [`## Policies unlike their peers’\n\n${differing.slice(0, shownProblems).join('\n')}`]
}

const short = (value: string): string =>
  text(value.length <= shownCharacters ? value : `${value.slice(0, shownCharacters - 1)}…`)
