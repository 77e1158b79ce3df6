import { askId, type PolicyAsk } from '../../model/ask.ts'
import type { PolicyEvidence } from '../../model/drift.ts'
import type { AllowRule, RuleCondition, TransitionRule } from '../../model/facts.ts'
import type { Leading, MembershipItem, PolicyItem, TransitionItem } from '../../model/policy-item.ts'
import type { PolicyAnswers } from '../../policy/fleet/fleet-policies.ts'

/** What a policy answers to the questions of the checks. */
export type Answered = Extract<PolicyAnswers, { readonly state: 'answered' }>
type Rule = AllowRule | TransitionRule
type Value = Rule | string

/** What it answers to one: rules, names of members, or that there is no such name. */
export const valuesIn = (answers: Answered, ask: PolicyAsk): readonly Value[] => {
  const reading = answers.readings.get(askId(ask))
  if (reading?.state !== 'read') return []
  // put in for that very ask: every policy question is answered like this
  const value = reading.value as
    | { readonly state: 'known'; readonly values: readonly Value[] }
    | { readonly state: 'unknown-name'; readonly what: string; readonly name: string }
  return value.state === 'known' ? value.values : [`there is no ${value.what} ${value.name}`]
}

/**
 * What of the answers to a check’s questions is another with the new policy, the most to the point first: of all transitions of a
 * domain those that the check is about. Undefined where each answer is as it was.
 */
export const answersChanged = (
  asks: readonly PolicyAsk[],
  about: ReadonlySet<string>,
  [before, after]: readonly [Answered, Answered],
  items: readonly PolicyItem[],
): PolicyEvidence | undefined => {
  const found = asks.flatMap(ask => {
    const [earlier, now] = [valuesIn(before, ask), valuesIn(after, ask)]
    const gone = without(earlier, now).filter(value => isAsked(value, about))
    const came = without(now, earlier).filter(value => isAsked(value, about))
    return gone.length + came.length === 0 ? [] : [evidenceOf(ask, { earlier, now, gone, came }, items)]
  })
  return found.toSorted((a, b) => order.indexOf(a.told) - order.indexOf(b.told))[0]
}

// A question that left the target open is answered for every type: only those that the check names are to the point.
const isAsked = (value: Value, about: ReadonlySet<string>): boolean => {
  if (typeof value === 'string' || about.size === 0) return true
  if ('to' in value) return about.has(value.target)
  return value.targets === undefined || value.targets.some(one => about.has(one))
}

const order: readonly PolicyEvidence['told'][] = ['transition', 'access', 'answer']

const without = (all: readonly Value[], others: readonly Value[]): readonly Value[] => {
  const texts = new Set(others.map(textOf))
  return all.filter(one => !texts.has(textOf(one)))
}

const textOf = (value: Value): string => (typeof value === 'string' ? value : value.text)

interface Answers {
  readonly earlier: readonly Value[]
  readonly now: readonly Value[]
  readonly gone: readonly Value[]
  readonly came: readonly Value[]
}

const evidenceOf = (ask: PolicyAsk, answers: Answers, items: readonly PolicyItem[]): PolicyEvidence =>
  (ask.probe === 'transition'
    ? transitionEvidence(answers, items)
    : ask.probe === 'allow' && ask.params.target !== undefined
      ? accessEvidence({ ...ask.params, target: ask.params.target }, answers, items)
      : undefined) ?? {
    told: 'answer',
    gone: answers.gone.slice(0, shown).map(textOf),
    came: answers.came.slice(0, shown).map(textOf),
  }

const shown = 2

const transitionEvidence = (
  { gone, came }: Answers,
  items: readonly PolicyItem[],
): PolicyEvidence | undefined => {
  const [was, is] = [gone.find(isTransition), came.find(isTransition)]
  const one = was ?? is
  if (!one) return undefined
  // The item itself says more: under which condition, and how the boolean stands.
  const told = items.find(
    item =>
      item.kind === 'transition' &&
      item.source === one.source &&
      item.target === one.target &&
      item.class === one.class,
  )
  if (told?.kind === 'transition') return { told: 'transition', transition: told }
  const next = came.filter(isTransition).find(other => other.target === one.target)
  const change = was ? (next ? 'changed' : 'lost') : 'gained'
  const transition: TransitionItem = {
    kind: 'transition',
    change,
    source: one.source,
    target: one.target,
    class: one.class,
    ...(was ? { before: leadingOf(was) } : {}),
    ...(next ? { after: leadingOf(next) } : {}),
  }
  const since = items.find(
    (item): item is MembershipItem =>
      item.kind === 'membership' &&
      item.type === one.source &&
      (item.change === 'left') === (change === 'lost') &&
      item.transitions.some(({ target, to }) => target === one.target && to === one.to),
  )
  return { told: 'transition', transition, ...(since ? { since: membershipOf(since) } : {}) }
}

const isTransition = (value: Value): value is TransitionRule =>
  typeof value !== 'string' && 'to' in value && value.name === undefined

const leadingOf = ({ to, condition, text }: TransitionRule): Leading => ({
  to,
  ways: condition
    ? [
        {
          text: text.slice(text.lastIndexOf('; [') + 2),
          booleans: namesIn(condition).map(name => ({ name })),
        },
      ]
    : ['always'],
})

const namesIn = ({ expression }: RuleCondition): readonly string[] => [
  ...new Set((expression ?? []).flatMap(one => (one.node === 'boolean' ? [one.value] : []))),
]

const membershipOf = ({ change, type, attribute }: MembershipItem) => ({ change, type, attribute })

const accessEvidence = (
  asked: Extract<PolicyAsk, { readonly probe: 'allow' }>['params'] & { readonly target: string },
  { earlier, now, gone, came }: Answers,
  items: readonly PolicyItem[],
): PolicyEvidence | undefined => {
  const { source, class: objectClass } = asked
  const target = asked.target === 'self' ? source : asked.target
  const [had, has] = [earlier, now].map(
    values => new Set(values.filter(isAllow).flatMap(one => one.permissions)),
  )
  const lost = asked.permissions.filter(one => had?.has(one) && !has?.has(one))
  const gained = asked.permissions.filter(one => !had?.has(one) && has?.has(one))
  const permissions = lost.length > 0 ? lost : gained
  if (permissions.length === 0) return undefined
  const change = lost.length > 0 ? 'lost' : 'gained'
  const rule = (lost.length > 0 ? gone : came)
    .filter(isAllow)
    .find(one => one.permissions.some(permission => permissions.includes(permission)))
  const since = items.find(
    (item): item is MembershipItem =>
      item.kind === 'membership' &&
      (item.change === 'left') === (change === 'lost') &&
      ((item.type === source && item.attribute === rule?.source) ||
        (item.type === target && item.attribute === rule?.target)),
  )
  return {
    told: 'access',
    change,
    source,
    target,
    class: objectClass,
    permissions,
    ...(since ? { since: membershipOf(since) } : rule ? { rule: rule.text } : {}),
  }
}

const isAllow = (value: Value): value is AllowRule =>
  typeof value !== 'string' && 'permissions' in value && Array.isArray(value.permissions)
