import type { StatementItem } from '../../model/policy-item.ts'
import { booleansOf, conditionText } from '../condition.ts'
import { sections } from '../info/sections.ts'
import { symbols } from '../info/counts.ts'
import { byCodePoint, nameIn } from '../names.ts'
import type { Policy } from '../policy.ts'
import { ruleAt, ruleText } from '../rule.ts'
import { rangeRuleText, searchRangeTransitions } from '../search/range-rules.ts'
import { roleRuleText, searchRoleRules } from '../search/role-rules.ts'
import { searchRules } from '../search/search.ts'
import type { Pair, Side } from './pair.ts'
import { whenWith } from './ways.ts'

interface Statement {
  /** What it is about; two statements about the same are one that changed. */
  readonly about: string
  /** What it says of that; empty where being there is all. */
  readonly says: string
  readonly text: string
  readonly condition?: { readonly text: string; readonly names: readonly string[] }
}

/** All other statements and rules: constraints, ranges, contexts, users, extended permissions. */
export const statementItems = (pair: Pair): readonly StatementItem[] => {
  const [before, after] = [pair.left, pair.right].map(statementsOf)
  const [left, right] = [byText(before ?? []), byText(after ?? [])]
  const gone = [...left].filter(([key]) => !right.has(key)).map(([, one]) => one)
  const came = [...right].filter(([key]) => !left.has(key)).map(([, one]) => one)
  const isOnce = countedBy([...gone, ...came])
  const cameAbout = new Map(came.map(one => [one.about, one]))
  const changed = gone.flatMap(one => {
    const now = cameAbout.get(one.about)
    return one.says !== '' && now && isOnce(one) && now.says !== '' ? [[one, now] as const] : []
  })
  const told = new Set(changed.flat())
  const single = (change: 'removed' | 'added', all: readonly Statement[]): readonly StatementItem[] =>
    all
      .filter(one => !told.has(one))
      .map(({ text, condition }) => ({
        kind: 'statement',
        change,
        text,
        ...(condition ? { when: whenWith(pair, condition.text, condition.names) } : {}),
      }))
  return [
    ...single('removed', gone),
    ...changed.map(([was, is]): StatementItem => ({
      kind: 'statement',
      change: 'changed',
      about: was.about,
      before: was.says,
      after: is.says,
    })),
    ...single('added', came),
  ].toSorted((a, b) => byCodePoint(keyOf(a), keyOf(b)))
}

const keyOf = (one: StatementItem): string => (one.change === 'changed' ? one.about : one.text)

const byText = (all: readonly Statement[]): ReadonlyMap<string, Statement> =>
  new Map(all.map(one => [`${one.text} ${one.condition?.text ?? ''}`, one]))

// Where something is said twice of the same, which became which cannot be told.
const countedBy = (all: readonly Statement[]): ((one: Statement) => boolean) => {
  const counts = new Map<string, number>()
  for (const { about } of all) counts.set(about, (counts.get(about) ?? 0) + 1)
  return ({ about }) => counts.get(about) === 2
}

const statementsOf = ({ policy }: Side): readonly Statement[] => [
  {
    about: 'unknown classes and permissions',
    says: policy.handleUnknown,
    text: `unknown classes and permissions: ${policy.handleUnknown}`,
  },
  ...sections
    .filter(({ option }) => option in compared)
    .flatMap(section =>
      section
        .statements(policy)
        .map(({ statement }) => split(statement.trim(), compared[section.option] ?? 0)),
    ),
  ...bounds(policy).map(text => split(text, 0)),
  ...searchRoleRules(policy, { kinds: ['allow', 'role_transition'] }).map(rule =>
    split(roleRuleText(rule), 0),
  ),
  ...searchRangeTransitions(policy, {}).map(rule => split(rangeRuleText(rule), 3)),
  ...searchRules(policy, { kinds: ['type_change', 'type_member'] }).rules.map(rule =>
    ofRule(policy, rule, 3),
  ),
  ...searchRules(policy, {
    kinds: ['allowxperm', 'auditallowxperm', 'dontauditxperm'],
  }).rules.map(rule => ofRule(policy, rule, 0)),
]

/** The sections that nothing else here compares, and how many words of a statement say what it is about; 0 for all of them. */
const compared: Readonly<Record<string, number>> = {
  constrain: 0,
  validatetrans: 0,
  default: 2,
  fs_use: 2,
  genfscon: 4,
  ibendportcon: 3,
  ibpkeycon: 3,
  initialsid: 2,
  netifcon: 2,
  nodecon: 3,
  polcap: 0,
  portcon: 3,
  typebounds: 0,
  user: 2,
}

const ofRule = (policy: Policy, index: number, words: number): Statement => {
  const rule = ruleAt(policy, index)
  const { condition, ...bare } = rule
  const statement = split(ruleText(bare), words)
  if (!condition) return statement
  const expression = policy.conditions[(policy.rules.condition[index] ?? 0) >> 1] ?? []
  const names = Array.from(booleansOf(expression), value => nameIn(policy.booleans, value)).toSorted(
    byCodePoint,
  )
  const text = `[ ${conditionText(policy, expression)} ]:${condition.branch ? 'True' : 'False'}`
  return { ...statement, about: `${statement.about} ${text}`, says: '', condition: { text, names } }
}

// `genfscon proc /sys -d system_u:…`: where the kind of file is not said there are two blanks.
const split = (text: string, words: number): Statement => {
  if (words === 0) return { about: text, says: '', text }
  const parts = text.replace(/;$/, '').split(' ')
  return { about: parts.slice(0, words).join(' ').trim(), says: parts.slice(words).join(' '), text }
}

// Which role stands above which, and which user, role is bounded by which.
const bounds = (policy: Policy): readonly string[] => [
  ...symbols(policy.roles).flatMap(({ name, value, dominates, bounds: by }) => [
    ...Array.from(dominates)
      .filter(other => other !== value)
      .map(other => `role ${name} dominates ${nameIn(policy.roles, other)}`),
    ...(by > 0 ? [`rolebounds ${nameIn(policy.roles, by)} ${name};`] : []),
  ]),
  ...symbols(policy.users).flatMap(({ name, bounds: by }) =>
    by > 0 ? [`userbounds ${nameIn(policy.users, by)} ${name};`] : [],
  ),
]
