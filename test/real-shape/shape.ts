import { randomFrom } from '../policy/mutations.ts'

/*
 * Policies of the shape of Fedora's, in CIL, on top of the lab's small ones: 5,200 types, 430 attributes, 120,000 allow rules, 300
 * booleans with rules in both branches, and a quarter of a million transitions by file name, nearly all of which come from a few
 * attributes with hundreds of members times dozens of names. What has another shape proves nothing about real policies.
 */
export const shape = {
  types: 5150,
  attributes: 424,
  allowRules: 122_000,
  booleans: 297,
  daemons: 500,
  startScripts: 24,
  /** Attributes whose members name new files, how many members each has, and how many names. */
  naming: { attributes: 5, members: 320, names: 160 },
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

/** The statements; the same seed, the same ones in the same order. Each stands on its own: one may be left out or changed. */
export const realShape = (seed: number): readonly string[] => {
  const random = randomFrom(seed)
  const any = (): string => `t${random(shape.types)}_t`
  const some = (count: number): readonly string[] => [...new Set(Array.from({ length: count }, any))]
  return [
    ...types(),
    ...attributes(random, some),
    ...allowRules(random, any),
    ...conditionals(random, any),
    ...daemons(random, any),
    ...namings(random, any, some),
    ...constraints,
  ]
}

type Random = (below: number) => number
type Any = () => string
type Some = (count: number) => readonly string[]

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

const roles = ['system_r', 'staff_r', 'sysadm_r', 'unconfined_r', 'user_r']

const types = (): readonly string[] => [
  ...roles.slice(1).map(role => `(role ${role})`),
  ...upTo(shape.types).map(index => `(type t${index}_t)`),
  // four fifths of them are domains that every role but the last may enter
  ...roles
    .slice(0, -1)
    .flatMap(role => upTo(Math.floor(shape.types * 0.8)).map(index => `(roletype ${role} t${index}_t)`)),
]

const attributes = (random: Random, some: Some): readonly string[] =>
  upTo(shape.attributes).flatMap(index => [
    `(typeattribute a${index})`,
    `(typeattributeset a${index} (${[
      ...some(index < large ? shape.types / 4 : 3 + random(120)),
      ...(index % 40 === 0 ? ['spc_t', 'container_runtime_t', 'init_t'] : []),
    ].join(' ')}))`,
  ])

// Attributes of more than a thousand types; rules go to the smaller ones.
const large = 8

const allowRule = (random: Random, any: Any): string => {
  const end = (): string =>
    random(3) === 0 ? `a${large + random(shape.attributes - large)}` : any()
  const [name, permissions] = classes[random(classes.length)] ?? ['fd', ['use']]
  const mask = 1 + random(2 ** permissions.length - 1)
  const given = permissions.filter((_, bit) => ((mask >> bit) & 1) === 1)
  return `(allow ${end()} ${end()} (${name} (${given.join(' ')})))`
}

const allowRules = (random: Random, any: Any): readonly string[] => [
  ...upTo(shape.allowRules).map(() => allowRule(random, any)),
  ...upTo(8000).map(() => allowRule(random, any).replace('(allow', '(dontaudit')),
  ...upTo(100).map(() => allowRule(random, any).replace('(allow', '(auditallow')),
]

const conditionals = (random: Random, any: Any): readonly string[] =>
  upTo(shape.booleans).flatMap(index => {
    const rules = (): string =>
      upTo(1 + random(30))
        .map(() => allowRule(random, any))
        .join(' ')
    const condition = index % 9 === 0 && index > 0 ? `(and b${index} b${index - 1})` : `b${index}`
    return [
      `(boolean b${index} ${random(3) === 0})`,
      `(booleanif ${condition} (true ${rules()}) (false ${rules()}))`,
    ]
  })

/** What start scripts become: whoever joins initrc_domain gains a transition each. */
const daemons = (random: Random, any: Any): readonly string[] => [
  ...upTo(shape.startScripts).map(index => `(typeattributeset initrc_domain (t${index * 7}_t))`),
  ...upTo(shape.daemons).flatMap(index => [
    `(typetransition initrc_domain t${4200 + index}_t process t${1000 + index}_t)`,
    `(allow initrc_domain t${1000 + index}_t (process (transition)))`,
  ]),
  ...upTo(3000).map(index => `(typetransition t${index}_t t${4700 + random(400)}_t process ${any()})`),
  ...upTo(3000).map(index => `(typetransition t${index}_t t${4200 + random(900)}_t dir ${any()})`),
]

const namings = (random: Random, any: Any, some: Some): readonly string[] => {
  const { attributes: count, members, names } = shape.naming
  return [
    ...upTo(count).flatMap(index => [
      `(typeattribute naming${index})`,
      `(typeattributeset naming${index} (${[...some(members), ...(index === 0 ? ['spc_t', 'init_t'] : [])].join(' ')}))`,
      ...upTo(names).map(
        name =>
          // targets differ from attribute to attribute: a type that is in two of them has two rules, not a conflict
          `(typetransition naming${index} t${4200 + index * 150 + random(150)}_t ${fileClass(random)} "${word(name)}.${index}" ${any()})`,
      ),
    ]),
    ...upTo(shape.ownNames).map(
      index => `(typetransition t${index}_t t${4200 + random(900)}_t ${fileClass(random)} "own${index}" ${any()})`,
    ),
  ]
}

const fileClass = (random: Random): string => ['file', 'dir', 'sock_file'][random(3)] ?? 'file'
const word = (index: number): string => `${['.cache', 'log', 'spool', 'ssl', 'run'][index % 5]}-${index}`

const constraints: readonly string[] = [
  '(typeattribute mcs_constrained_type)',
  `(typeattributeset mcs_constrained_type (container_t ${upTo(200)
    .map(index => `t${index * 3}_t`)
    .join(' ')}))`,
  ...['file (read write open)', 'dir (read search write)', 'process (transition sigkill)'].map(
    on =>
      `(mlsconstrain (${on}) (or (dom h1 h2) (and (neq t1 mcs_constrained_type) (neq t2 mcs_constrained_type))))`,
  ),
]
