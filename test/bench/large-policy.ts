import { randomFrom } from '../policy/mutations.ts'

/*
 * A pair of policies of the size of Fedora's, in CIL: 5,200 types, 430 attributes, 400,000 rules; the second has hundreds
 * of edits, new and vanished types, and one lost transition, the one that matters (Longhorn 5348 was such a one).
 */
const typeCount = 5200
const attributeCount = 430
const ruleCount = 400_000
const transitionCount = 12_000

/** The transition that is gone in the second policy. */
export const planted = '(typetransition container_runtime_t container_file_t process spc_t)'

interface Numbers {
  readonly types: number
  readonly attributes: number
  readonly rules: number
}

const classes: readonly (readonly [string, readonly string[]])[] = [
  ['file', ['read', 'write', 'open', 'getattr', 'map', 'execute', 'append', 'lock', 'entrypoint']],
  ['dir', ['search', 'read', 'open', 'add_name', 'remove_name', 'write', 'getattr']],
  ['lnk_file', ['read', 'getattr']],
  ['process', ['transition', 'sigchld', 'signal', 'sigkill', 'ptrace']],
  ['unix_stream_socket', ['connectto', 'read', 'write', 'getattr']],
  ['tcp_socket', ['name_bind', 'name_connect', 'accept', 'listen']],
  ['chr_file', ['read', 'write', 'open', 'ioctl', 'getattr']],
  ['fd', ['use']],
]

const typeName = (index: number): string => `t${index}_t`

/** The statements on top of the fixtures' base.cil and containers.cil; the same seed gives the same policy. */
export const largePolicy = (seed: number, edited: boolean, numbers: Partial<Numbers> = {}): string => {
  const { types = typeCount, attributes = attributeCount, rules = ruleCount } = numbers
  const random = randomFrom(seed)
  const edit = randomFrom(seed + 1)
  const lines: string[] = []
  // One thing in a thousand is edited away; one type in five hundred is gone, as many are new.
  const gone = new Set<number>()
  if (edited) for (let index = 0; index < types; index += 1) if (edit(500) === 0) gone.add(index)
  const exists = (...names: readonly number[]): boolean => names.every(index => !gone.has(index))
  for (let index = 0; index < types; index += 1) {
    if (exists(index)) lines.push(`(type ${typeName(index)})`, `(roletype system_r ${typeName(index)})`)
    else lines.push(`(type new${index}_t)`, `(allow new${index}_t self (process (signal)))`)
  }
  for (let index = 0; index < attributes; index += 1) {
    const members: string[] = []
    const size = index < 8 ? types / 4 : 3 + random(120)
    for (let left = size; left > 0; left -= 1) {
      const member = random(types)
      if (exists(member) && !(edited && edit(1000) === 0)) members.push(typeName(member))
    }
    if (index % 20 === 0) members.push('spc_t', 'container_runtime_t', 'init_t')
    lines.push(
      `(typeattribute a${index})`,
      `(typeattributeset a${index} (${[...new Set(members)].join(' ')}))`,
    )
  }
  // A third of the rules is on attributes, as in a real policy of that size.
  for (let left = rules; left > 0; left -= 1) {
    const [source, target] = [random(types), random(types)]
    const [from, to] = [random(3) === 0, random(3) === 0]
    const [name, permissions] = classes[random(classes.length)] ?? ['fd', ['use']]
    const mask = 1 + random(2 ** permissions.length - 1)
    const given = permissions.filter((_, bit) => ((mask >> bit) & 1) === 1)
    if (edited && edit(1000) === 0) continue
    if (!exists(...(from ? [] : [source]), ...(to ? [] : [target]))) continue
    const subject = from ? `a${8 + (source % (attributes - 8))}` : typeName(source)
    const object = to ? `a${8 + (target % (attributes - 8))}` : typeName(target)
    lines.push(`(allow ${subject} ${object} (${name} (${given.join(' ')})))`)
  }
  for (let index = 0; index < transitionCount; index += 1) {
    const [source, target, result] = [index % types, random(types), random(types)]
    if (edited && edit(1000) === 0) continue
    if (exists(source, target, result))
      lines.push(
        `(typetransition ${typeName(source)} t${target}_t ${index < types ? 'process' : 'file'} ${typeName(result)})`,
      )
  }
  if (!edited) lines.push(planted)
  return `${lines.join('\n')}\n`
}
