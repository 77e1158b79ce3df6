import { randomFrom } from '../policy/mutations.ts'
import type { RuleStatement, Statement } from './statements.ts'

/*
 * Policies of the shape of Fedora's, on top of the lab's small ones: 5,200 types, 430 attributes, 120,000 allow rules, 300 booleans
 * with rules in both branches, constraints of MCS, and a quarter of a million transitions by file name, nearly all of which come from
 * a few attributes with hundreds of members times dozens of names. What has another shape proves nothing about real policies.
 */
const real = {
  types: 5150,
  attributes: 424,
  /** The first attributes have a quarter of all types each; rules go to the others. */
  large: 8,
  allow: 126_000,
  dontaudit: 8000,
  auditallow: 100,
  booleans: 297,
  daemons: 500,
  startScripts: 24,
  /** Attributes whose members name new files, how many members each has, and how many names. */
  naming: { attributes: 5, members: 320, names: 165 },
  /** Transitions of single types: by a file's name, to processes, for directories. */
  ownNames: 4000,
  ownTransitions: 3000,
}
type Numbers = typeof real

const small: Numbers = {
  types: 200,
  attributes: 30,
  large: 2,
  allow: 1500,
  dontaudit: 60,
  auditallow: 6,
  booleans: 18,
  daemons: 12,
  startScripts: 5,
  naming: { attributes: 3, members: 25, names: 8 },
  ownNames: 60,
  ownTransitions: 60,
}

/** The statements; the same seed, the same ones in the same order. Any rule or member may be left out. */
export const realShape = (seed: number): readonly Statement[] => shaped(seed, real)

/** The same shape, small enough to make many. */
export const smallShape = (seed: number): readonly Statement[] => shaped(seed, small)

const shaped = (seed: number, numbers: Numbers): readonly Statement[] => {
  const random = randomFrom(seed)
  const ends = {
    types: upTo(numbers.types).map(index => `t${index}_t`),
    attributes: upTo(numbers.attributes).map(index => `a${index}`),
  }
  const ruled = { ...ends, attributes: ends.attributes.slice(numbers.large) }
  const rules = (rule: RuleStatement['rule']): readonly Statement[] =>
    upTo(numbers[rule]).map(() => ruleFrom(random, ruled, rule))
  return [
    ...ends.types.map(type => ({ type })),
    ...roles.map(role => ({ role, types: ends.types.slice(0, Math.floor(numbers.types * 0.8)) })),
    ...attributes(random, ends, numbers),
    ...rules('allow'),
    ...rules('dontaudit'),
    ...rules('auditallow'),
    ...conditionals(random, ruled, numbers),
    ...daemons(random, ends, numbers),
    ...namings(random, ends, numbers),
    ...constraints(ends),
  ]
}

type Random = (below: number) => number

/** What rules may be written for. */
export interface Ends {
  readonly types: readonly string[]
  readonly attributes: readonly string[]
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)
const oneOf = (random: Random, names: readonly string[]): string => names[random(names.length)] ?? ''
const someOf = (random: Random, names: readonly string[], count: number): readonly string[] => [
  ...new Set(upTo(count).map(() => oneOf(random, names))),
]

const roles = ['system_r', 'staff_r', 'sysadm_r', 'unconfined_r']

const attributes = (
  random: Random,
  { types, attributes: names }: Ends,
  { large }: Numbers,
): readonly Statement[] =>
  names.map((attribute, index) => ({
    attribute,
    members: [
      ...someOf(random, types, index < large ? types.length / 4 : 3 + random(types.length / 43)),
      ...(index % 40 === 0 ? ['spc_t', 'container_runtime_t', 'init_t'] : []),
    ],
  }))

const classes: readonly (readonly [string, readonly string[]])[] = [
  ['file', ['read', 'write', 'open', 'getattr', 'map', 'execute', 'append', 'lock', 'entrypoint', 'ioctl']],
  ['dir', ['search', 'read', 'open', 'add_name', 'remove_name', 'write', 'getattr']],
  ['lnk_file', ['read', 'getattr']],
  ['process', ['transition', 'sigchld', 'signal', 'sigkill', 'getattr']],
  ['unix_stream_socket', ['connectto', 'read', 'write', 'getattr']],
  ['sock_file', ['write', 'getattr', 'create', 'unlink']],
  ['fd', ['use']],
]

