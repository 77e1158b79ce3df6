import { createHash, type Hash } from 'node:crypto'
import { conditionText } from './condition.ts'
import { symbols } from './info/counts.ts'
import { portStatements, nodeStatements } from './info/contexts.ts'
import { sections } from './info/sections.ts'
import { byCodePoint, nameIn } from './names.ts'
import { ruleBits, type Named, type Policy, type Table } from './policy.ts'
import { radixOrder } from './radix-order.ts'
import { rangeRuleText, searchRangeTransitions } from './search/range-rules.ts'
import { roleRuleText, searchRoleRules } from './search/role-rules.ts'

/**
 * A policy brought into one order, names for values, and hashed: equal digests mean the same policy, whatever order it was written in
 * and whatever numbers its compiler gave. Another digest says only that a closer look is needed: what is said in two ways (a rule cut
 * into two, a condition turned round) has two digests. It takes a tenth of a second, so that a fleet whose loaded policies are the
 * installed ones need not compare any.
 */
export const policyDigest = (policy: Policy): string => {
  const hash = createHash('sha256')
  const ranks = {
    types: ranksIn(policy.types),
    classes: ranksIn(policy.classes),
    roles: ranksIn(policy.roles),
  }
  for (const text of declarations(policy)) hash.update(`${JSON.stringify(text)}\n`)
  putTypes(hash, policy, ranks)
  putRules(hash, policy, ranks)
  putNameTransitions(hash, policy, ranks)
  return hash.digest('hex')
}

interface Ranks {
  /** By value: the place of its name among all names, from 1 on; 0 for no value. */
  readonly types: Uint16Array
  readonly classes: Uint16Array
  readonly roles: Uint16Array
}

const byName = (a: Named, b: Named): number => byCodePoint(a.name, b.name)
const sorted = <T extends Named>(table: Table<T>): T[] => symbols(table).toSorted(byName)
const aliasesOf = ({ aliases }: Table<Named>): readonly string[] =>
  aliases.map(({ name }) => name).toSorted(byCodePoint)

const named = (table: Table<Named>, values: Iterable<number>): readonly string[] =>
  Array.from(values, value => nameIn(table, value)).toSorted(byCodePoint)

const ranksIn = (table: Table<Named>): Uint16Array => {
  const ranks = new Uint16Array(table.byValue.length)
  sorted(table).forEach(({ value }, index) => (ranks[value] = index + 1))
  return ranks
}

// Everything that is told in text: short, even in a large policy.
const declarations = (policy: Policy): readonly unknown[] => {
  const { types, roles, users, classes } = policy
  return [
    [policy.mls, policy.handleUnknown, [...policy.capabilities]],
    sorted(policy.commons).map(({ name, permissions }) => [name, permissions]),
    sorted(classes).map(({ name, common, permissions }) => [name, common?.name, permissions]),
    sorted(roles).map(({ name, bounds, dominates }) => [
      name,
      nameIn(roles, bounds),
      named(roles, dominates),
    ]),
    sorted(users).map(({ name, bounds, roles: own }) => [name, nameIn(users, bounds), named(roles, own)]),
    sorted(policy.booleans).map(({ name, state }) => [name, state]),
    sorted(types).map(({ name, isAttribute, bounds }) => [name, isAttribute, nameIn(types, bounds)]),
    // an alias with what it stands for
    [types, policy.sensitivities, policy.categories].map(table =>
      aliasesOf(table).map(name => [name, table.byName.get(name)?.name]),
    ),
    // these have an order of their own
    symbols(policy.sensitivities).map(({ name, categories }) => [name, [...categories]]),
    symbols(policy.categories).map(({ name }) => name),
    named(types, policy.permissive),
    named(types, policy.neverAudited),
    sections
      .filter(({ option }) => told.has(option))
      .map(section =>
        section
          .statements(policy)
          .map(({ statement }) => statement)
          .toSorted(byCodePoint),
      ),
    // of several that fit the first one counts
    [portStatements(policy), nodeStatements(policy)],
    searchRoleRules(policy, { kinds: ['allow', 'role_transition'] })
      .map(roleRuleText)
      .toSorted(byCodePoint),
    searchRangeTransitions(policy, {}).map(rangeRuleText).toSorted(byCodePoint),
  ]
}

