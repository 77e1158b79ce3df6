import { randomFrom } from '../policy/mutations.ts'
import type { RuleStatement, Statement } from './statements.ts'

/*
 * Policies of the shape of Fedora's, on top of the lab's small ones: 5,200 types, 430 attributes, 120,000 allow rules, 300 booleans
 * with rules in both branches, and a quarter of a million transitions by file name, nearly all of which come from a few attributes
 * with hundreds of members times dozens of names. What has another shape proves nothing about real policies.
 */
const numbers = {
  types: 5150,
  attributes: 424,
  allow: 126_000,
  dontaudit: 8000,
  auditallow: 100,
  booleans: 297,
  daemons: 500,
  startScripts: 24,
  /** Attributes whose members name new files, how many members each has, and how many names. */
  naming: { attributes: 5, members: 320, names: 165 },
  /** Transitions by name of a type of its own. */
  ownNames: 4000,
} as const

const classes: readonly (readonly [string, readonly string[]])[] = [
  ['file', ['read', 'write', 'open', 'getattr', 'map', 'execute', 'append', 'lock', 'entrypoint', 'ioctl']],
  ['dir', ['search', 'read', 'open', 'add_name', 'remove_name', 'write', 'getattr']],
  ['lnk_file', ['read', 'getattr']],
  ['process', ['transition', 'sigchld', 'signal', 'sigkill', 'getattr']],
  ['unix_stream_socket', ['connectto', 'read', 'write', 'getattr']],
  ['sock_file', ['write', 'getattr', 'create', 'unlink']],
  ['fd', ['use']],
]

/** The statements; the same seed, the same ones in the same order. Any rule or member may be left out. */
export const realShape = (seed: number): readonly Statement[] => {
  const random = randomFrom(seed)
  return [
    ...upTo(numbers.types).map(index => ({ type: typeName(index) })),
    ...roles.map(role => ({ role, types: upTo(Math.floor(numbers.types * 0.8)).map(typeName) })),
    ...attributes(random),
    ...upTo(numbers.allow).map(() => ruleFrom(random, 'allow')),
    ...upTo(numbers.dontaudit).map(() => ruleFrom(random, 'dontaudit')),
    ...upTo(numbers.auditallow).map(() => ruleFrom(random, 'auditallow')),
    ...conditionals(random),
    ...daemons(random),
    ...namings(random),
  ]
}

type Random = (below: number) => number

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)
const typeName = (index: number): string => `t${index}_t`
const anyType = (random: Random): string => typeName(random(numbers.types))
const someTypes = (random: Random, count: number): readonly string[] => [
  ...new Set(upTo(count).map(() => anyType(random))),
]

const roles = ['system_r', 'staff_r', 'sysadm_r', 'unconfined_r']

// Attributes of more than a thousand types; rules go to the smaller ones.
const large = 8

const attributes = (random: Random): readonly Statement[] =>
  upTo(numbers.attributes).map(index => ({
    attribute: `a${index}`,
    members: [
      ...someTypes(random, index < large ? numbers.types / 4 : 3 + random(120)),
      ...(index % 40 === 0 ? ['spc_t', 'container_runtime_t', 'init_t'] : []),
    ],
  }))

/** A rule between types or attributes; a third of the ends are attributes. */
export const ruleFrom = (random: Random, rule: RuleStatement['rule']): RuleStatement => {
  const end = (): string =>
    random(3) === 0 ? `a${large + random(numbers.attributes - large)}` : anyType(random)
  const [name, permissions] = classes[random(classes.length)] ?? ['fd', ['use']]
  const mask = 1 + random(2 ** permissions.length - 1)
  const given = permissions.filter((_, bit) => ((mask >> bit) & 1) === 1)
  return { rule, source: end(), target: end(), class: name, permissions: given }
}

const conditionals = (random: Random): readonly Statement[] =>
  upTo(numbers.booleans).flatMap(index => {
    const booleans = index % 9 === 8 ? [`b${index}`, `b${index - 1}`] : [`b${index}`]
    return [
      { boolean: `b${index}`, state: random(3) === 0 },
      ...[true, false].flatMap(branch =>
        upTo(1 + random(30)).map(() => ({ ...ruleFrom(random, 'allow'), when: { booleans, branch } })),
      ),
    ]
  })

// Each part takes its targets from a range of its own, so that no type has two transitions for one place.
const programs = { daemons: 4200, others: 4700, named: 4200 } as const

/** What start scripts become: whoever joins initrc_domain gains a transition to each, iscsid_t among them. */
const daemons = (random: Random): readonly Statement[] => {
  const started = [
    ['iscsid_exec_t', 'iscsid_t'],
    ['chronyd_exec_t', 'chronyd_t'],
    ...upTo(numbers.daemons).map(index => [typeName(programs.daemons + index), typeName(1000 + index)]),
  ].flatMap(([target = '', to = '']): Statement[] => [
    { rule: 'type_transition', source: 'initrc_domain', target, class: 'process', to },
    { rule: 'allow', source: 'initrc_domain', target: to, class: 'process', permissions: ['transition'] },
  ])
  const others = ['process', 'dir'].flatMap(objectClass =>
    upTo(3000).map((index): Statement => {
      const target = typeName(programs.others + random(400))
      return { rule: 'type_transition', source: typeName(index), target, class: objectClass, to: anyType(random) }
    }),
  )
  const members = ['initrc_t', ...upTo(numbers.startScripts).map(index => typeName(index * 7))]
  return [{ attribute: 'initrc_domain', members }, ...started, ...others]
}

const namings = (random: Random): readonly Statement[] => {
  const { attributes: count, members, names } = numbers.naming
  const fileClass = (): string => ['file', 'dir', 'sock_file'][random(3)] ?? 'file'
  const naming = (source: string, target: number, name: string): Statement => ({
    rule: 'type_transition',
    source,
    target: typeName(programs.named + target),
    class: fileClass(),
    to: anyType(random),
    name,
  })
  return [
    ...upTo(count).flatMap(index => [
      {
        attribute: `naming${index}`,
        members: [...someTypes(random, members), ...(index === 0 ? ['spc_t', 'init_t'] : [])],
      },
      ...upTo(names).map(name =>
        naming(`naming${index}`, index * 150 + random(150), `${word(name)}.${index}`),
      ),
    ]),
    ...upTo(numbers.ownNames).map(index => naming(typeName(index), random(900), `own${index}`)),
  ]
}

const word = (index: number): string => `${['.cache', 'log', 'spool', 'ssl', 'run'][index % 5]}-${index}`
