import type { Audit } from '../model/audit.ts'
import type { Suspect } from '../model/drift.ts'
import { addendum } from './addendum.ts'
import { causeKey } from './cause-words.ts'
import type { Reporter } from './report-file.ts'

/**
 * Files for an operator to review and run: a playbook that takes updates back on the nodes concerned, and a CIL addendum with what
 * is active and still denied. Only what there is something to say about is written; sefleet runs none of it.
 */
export const remedies: Reporter = audit => [
  ...fileOf('remedies/roll-back.yaml', playbook(audit)),
  ...fileOf('remedies/addendum.cil', addendum(audit)),
]

const fileOf = (path: string, content: string | undefined) =>
  content === undefined ? [] : [{ path, content }]

const playbook = (audit: Audit): string | undefined => {
  if (audit.baseline?.state !== 'compared') return undefined
  const advice = new Map<
    string,
    {
      readonly command: string
      readonly hold: string
      readonly name: string
      readonly check: string
      readonly nodes: Set<string>
    }
  >()
  for (const { rollBack, check, cause } of certainSuspects(audit.baseline.suspects))
    for (const { do: command, hold, nodes } of rollBack) {
      const known = advice.get(`${command}\n${hold}`) ?? {
        command,
        hold,
        name: cause.name,
        check,
        nodes: new Set<string>(),
      }
      for (const node of nodes) known.nodes.add(node)
      advice.set(`${command}\n${hold}`, known)
    }
  if (advice.size === 0) return undefined
  const plays = [...advice.values()].flatMap(({ command, hold, nodes, check, name }) => [
    `- name: ${quoted(`take ${name} back (${check})`)}`,
    `  hosts: ${quoted([...nodes].join(','))}`,
    '  become: true',
    '  serial: 1   # one node first; see that it heals before the next',
    '  tasks:',
    `    - name: ${quoted(`take ${name} back`)}`,
    `      ansible.builtin.shell: ${quoted(command)}`,
    `    - name: ${quoted(`keep ${name} there`)}`,
    `      ansible.builtin.shell: ${quoted(hold)}`,
  ])
  return `# Made by sefleet from run ${audit.run.id}. Review it; restart the affected pods afterwards. It has not been run.\n${plays.join('\n')}\n`
}

// What explains a failure by its mechanism, and what is tied with that; others only might, and are left alone.
const certainSuspects = (suspects: readonly Suspect[]): readonly Suspect[] => {
  const leads = suspects.filter(({ leads: isFirst, basis }) => isFirst && basis === 'mechanism')
  const keys = new Set(
    leads.flatMap(({ check, cause, tied }) => [cause, ...tied].map(one => `${check} ${causeKey(one)}`)),
  )
  return suspects.filter(({ check, cause }) => keys.has(`${check} ${causeKey(cause)}`))
}

// JSON strings are YAML strings.
const quoted = (text: string): string => JSON.stringify(text)
