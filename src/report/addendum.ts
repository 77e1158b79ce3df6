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
  /** Nothing speaks against it but the review that every rule needs; else it is a comment, with why. */
  readonly isLive: boolean
  readonly reasons: readonly string[]
  readonly known?: string
}

interface Gathered {
  readonly denial: JudgedDenial
  readonly permissions: Set<string>
  readonly nodes: Set<string>
  readonly reasons: Set<string>
}

/**
 * The rules that would allow what is refused now, each with every reason not to load it. What is allowed meanwhile is none, nor is what
 * somebody typed in a login session: that has no place in a policy.
 */
export const addendumRules = (audit: Pick<Audit, 'nodes'>): readonly AddendumRule[] => {
  const rules = new Map<string, Gathered>()
  for (const { name, denials } of audit.nodes)
    for (const denial of denials) {
      const { source, target, class: className, active, present, owner, withheld } = denial
      const asked = present && present.denied.length > 0 ? present.denied : denial.permissions
      if (!active || owner === 'login' || (present?.denied.length === 0 && !present.undecided)) continue
      if (![source, target, className, ...asked].every(isIdentifier)) continue
      const key = `${source} ${target} ${className}`
      const rule: Gathered = rules.get(key) ?? {
        denial,
        permissions: new Set(),
        nodes: new Set(),
        reasons: new Set(),
      }
      for (const permission of asked) rule.permissions.add(permission)
      rule.nodes.add(name)
      // What was not judged is not vouched for.
      for (const reason of withheld ?? ['it was not judged']) rule.reasons.add(reason)
      rules.set(key, rule)
    }
  return [...rules.values()].map(({ denial, permissions, nodes, reasons }) => ({
    source: denial.source,
    target: denial.target,
    class: denial.class,
    permissions: [...permissions].toSorted(),
    nodes: [...nodes],
    isLive: reasons.size === 0,
    reasons: [...reasons],
    ...(denial.signature === undefined
      ? {}
      : { known: `known as ${denial.signature}: ${denial.diagnosis ?? ''} ${denial.remedy ?? ''}` }),
  }))
}

/** A CIL module to review, with every reason not to load it; undefined where nothing is denied. */
export const addendum = (audit: Audit): string | undefined => {
  const rules = addendumRules(audit)
  if (rules.length === 0) return undefined
  const live = rules.filter(({ isLive }) => isLive).length
  const lines = rules.flatMap(rule => [
    `; on ${foldNames(rule.nodes)}`,
    ...(rule.known === undefined ? [] : [comment(rule.known)]),
    ...rule.reasons.map(reason => comment(`Not to be loaded: ${reason}.`)),
    `${rule.isLive ? '' : '; '}(allow ${rule.source} ${rule.source === rule.target ? 'self' : rule.target} (${rule.class} (${rule.permissions.join(' ')})))`,
    '',
  ])
  return [
    comment(
      `Made by sefleet from run ${audit.run.id}: what is refused now and the present policy does not allow.`,
    ),
    ...(live === 0
      ? [comment('No rule here is fit to be loaded: what follows says of each why.')]
      : [
          comment(
            'Taking the cause back comes first; this is the second choice. Review every line: a rule that is not understood is not to be loaded.',
          ),
          comment(
            'semodule -X 300 -i addendum.cil loads it, semodule -X 300 -r addendum takes it away. It has not been loaded.',
          ),
        ]),
    '',
    ...lines,
  ].join('\n')
}

const isIdentifier = (text: string): boolean => /^[A-Za-z0-9_][\w.-]{0,100}$/.test(text)
// A comment ends with its line, whatever a node put into it.
const comment = (text: string): string => `; ${text.replaceAll(/[^\x20-\x7e\u00a0-\uffff]+/g, ' ').trim()}`
