import { randomFrom } from '../mutations.ts'

/** A policy as lines of CIL beside the base, by what each is about: no two rules may say otherwise of the same. */
export interface Written {
  readonly lines: ReadonlyMap<string, string>
  readonly booleans: ReadonlyMap<string, boolean>
}

const types = Array.from({ length: 9 }, (_, index) => `t${index}_t`)
const attributes = ['everyone', 'some_domain', 'few_domain', 'target_type']
const booleans = ['b0', 'b1', 'b2', 'b3']
const roles = ['system_r', 'first_r', 'second_r']
const classes = {
  file: ['read', 'write', 'unlink', 'execute'],
  dir: ['read', 'write', 'search'],
  process: ['transition', 'signal', 'ptrace'],
} as const

/** Numbers below a limit. */
export type Random = (below: number) => number

export { randomFrom }

const pick = <T>(random: Random, from: readonly T[]): T => {
  const one = from[random(from.length)]
  if (one === undefined) throw new Error('nothing to pick from')
  return one
}

/** The CIL of all of it, to be compiled after the base of the fixtures. */
export const cilOf = ({ lines, booleans: states }: Written): string =>
  [
    ...types.map(type => `(type ${type}) (roletype object_r ${type})`),
    ...attributes.map(one => `(typeattribute ${one})`),
    '(roletype system_r t0_t)',
    ...[...states].map(([name, state]) => `(boolean ${name} ${state})`),
    ...lines.values(),
    '',
  ].join('\n')

/** A first policy: every attribute has members, every boolean is there. */
export const firstPolicy = (random: Random): Written => {
  let written: Written = {
    lines: new Map(attributes.map(one => [`${one} t0_t`, `(typeattributeset ${one} (t0_t))`])),
    booleans: new Map(booleans.map(name => [name, random(2) === 1])),
  }
  for (let left = 45; left > 0; left -= 1) written = added(written, random)
  return written
}

/** The same with one to six edits. */
export const edited = (written: Written, random: Random): Written => {
  let now = written
  for (let left = 1 + random(6); left > 0; left -= 1) {
    const kind = random(7)
    if (kind < 3) now = added(now, random)
    else if (kind < 5) now = without(now, pick(random, [...now.lines.keys()]))
    else if (kind === 5) now = changed(now, random)
    else {
      const name = pick(random, booleans)
      now = { ...now, booleans: new Map([...now.booleans, [name, !(now.booleans.get(name) ?? false)]]) }
    }
  }
  return now
}

const without = ({ lines, booleans: states }: Written, key: string): Written => ({
  lines: new Map([...lines].filter(([one]) => one !== key)),
  booleans: states,
})

const added = ({ lines, booleans: states }: Written, random: Random): Written => {
  const [key, line] = anyLine(random)
  return { lines: new Map([...lines, [key, line]]), booleans: states }
}

// A rule moves into another condition, or out of one.
const changed = (written: Written, random: Random): Written => {
  const rules = [...written.lines].filter(([key]) => key.startsWith('rule'))
  if (rules.length === 0) return written
  const [key, line] = pick(random, rules)
  const rule = /\(allow [^()]*\([^()]*\([^()]*\)\)\)/.exec(line)?.[0]
  if (rule === undefined) return written
  const now =
    random(3) === 0 ? rule : conditional(random, rule, random(3) === 0 ? anyAllow(random) : undefined)
  return { ...written, lines: new Map([...written.lines, [key, now]]) }
}

const anyLine = (random: Random): readonly [key: string, line: string] => {
  const kind = random(20)
  if (kind < 5) return [`rule ${random(1_000_000)}`, anyAllow(random)]
  if (kind < 10)
    return [
      `rule ${random(1_000_000)}`,
      conditional(random, anyAllow(random), random(2) === 0 ? anyAllow(random) : undefined),
    ]
  if (kind < 14) {
    const [attribute, type] = [pick(random, attributes), pick(random, types)]
    return [`${attribute} ${type}`, `(typeattributeset ${attribute} (${type}))`]
  }
  if (kind < 16) {
    const [source, target] = [pick(random, types), pick(random, types)]
    const rule = (to: string): string => `(typetransition ${source} ${target} process ${to})`
    const bare = rule(pick(random, types))
    const line =
      random(3) === 0
        ? conditional(random, bare, random(2) === 0 ? rule(pick(random, types)) : undefined)
        : bare
    return [`transition ${source} ${target}`, line]
  }
  if (kind < 18) {
    const [source, target] = [pick(random, [...types, 'few_domain']), pick(random, types)]
    const name = pick(random, ['one', 'two', 'three', ''])
    const file = name === '' ? '' : ` "${name}"`
    // An attribute and its member would say two things of one file.
    return [
      `creation ${target} ${name}`,
      `(typetransition ${source} ${target} file${file} ${pick(random, types)})`,
    ]
  }
  if (kind === 18) {
    const [source, target] = [pick(random, types), pick(random, types)]
    return [
      `range ${source} ${target}`,
      `(rangetransition ${source} ${target} process ((s0) (s0 (c${random(8)}))))`,
    ]
  }
  if (random(2) === 0) {
    const type = pick(random, types)
    return [`permissive ${type}`, `(typepermissive ${type})`]
  }
  const [role, type] = [pick(random, roles), pick(random, types)]
  const declared = role === 'system_r' ? '' : `(role ${role}) (roletype ${role} t1_t) `
  return [`role ${role}`, `${declared}(roletype ${role} ${type})`]
}

const anyAllow = (random: Random): string => {
  const source = pick(random, [...types, ...types, ...attributes])
  const target = pick(random, [...types, ...types, ...attributes, 'self', 'self'])
  const name = pick(random, ['file', 'dir', 'process'] as const)
  const permissions = classes[name].filter(() => random(2) === 0)
  return `(allow ${source} ${target} (${name} (${(permissions.length > 0 ? permissions : ['read', 'signal'].filter(one => classes[name].some(known => known === one))).join(' ')})))`
}

const conditional = (random: Random, whenTrue: string, whenFalse?: string): string => {
  const [a, b] = [pick(random, booleans), pick(random, booleans)]
  const expression = pick(random, [
    a,
    a,
    `(not ${a})`,
    `(and ${a} ${b})`,
    `(or ${a} (not ${b}))`,
    `(xor ${a} ${b})`,
  ])
  return `(booleanif ${expression} (true ${whenTrue})${whenFalse === undefined ? '' : ` (false ${whenFalse})`})`
}
