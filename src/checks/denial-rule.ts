import type { Knowledge } from '../model/check.ts'
import type { Denial, Keeps, PresentVerdict } from '../model/denial.ts'
import { matchesAny } from './denial-domains.ts'

interface Weighed {
  readonly signature?: string
  readonly present?: PresentVerdict
  readonly keeps?: Keeps
}

/**
 * Every reason not to load a rule that allows what was denied; none only where it is narrow, a known pattern, and certainly refused
 * now.
 */
export const reasonsAgainst = (
  denial: Denial,
  { signature, present }: Weighed,
  knowledge: Knowledge,
): readonly string[] => {
  const { source, target, class: className } = denial
  const { tooBroad } = knowledge.domains
  const asked = present?.denied ?? denial.permissions
  const broad = asked.filter(one => tooBroad.permissions.includes(one))
  const noRule = knowledge.signatures.find(({ id }) => id === signature)?.noRule
  return [
    ...(denial.invalidContext
      ? ['its context is not valid in the loaded policy: load the module that defines it']
      : []),
    ...(denial.enforced ? [] : ['it was only logged, not refused']),
    ...(present ? [] : ['what the loaded policy says of it is not known']),
    ...(present?.booleans ? [`a boolean is the smaller step: ${setsebool(present.booleans)}`] : []),
    ...(present?.broadBooleans
      ? [`what would allow it, ${present.broadBooleans.join(' ')}, opens far more than this access`]
      : []),
    ...(present?.constraint === undefined ? [] : ['a constraint on ranges refuses it, which no rule lifts']),
    ...(denial.categoriesDiffer ? ['the categories differ: the same level helps, and no rule does'] : []),
    ...(present?.undecided ? ['the rule is there already; ranges or roles decide'] : []),
    ...(matchesAny(tooBroad.sources, source)
      ? [`TOO BROAD: ${source} runs far more than this; repair the domain instead`]
      : []),
    ...(matchesAny(tooBroad.targets, target)
      ? [`TOO BROAD: ${target} stands for far more than this access; repair the label or the domain instead`]
      : []),
    ...(tooBroad.classes.includes(className)
      ? [`TOO BROAD: ${className} cannot be given for one object`]
      : []),
    ...broad
      // The one capability of a narrow domain that a known pattern asks for.
      .filter(() => signature === undefined)
      .map(one => `TOO BROAD: ${one} gives more than this access needs`),
    ...(noRule === undefined ? [] : [noRule]),
    // A program’s name in a record is what the program says it is: it proves nothing.
    ...(signature === undefined ? ['no known pattern fits it: find out what it was first'] : []),
  ]
}

/** The denial with booleans as advice only where they open little more than what was denied. */
export const withoutBroadBooleans = (denial: Denial, { domains: { tooBroad } }: Knowledge): Denial => {
  if (!denial.policy?.booleans) return denial
  const { booleans, ...policy } = denial.policy
  const isBroad =
    (policy.opens ?? 0) > tooBroad.booleanTypes ||
    booleans.some(one => matchesAny(tooBroad.booleans, one.replace(/=.*/, '')))
  return isBroad ? { ...denial, policy: { ...policy, broadBooleans: booleans } } : denial
}

/** `setsebool -P a=on b=off` */
export const setsebool = (booleans: readonly string[]): string => `setsebool -P ${booleans.join(' ')}`
