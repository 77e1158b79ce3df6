import { expect } from 'chai'
import * as fc from 'fast-check'
import { readPolicyFile } from '../../src/cli/policy/policy-file.ts'
import { booleansOf } from '../../src/policy/condition.ts'
import { nameTransitionAt } from '../../src/policy/name-transitions.ts'
import type { Named, Policy, Table } from '../../src/policy/policy.ts'
import { nameTransitionRule, ruleAt, type Rule } from '../../src/policy/rule.ts'
import { sefleetPolicy } from './sefleet-policy.ts'
import type { Setools } from './setools.ts'

/** Words of sesearch: most criteria are taken from one rule of the policy, so that most queries find something. */
export const queries = (policy: Policy): fc.Arbitrary<readonly string[]> =>
  fc
    .nat({ max: policy.rules.count + policy.nameTransitions.count - 1 })
    .chain(index => wordsNear(policy, index))

const wordsNear = (policy: Policy, index: number): fc.Arbitrary<readonly string[]> => {
  const { rule, source, target, class: on, gives } = ruleNear(policy, index)
  // Trap T1: sesearch takes an attribute without members for no criterion at all.
  const full = policy.types.byValue.filter(
    one => one !== undefined && (!one.isAttribute || (policy.membersOf[one.value]?.length ?? 0) > 0),
  )
  const anyType = fc.constantFrom(...full.map(one => one?.name ?? ''))
  const alias = fc.constantFrom(...policy.types.aliases.map(({ name }) => name), 'no_such_t')
  const near = (name: string) =>
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(name, ...relatives(policy, name)) },
      { weight: 2, arbitrary: anyType },
      { weight: 1, arbitrary: alias },
    )
  const end = (long: string, name: string, direct: string, regex: string) =>
    fc.oneof(
      { weight: 4, arbitrary: none },
      { weight: 5, arbitrary: near(name).map(text => [long, text]) },
      { weight: 2, arbitrary: fc.oneof(fc.constant(name), near(name)).map(text => [long, text, direct]) },
      { weight: 1, arbitrary: pattern.map(text => [long, text, regex]) },
      { weight: 1, arbitrary: pattern.map(text => [long, text, regex, direct]) },
    )
  const given = 'permissions' in gives ? gives.permissions : ['ioctl']
  const permissions = fc.oneof(
    { weight: 3, arbitrary: fc.subarray([...given], { minLength: 1 }).map(picked => picked.join(',')) },
    { weight: 1, arbitrary: fc.constant(given.join(',')) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(...policy.classes.byValue.filter(one => one !== undefined))
        .chain(one => some([...one.permissions.filter(name => name !== undefined), 'ioctl'], 3)),
    },
  )
  const classes = fc.oneof(fc.constant(on), some([on, ...namesOf(policy.classes)], 3))
  const condition = conditionNear(policy, index)
  const booleans = fc.oneof(
    fc.constant((condition.length > 0 ? condition : namesOf(policy.booleans).slice(0, 1)).join(',')),
    some(namesOf(policy.booleans), 2),
  )
  const newType = 'type' in gives ? gives.type : source
  return fc
    .tuple(
      fc.oneof(
        {
          weight: 3,
          arbitrary: fc.constant([rule === 'allow' ? '-A' : rule === 'type_transition' ? '-T' : `--${rule}`]),
        },
        { weight: 1, arbitrary: fc.subarray(kinds, { minLength: 1 }) },
      ),
      end('-s', source, '-ds', '-rs'),
      end('-t', target, '-dt', '-rt'),
      seldom(
        5,
        fc.oneof(
          list('-c', classes),
          pattern.map(text => ['-c', text, '-rc']),
        ),
      ),
      seldom('permissions' in gives || 'xperms' in gives ? 5 : 1, list('-p', permissions, '-ep', '-Sp')),
      seldom('xperms' in gives ? 10 : 1, list('-x', fc.constantFrom(...xperms, rangesNear(gives)), '-ex')),
      seldom(
        'type' in gives ? 5 : 1,
        fc.oneof(
          near(newType).map(text => ['-D', text]),
          pattern.map(text => ['-D', text, '-rd']),
        ),
      ),
      seldom(
        condition.length > 0 ? 10 : 1,
        fc.oneof(
          list('-b', booleans, '-eb'),
          pattern.map(text => ['-b', text, '-rb']),
        ),
      ),
    )
    .map(all => all.flat())
}

