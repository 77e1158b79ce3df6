import type { Audit } from '../model/audit.ts'
import type { PolicyComparison } from '../model/policy-comparison.ts'
import { foldNames } from '../model/fold-names.ts'
import { inOneSentence } from '../policy/diff/words.ts'
import { blocksOf, type Block } from './blocks.ts'
import { fixedRows } from './changes.ts'
import { commandsToMarkdown } from './commands.ts'
import { escapeMarkdown as text } from './escape-markdown.ts'
import { hostKeyWords } from './host-keys.ts'
import { ladderOf } from './ladder.ts'
import { linesOf } from './lines.ts'
import { missingRows } from './missing.ts'
import { comparisonWords } from './policy-words.ts'
import { groupReasons, waivedWords } from './problems.ts'
import type { Reporter } from './report-file.ts'
import { summaryLine } from './standings.ts'

const shownProblems = 40
const shownSteps = 12
const shownCharacters = 600

/** `summary.md`: for a job summary or a ticket; under a megabyte whatever the fleet. */
export const markdown: Reporter = audit => [{ path: 'summary.md', content: render(audit) }]

const render = (audit: Audit): string => {
  const blocks = blocksOf(audit)
  const unknown = groupReasons(audit, 'unknown')
  const missing = missingRows(audit)
  return (
    [
      `# sefleet: ${text(summaryLine(audit))}`,
      `Run ${text(audit.run.id)}, exit ${audit.verdict.exit}: ${text(audit.verdict.reasons.join('; '))}`,
      ...hostKeyWords(audit).map(
        ({ words, isBad }) => `* ${isBad ? '**insecure**' : 'note:'} ${short(words)}`,
      ),
      ...blocks.slice(0, shownProblems).map(block => blockText(block, audit)),
      ...(blocks.length > shownProblems ? [`and ${blocks.length - shownProblems} more failing checks`] : []),
      ...fixedLines(audit),
      ...(unknown.length > 0
        ? [
            `## Could not be judged\n\n| check | severity | nodes | reason | next |\n|---|---|---|---|---|\n${unknown
              .slice(0, shownProblems)
              .flatMap(({ check, reasons }) =>
                reasons
                  .slice(0, 3)
                  .map(
                    ({ reason, next = '', nodes }) =>
                      `| ${text(check.id)} | ${check.severity} | ${short(foldNames(nodes))} | ${short(reason)} | ${commands(next)} |`,
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
            `## Nodes that did not answer\n\n| nodes | what happened | next |\n|---|---|---|\n${missing
              .slice(0, 200)
              .map(
                ({ nodes, code, sentence, hint }) =>
                  `| ${short(foldNames(nodes))} | ${short(`${code}: ${sentence}`)} | ${short(hint ?? '')} |`,
              )
              .join('\n')}`,
          ]
        : []),
    ].join('\n\n') + '\n'
  )
}

const blockText = ({ problem, along }: Block, audit: Audit): string => {
  const { check, severity } = problem
  const { what, where, since, because, do: all, waysBack, withoutWay, latent } = linesOf(problem, audit)
  const { avoid } = ladderOf(problem, audit)
  const waived = waivedWords(problem)
  return [
    `## ${problem.waived ? 'Waived: ' : ''}${text(problem.headline)} (${severity}${problem.known === undefined ? '' : problem.known === 'failed-before' ? ', as in the earlier run' : ', asked for the first time'})`,
    ...(waived === undefined ? [] : [`* **${waived.slice(0, 6)}**${short(waived.slice(6))}`]),
    `* **what** ${short(what)}`,
    ...(problem.lowered === undefined ? [] : [`* **weighs less** ${short(problem.lowered)}`]),
    ...(problem.raised === undefined ? [] : [`* **weighs more** ${short(problem.raised)}`]),
    `* **where** ${short(where)}`,
    ...(since === undefined ? [] : [`* **since** ${short(since)}`]),
    ...(because === undefined ? [] : [`* **because** ${short(because)}`]),
    ...all
      .slice(0, shownSteps)
      .map((one, index) => `* **do** ${index < waysBack ? short(one) : commands(one)}`),
    ...(all.length > shownSteps ? [`* and ${all.length - shownSteps} more, in the report`] : []),
    ...(all.length > waysBack ? [] : withoutWay.slice(0, 2).map(one => `* **do** ${commands(one)}`)),
    ...(avoid === undefined ? [] : [`* **do not** ${commands(avoid)}`]),
    ...(latent === undefined ? [] : [`* **next** ${short(latent)}`]),
    ...(check.why === undefined ? [] : [`* **why it matters** ${commands(check.why)}`]),
    ...[...problem.consequences, ...along].map(
      one => `* follows: ${text(one.check.id)} on ${short(foldNames(one.nodes))}`,
    ),
  ].join('\n')
}

const fixedLines = (audit: Audit): readonly string[] => {
  const rows = fixedRows(audit)
  if (rows.length === 0 || audit.baseline?.state !== 'compared') return []
  const lines = rows
    .slice(0, shownProblems)
    .map(({ names, where }) => `* ${short(names.join(', '))} on ${short(where)}`)
  return [`## Fixed since run ${text(audit.baseline.run)}\n\n${lines.join('\n')}`]
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
  if (comparison?.state !== 'differs' || comparison.items.length === 0) return []
  const { lines, more } = comparisonWords(comparison)
  const left = Math.max(0, lines.length - 3) + more
  const said = [...lines.slice(0, 3), ...(left > 0 ? [`and ${left} more`] : [])].map(short)
  return [`* ${short(foldNames(nodes.slice(0, 200)))}${unlike}: ${inOneSentence(said)}`]
}

const policyLines = ({ policies }: Audit): readonly string[] => {
  const differing = policies.flatMap(({ os, nodes, comparison }) =>
    differingLines(
      nodes,
      `, unlike others of ${short(os)} (read as a change from theirs to this one)`,
      comparison,
    ),
  )
  return differing.length === 0
    ? []
    : [`## Policies unlike their peers’\n\n${differing.slice(0, shownProblems).join('\n')}`]
}

const commands = (value: string): string =>
  value.length <= shownCharacters ? commandsToMarkdown(value) : short(value)

const short = (value: string): string =>
  text(value.length <= shownCharacters ? value : `${value.slice(0, shownCharacters - 1)}…`)
