import type { Audit } from '../model/audit.ts'
import { addendum } from './addendum.ts'
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
  const advice = new Map(
    audit.baseline.suspects
      .filter(({ basis }) => basis === 'mechanism')
      .flatMap(({ rollBack, check, cause }) =>
        rollBack.map(one => [one.do, { ...one, check, name: cause.name }] as const),
      ),
  )
  if (advice.size === 0) return undefined
  const plays = [...advice.values()].flatMap(({ do: command, hold, nodes, check, name }) => [
    `- name: ${quoted(`take ${name} back (${check})`)}`,
    `  hosts: ${quoted(nodes.join(','))}`,
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

// JSON strings are YAML strings.
const quoted = (text: string): string => JSON.stringify(text)
