import type { Audit } from '../model/audit.ts'
import { causeKey, type Suspect } from '../model/drift.ts'
import { byNumberedName } from '../model/fold-names.ts'
import type { RollBackAdvice, WayBack } from '../model/roll-back.ts'
import { mergedWays } from './ways-back.ts'

/**
 * A playbook that takes updates back on the nodes concerned; undefined where no way is known. Ansible puts templates into whatever it
 * reads, names of plays and hosts too: only words that hold none are written, and what is left out is a comment.
 */
export const playbook = (audit: Audit): string | undefined => {
  if (audit.baseline?.state !== 'compared') return undefined
  const suspects = certainSuspects(audit.baseline.suspects)
  const ways = mergedWays(suspects.flatMap(({ rollBack }) => rollBack))
  const groups = new Set(audit.nodes.flatMap(one => one.groups))
  const plays = ways.flatMap(way => ('do' in way ? playOf(way, checksOf(way, suspects), groups) : []))
  if (!plays.some(line => line.startsWith('- '))) return undefined
  const none = ways.flatMap(way => ('none' in way ? [comment(`${way.nodes.join(', ')}: ${way.none}`)] : []))
  return [
    comment(
      `Made by sefleet from run ${audit.run.id}. Review it; restart the affected pods afterwards. It has not been run.`,
    ),
    ...none,
    ...plays,
    '',
  ].join('\n')
}

// What explains a failure by its mechanism, and what is tied with that; others only might, and are left alone.
const certainSuspects = (suspects: readonly Suspect[]): readonly Suspect[] => {
  const leads = suspects.filter(({ leads: isFirst, basis }) => isFirst && basis === 'mechanism')
  const keys = new Set(
    leads.flatMap(({ check, cause, tied }) => [cause, ...tied].map(one => `${check} ${causeKey(one)}`)),
  )
  return suspects.filter(({ check, cause }) => keys.has(`${check} ${causeKey(cause)}`))
}

const checksOf = (way: RollBackAdvice, suspects: readonly Suspect[]): readonly string[] => [
  ...new Set(
    suspects
      .filter(({ rollBack }) => rollBack.some(one => sentence(one) === sentence(way)))
      .map(({ check }) => check)
      .filter(isName),
  ),
]

const sentence = (way: RollBackAdvice): string => ('do' in way ? `${way.do}\n${way.hold ?? ''}` : way.none)

const playOf = (
  { do: command, boots, hold, note, nodes }: WayBack,
  checks: readonly string[],
  groups: ReadonlySet<string>,
): readonly string[] => {
  // A pattern that names a group would mean all of it.
  const isHost = (name: string): boolean => isName(name) && !groups.has(name) && !reserved.has(name)
  const hosts = nodes.filter(isHost).toSorted(byNumberedName)
  const left = nodes.filter(name => !isHost(name))
  const comments = [
    ...(left.length > 0
      ? [comment(`Left out, as Ansible would take the name for a pattern or a template: ${left.join(', ')}`)]
      : []),
    ...(note === undefined ? [] : [comment(note)]),
  ]
  if (hosts.length === 0 || !isCommand(command) || (hold !== undefined && !isCommand(hold))) return comments
  return [
    ...comments,
    `- name: ${quoted(`take the cause back (${checks.join(', ')})`)}`,
    `  hosts: ${quoted(hosts.join(','))}`,
    '  become: true',
    '  gather_facts: false',
    '  serial: 1   # one node first; see that it heals before the next',
    '  tasks:',
    ...task('take it back', command),
    ...(boots ? ['    - name: boot what was before', '      ansible.builtin.reboot:'] : []),
    ...(hold === undefined ? [] : task('keep it there', hold)),
  ]
}

const task = (name: string, command: string): readonly string[] => [
  `    - name: ${name}`,
  '      ansible.builtin.command:',
  `        cmd: ${quoted(command)}`,
]

const reserved = new Set(['all', 'ungrouped'])
const isName = (text: string): boolean => /^[A-Za-z0-9_][\w.-]{0,252}$/.test(text)
// The words of a command as ways back make them, from names and versions that are plain: no braces, no quotes.
const isCommand = (text: string): boolean => /^[A-Za-z][\w.+:~^=/ -]{0,4000}$/.test(text)
// A comment ends with its line, whatever a node put into it.
const comment = (text: string): string => `# ${text.replaceAll(/[^\x20-\x7e\u00a0-\uffff]+/g, ' ').trim()}`
// JSON strings are YAML strings.
const quoted = (text: string): string => JSON.stringify(text)