const none = fc.constant<string[]>([])
const pattern = fc.constantFrom(
  '_t$',
  '^container',
  'init|spc',
  'a',
  '[bc]_t',
  'exec',
  'domain$',
  'zzz',
  '^.{3,5}$',
)
const xperms = ['0x5401', '0x1000-0x11ff', '5405-5410,0x2001', '0x0000-0xffff']

const list = (long: string, values: fc.Arbitrary<string>, ...flags: readonly string[]) =>
  values.chain(text => fc.constantFrom([long, text], ...flags.map(flag => [long, text, flag])))

const seldom = <T>(weight: number, arbitrary: fc.Arbitrary<T[]>) =>
  fc.oneof({ weight: 10, arbitrary: fc.constant<T[]>([]) }, { weight, arbitrary })

const ruleNear = (policy: Policy, index: number): Rule => {
  const one = nameTransitionAt(policy.nameTransitions, index - policy.rules.count)
  return one ? nameTransitionRule(policy, one, one.sources[0] ?? 0) : ruleAt(policy, index)
}

const conditionNear = ({ rules, conditions, booleans }: Policy, index: number): readonly string[] => {
  const condition = conditions[(rules.condition[index] ?? -1) >> 1] ?? []
  return [...booleansOf(condition)].map(value => booleans.byValue[value]?.name ?? '')
}

const rangesNear = (gives: Rule['gives']): string =>
  'xperms' in gives
    ? gives.ranges.map(([low, high]) => `${low.toString(16)}-${high.toString(16)}`).join(',')
    : '0x5401'

// A few members of an attribute, or attributes of a type.
const relatives = ({ types, membersOf, attributesOf }: Policy, name: string): readonly string[] => {
  const value = types.byName.get(name)?.value ?? 0
  const values = [...(membersOf[value] ?? []).slice(0, 3), ...(attributesOf[value] ?? []).slice(0, 3)]
  return values.map(one => types.byValue[one]?.name ?? '')
}

/** Words for role rules and range transitions. */
export const roleQueries = (policy: Policy): fc.Arbitrary<readonly string[]> => {
  const role = fc.constantFrom(...namesOf(policy.roles))
  const type = fc.constantFrom(...namesOf(policy.types))
  return fc.oneof(
    fc
      .tuple(
        fc.subarray(['--role_allow', '--role_trans'], { minLength: 1 }),
        maybe(
          role.map(name => ['-s', name]),
          fc.constant(['-s', '^s', '-rs']),
        ),
        maybe(
          role.map(name => ['-t', name]),
          fc.constant(['-t', '_', '-rt']),
        ),
        maybe(role.map(name => ['-D', name])),
        maybe(some(namesOf(policy.classes), 2).map(text => ['-c', text])),
      )
      .map(all => all.flat()),
    fc
      .tuple(
        fc.constant(['--range_trans']),
        maybe(
          type.map(name => ['-s', name]),
          type.map(name => ['-s', name, '-ds']),
        ),
        maybe(
          type.map(name => ['-t', name]),
          fc.constant(['-t', 'exec', '-rt']),
        ),
      )
      .map(all => all.flat()),
  )
}

const maybe = (...words: readonly fc.Arbitrary<string[]>[]) => fc.oneof(none, ...words)

const kinds = [
  '--allow',
  '--allowxperm',
  '--auditallow',
  '--auditallowxperm',
  '--dontaudit',
  '--dontauditxperm',
  '--type_trans',
  '--type_change',
  '--type_member',
]

const namesOf = <T extends Named>({ byValue }: Table<T>): string[] =>
  byValue.flatMap(one => (one ? [one.name] : []))

const some = (names: readonly string[], most: number): fc.Arbitrary<string> =>
  fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: most }).map(picked => picked.join(','))

/** Asks generated queries of both; throws at the first that is answered otherwise. */
export const agreeOnQueries = async (
  setools: Setools,
  path: string,
  options: { readonly numRuns: number; readonly seed: number },
): Promise<void> => {
  const policy = readPolicyFile(path)
  const words = fc.oneof(
    { weight: 12, arbitrary: queries(policy) },
    { weight: 1, arbitrary: roleQueries(policy) },
  )
  await fc.assert(
    fc.asyncProperty(words, async query => {
      const theirs = await setools.ask(['sesearch', ...query, path])
      const ours = await sefleetPolicy(['search', ...query, path])
      expect(ours.status === 0, query.join(' ')).to.equal(theirs.status === 0)
      if (theirs.status === 0) expect(ours.out, query.join(' ')).to.equal(theirs.out)
      else expect(ours.out).to.equal('')
    }),
    { ...options, endOnFailure: true },
  )
}