const told = new Set([
  'constrain',
  'validatetrans',
  'default',
  'fs_use',
  'genfscon',
  'ibendportcon',
  'ibpkeycon',
  'initialsid',
  'netifcon',
  'user',
])

// What belongs to what, half a million pairs.
const putTypes = (hash: Hash, policy: Policy, ranks: Ranks): void => {
  const put = (name: string, values: Uint16Array): void => {
    hash.update(`${name} ${values.length}\n`)
    hash.update(values.map(value => ranks.types[value] ?? 0).toSorted())
  }
  for (const { name, types } of sorted(policy.roles)) put(name, types)
  for (const { name, value } of sorted(policy.types))
    put(name, policy.attributesOf[value] ?? new Uint16Array())
}

const putRules = (hash: Hash, policy: Policy, ranks: Ranks): void => {
  const { rules } = policy
  const conditions = textRanks(
    policy.conditions.flatMap(condition => {
      const text = conditionText(policy, condition)
      return [`${text} true`, `${text} false`]
    }),
  )
  const xperms = textRanks(
    rules.xperms.map(({ kind, driver, bits }) => `${kind} ${driver} ${bits.join(' ')}`),
  )
  const [ends, kinds, gives, whens] = [0, 1, 2, 3].map(() => new Uint32Array(rules.count)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array, // four, as above
  ]
  for (let rule = 0; rule < rules.count; rule += 1) {
    const kind = rules.kind[rule] ?? 0
    const datum = rules.datum[rule] ?? 0
    ends[rule] = pairOf(ranks.types[rules.source[rule] ?? 0], ranks.types[rules.target[rule] ?? 0])
    kinds[rule] = pairOf(ranks.classes[rules.class[rule] ?? 0], kind)
    gives[rule] =
      ((kind & vectors) !== 0 ? datum : (kind & typeRules) !== 0 ? ranks.types[datum] : xperms[datum]) ?? 0
    whens[rule] = conditions[rules.condition[rule] ?? -1] ?? 0
  }
  const columns = [ends, kinds, gives, whens]
  hash.update(`rules ${rules.count}\n`)
  const order = radixOrder(rules.count, columns)
  for (const column of columns) hash.update(order.map(rule => column[rule] ?? 0))
}

const vectors = ruleBits.allow | ruleBits.auditallow | ruleBits.dontaudit
const typeRules = ruleBits.type_transition | ruleBits.type_member | ruleBits.type_change

const pairOf = (high = 0, low = 0): number => ((high << 16) | low) >>> 0

// By index: the place of a text among all of them, from 1 on.
const textRanks = (texts: readonly string[]): Uint32Array => {
  const rank = new Map([...new Set(texts)].toSorted(byCodePoint).map((text, index) => [text, index + 1]))
  return Uint32Array.from(texts, text => rank.get(text) ?? 0)
}

const putNameTransitions = (hash: Hash, { nameTransitions: all }: Policy, ranks: Ranks): void => {
  const names = textRanks(all.names)
  const columns = [
    Uint32Array.from(all.name, name => names[name] ?? 0),
    all.target.map(value => ranks.types[value] ?? 0),
    all.class.map(value => ranks.classes[value] ?? 0),
    all.default.map(value => ranks.types[value] ?? 0),
  ]
  hash.update(`${JSON.stringify(all.names.toSorted(byCodePoint))} ${all.count}\n`)
  for (const entry of radixOrder(all.count, columns)) {
    const sources = all.sources.subarray(all.starts[entry], all.starts[entry + 1])
    hash.update(Uint32Array.of(...columns.map(column => column[entry] ?? 0), sources.length))
    hash.update(sources.map(value => ranks.types[value] ?? 0).toSorted())
  }
}
