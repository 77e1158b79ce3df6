import type { Audit } from '../model/audit.ts'
import type { JudgedDenial } from '../model/denial.ts'
import { foldNames } from '../model/fold-names.ts'

/** What is active and the present policy still denies, by source, target and class, over the fleet. */
export interface AddendumRule {
  readonly source: string
  readonly target: string
  readonly class: string
  readonly permissions: readonly string[]
  readonly nodes: readonly string[]
  readonly warnings: readonly string[]
  /** The target stands for far more than this access: the rule is shown as a comment, and allows nothing. */
  readonly isTooBroad: boolean
  readonly known?: string
}

/** The rules that would allow what is refused now; what a boolean would allow is left to the boolean, a smaller thing. */
export const addendumRules = (audit: Pick<Audit, 'nodes'>): readonly AddendumRule[] => {
  const rules = new Map<
    string,
    { denial: JudgedDenial; readonly permissions: Set<string>; readonly nodes: Set<string> }
  >()
  for (const { name, denials } of audit.nodes)
    for (const denial of denials) {
      const { source, target, class: className, active, present } = denial
      if (!active || !present || present.denied.length === 0 || present.booleans !== undefined) continue
      if (![source, target, className, ...present.denied].every(isIdentifier)) continue
      const key = `${source} ${target} ${className}`
      const rule = rules.get(key) ?? { denial, permissions: new Set<string>(), nodes: new Set<string>() }
      for (const permission of present.denied) rule.permissions.add(permission)
      rule.nodes.add(name)
      rules.set(key, rule)
    }
  return [...rules.values()].map(({ denial, permissions, nodes }) => ({
    source: denial.source,
    target: denial.target,
    class: denial.class,
    permissions: [...permissions].toSorted(),
    nodes: [...nodes],
    warnings: warnings(denial, permissions),
    isTooBroad: broadTargets.has(denial.target),
    ...(denial.signature === undefined
      ? {}
      : { known: `known as ${denial.signature}: ${denial.diagnosis ?? ''} ${denial.remedy ?? ''}` }),
  }))
}

/** A CIL module to review, with every reason not to load it; undefined where nothing is denied. */
export const addendum = (audit: Audit): string | undefined => {
  const rules = addendumRules(audit)
  if (rules.length === 0) return undefined
  const lines = rules.flatMap(rule => [
    `; on ${foldNames(rule.nodes)}`,
    ...(rule.known === undefined ? [] : [comment(rule.known)]),
    ...rule.warnings.map(comment),
    `${rule.isTooBroad ? '; ' : ''}(allow ${rule.source} ${rule.source === rule.target ? 'self' : rule.target} (${rule.class} (${rule.permissions.join(' ')})))`,
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
