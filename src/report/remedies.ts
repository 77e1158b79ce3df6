import type { Audit } from '../model/audit.ts'
import type { JudgedDenial } from '../model/denial.ts'
import { foldNames } from '../model/fold-names.ts'
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

const addendum = (audit: Audit): string | undefined => {
  const rules = new Map<
    string,
    { denial: JudgedDenial; readonly permissions: Set<string>; readonly nodes: Set<string> }
  >()
  for (const { name, denials } of audit.nodes)
    for (const denial of denials) {
      const { source, target, class: className, active, present } = denial
      if (!active || !present || present.denied.length === 0) continue
      // A boolean is a smaller thing than a rule.
      if (present.booleans !== undefined) continue
      if (![source, target, className, ...present.denied].every(isIdentifier)) continue
      const key = `${source} ${target} ${className}`
      const rule = rules.get(key) ?? { denial, permissions: new Set<string>(), nodes: new Set<string>() }
      for (const permission of present.denied) rule.permissions.add(permission)
      rule.nodes.add(name)
      rules.set(key, rule)
    }
  if (rules.size === 0) return undefined
  const lines = [...rules.values()].flatMap(({ denial, permissions, nodes }) => [
    `; on ${foldNames([...nodes])}`,
    ...(denial.signature === undefined
      ? []
      : [comment(`known as ${denial.signature}: ${denial.diagnosis ?? ''} ${denial.remedy ?? ''}`)]),
    ...warnings(denial, permissions).map(comment),
    `${broadTargets.has(denial.target) ? '; ' : ''}(allow ${denial.source} ${denial.source === denial.target ? 'self' : denial.target} (${denial.class} (${[...permissions].toSorted().join(' ')})))`,
    '',
  ])
  return [
    comment(
      `Made by sefleet from run ${audit.run.id}: what is refused now and the present policy does not allow.`,
    ),
    comment(
      'Rolling the policy back comes first; this is the second choice. Review every line: a rule that is not understood is not to be loaded.',
    ),
    comment(
      'semodule -X 300 -i addendum.cil loads it, semodule -X 300 -r addendum takes it away. It has not been loaded.',
    ),
    '',
    ...lines,
  ].join('\n')
}

const isIdentifier = (text: string): boolean => /^[A-Za-z0-9_][\w.-]{0,100}$/.test(text)
// A comment ends with its line, whatever a node put into it.
const comment = (text: string): string => `; ${text.replaceAll(/[^\x20-\x7e\u00a0-\uffff]+/g, ' ').trim()}`

const broadTargets = new Set([
  'unlabeled_t',
  'default_t',
  'file_t',
  'var_lib_t',
  'container_runtime_t',
  'init_t',
])
const broadPermissions = new Set([
  'sys_admin',
  'sys_ptrace',
  'sys_module',
  'dac_override',
  'module_load',
  'execmem',
  'relabelto',
  'transition',
])

const warnings = (
  { target, categoriesDiffer }: JudgedDenial,
  permissions: ReadonlySet<string>,
): readonly string[] => [
  ...(broadTargets.has(target)
    ? [
        `TOO BROAD: ${target} stands for far more than this access; repair the label or the domain instead. Left out.`,
      ]
    : []),
  ...[...permissions]
    .filter(one => broadPermissions.has(one))
    .map(one => `TOO BROAD: ${one} gives more than this access needs.`),
  ...(categoriesDiffer ? ['The categories differ: a constraint may refuse it all the same.'] : []),
]