/** A rule between types or attributes; a third of the ends are attributes. */
export const ruleFrom = (
  random: Random,
  { types, attributes: names }: Ends,
  rule: RuleStatement['rule'],
): RuleStatement => {
  const end = (): string => oneOf(random, random(3) === 0 ? names : types)
  const [name, permissions] = classes[random(classes.length)] ?? ['fd', ['use']]
  const mask = 1 + random(2 ** permissions.length - 1)
  const given = permissions.filter((_, bit) => ((mask >> bit) & 1) === 1)
  return { rule, source: end(), target: end(), class: name, permissions: given }
}

const conditionals = (random: Random, ends: Ends, { booleans: count }: Numbers): readonly Statement[] =>
  upTo(count).flatMap(index => {
    const booleans = index % 9 === 8 ? [`b${index}`, `b${index - 1}`] : [`b${index}`]
    return [
      { boolean: `b${index}`, state: random(3) === 0 },
      ...[true, false].flatMap(branch =>
        upTo(1 + random(30)).map(() => ({ ...ruleFrom(random, ends, 'allow'), when: { booleans, branch } })),
      ),
    ]
  })

// The last types are what programs and directories are labelled with. Each part has a range of its own, so that no type has two
// transitions for one place.
const last = (types: readonly string[], from: number, to: number): readonly string[] =>
  types.slice(Math.floor(types.length * from), Math.floor(types.length * to))

/** What start scripts become: whoever joins initrc_domain gains a transition to each, iscsid_t among them. */
const daemons = (
  random: Random,
  { types }: Ends,
  { daemons: count, startScripts, ownTransitions }: Numbers,
): readonly Statement[] => {
  const [programs, places] = [last(types, 0.8, 0.9), last(types, 0.9, 1)]
  const started = [
    ['iscsid_exec_t', 'iscsid_t'],
    ['chronyd_exec_t', 'chronyd_t'],
    ...upTo(count).map(index => [programs[index] ?? '', types[index] ?? '']),
  ].flatMap(([target = '', to = '']): Statement[] => [
    { rule: 'type_transition', source: 'initrc_domain', target, class: 'process', to },
    { rule: 'allow', source: 'initrc_domain', target: to, class: 'process', permissions: ['transition'] },
  ])
  const others = ['process', 'dir'].flatMap(objectClass =>
    types.slice(0, ownTransitions).map((source): Statement => {
      const target = oneOf(random, places)
      return { rule: 'type_transition', source, target, class: objectClass, to: oneOf(random, types) }
    }),
  )
  const members = ['initrc_t', ...upTo(startScripts).map(index => types[index * 7] ?? '')]
  return [{ attribute: 'initrc_domain', members }, ...started, ...others]
}

const namings = (
  random: Random,
  { types }: Ends,
  { naming: { attributes: count, members, names }, ownNames }: Numbers,
): readonly Statement[] => {
  const places = last(types, 0.8, 1)
  const naming = (source: string, name: string): Statement => ({
    rule: 'type_transition',
    source,
    target: oneOf(random, places),
    class: oneOf(random, ['file', 'dir', 'sock_file']),
    to: oneOf(random, types),
    name,
  })
  return [
    ...upTo(count).flatMap(index => [
      {
        attribute: `naming${index}`,
        members: [...someOf(random, types, members), ...(index === 0 ? ['spc_t', 'init_t'] : [])],
      },
      ...upTo(names).map(name => naming(`naming${index}`, `${word(name)}.${index}`)),
    ]),
    ...types.slice(0, ownNames).map((source, index) => naming(source, `own${index}`)),
  ]
}

const word = (index: number): string => `${['.cache', 'log', 'spool', 'ssl', 'run'][index % 5]}-${index}`

const constraints = ({ types }: Ends): readonly Statement[] => {
  const constrained = 'mcs_constrained_type'
  return [
    { attribute: constrained, members: ['container_t', ...types.filter((_, index) => index % 25 === 0)] },
    { constrained, class: 'file', permissions: ['read', 'write', 'open'] },
    { constrained, class: 'dir', permissions: ['read', 'search', 'write'] },
    { constrained, class: 'process', permissions: ['transition', 'sigkill'] },
  ]
}
