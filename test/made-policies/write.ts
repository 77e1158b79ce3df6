import type {
  Constraint,
  ConstraintNode,
  Context,
  Level,
  Named,
  ObjectClass,
  PermissionNames,
  Policy,
  Range,
  Table,
  Xperm,
} from '../../src/policy/policy.ts'
import { ruleBits } from '../../src/policy/policy.ts'
import { randomFrom } from '../policy/mutations.ts'

/**
 * Writes a policy as the kernel reads it: the reader's other half, so that tests can make policies of any size and version without a
 * compiler. Records stand in the order of their values, or with a seed in any other, as a kernel's hash tables have them.
 */
export const writePolicy = (policy: Policy, version: number, seed?: number): Buffer => {
  const out = new Out(version, seed)
  out.u32(0xf97c_ff8c)
  out.name('SE Linux')
  out.u32(
    version,
    (policy.mls ? 1 : 0) | { deny: 0, reject: 2, allow: 4 }[policy.handleUnknown],
    8,
    version >= 31 ? 9 : 7,
  )
  out.bitmap(policy.capabilities, 0)
  out.bitmap(policy.permissive, 0)
  if (version >= 35) out.bitmap(policy.neverAudited, 0)
  writeSymbols(out, policy)
  writeRules(out, policy)
  writeRoles(out, policy)
  if (version >= 25) writeNameTransitions(out, policy)
  writeContexts(out, policy)
  out.list(policy.rangeTransitions, one => {
    out.u32(one.source, one.target, one.class)
    out.range(one.range)
  })
  for (let value = 1; value < policy.types.byValue.length; value += 1)
    out.bitmap(Uint16Array.of(value, ...(policy.attributesOf[value] ?? [])).toSorted(), 1)
  return out.done()
}

class Out {
  readonly version: number
  readonly #random: ((below: number) => number) | undefined
  #bytes = Buffer.alloc(1 << 20)
  #at = 0

  constructor(version: number, seed: number | undefined) {
    this.version = version
    this.#random = seed === undefined ? undefined : randomFrom(seed)
  }

  #room(bytes: number): number {
    const at = this.#at
    this.#at += bytes
    if (this.#at > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#at))
      this.#bytes.copy(larger)
      this.#bytes = larger
    }
    return at
  }

  u8(...values: readonly number[]): void {
    for (const value of values) this.#bytes.writeUInt8(value, this.#room(1))
  }

  u16(...values: readonly number[]): void {
    for (const value of values) {
      const at = this.#room(2)
      this.#bytes.writeUInt16LE(value, at)
    }
  }

  u32(...values: readonly number[]): void {
    for (const value of values) {
      const at = this.#room(4)
      this.#bytes.writeUInt32LE(value >>> 0, at)
    }
  }

  text(text: string): void {
    const bytes = Buffer.from(text)
    const at = this.#room(bytes.length)
    bytes.copy(this.#bytes, at)
  }

  bytes(bytes: Uint8Array): void {
    const at = this.#room(bytes.length)
    this.#bytes.set(bytes, at)
  }

  /** Its length, then the text. */
  name(text: string): void {
    this.u32(Buffer.byteLength(text))
    this.text(text)
  }

  shuffled<T>(list: readonly T[]): readonly T[] {
    const random = this.#random
    if (!random) return list
    return list
      .map(one => ({ one, place: random(2 ** 30) }))
      .toSorted((a, b) => a.place - b.place)
      .map(({ one }) => one)
  }

  list<T>(list: readonly T[], write: (one: T) => void): void {
    this.u32(list.length)
    for (const one of list) write(one)
  }

  /** Symbols and aliases, in an order that means nothing. */
  table<T extends Named>(
    table: Table<T>,
    symbol: (one: T) => void,
    alias: (name: string, value: number) => void,
  ): void {
    this.u32(table.byValue.length - 1)
    const all = [
      ...table.byValue.flatMap(one => (one ? [() => symbol(one)] : [])),
      ...table.aliases.map(one => () => alias(one.name, one.value)),
    ]
    this.list(this.shuffled(all), write => write())
  }

  /** Ascending values; bit b stands for b + `added`. */
  bitmap(values: Uint16Array, added: number): void {
    const nodes = new Map<number, [number, number]>()
    for (const value of values) {
      const bit = value - added
      const start = bit - (bit % 64)
      const words = nodes.get(start) ?? [0, 0]
      nodes.set(start, words)
      const half = bit % 64 < 32 ? 0 : 1
      words[half] = (words[half] | (1 << (bit % 32))) >>> 0
    }
    const last = [...nodes.keys()].at(-1)
    this.u32(64, last === undefined ? 0 : last + 64, nodes.size)
    for (const [start, words] of nodes) this.u32(start, ...words)
  }

  level({ sensitivity, categories }: Level): void {
    this.u32(sensitivity)
    this.bitmap(categories, 1)
  }

  range({ low, high }: Range): void {
    this.u32(2, low.sensitivity, high.sensitivity)
    this.bitmap(low.categories, 1)
    this.bitmap(high.categories, 1)
  }

  context({ user, role, type, range }: Context): void {
    this.u32(user, role, type)
    this.range(range)
  }

  done(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }
}

const noAlias = (): never => {
  throw new Error('an alias where the format has none')
}

const writePermissions = (out: Out, names: PermissionNames, common: PermissionNames): void =>
  names.forEach((name, bit) => {
    if (name === undefined || common[bit] === name) return
    out.u32(name.length, bit + 1)
    out.text(name)
  })

const writeSymbols = (out: Out, policy: Policy): void => {
  const own = (names: PermissionNames, common: PermissionNames): number =>
    names.filter((name, bit) => name !== undefined && common[bit] !== name).length
  out.table(
    policy.commons,
    ({ name, value, permissions }) => {
      out.u32(name.length, value, permissions.length, own(permissions, []))
      out.text(name)
      writePermissions(out, permissions, [])
    },
    noAlias,
  )
  out.table(
    policy.classes,
    one => {
      const common = one.common?.permissions ?? []
      out.u32(one.name.length, one.common?.name.length ?? 0, one.value, one.permissions.length)
      out.u32(own(one.permissions, common), one.constraints.length)
      out.text(`${one.name}${one.common?.name ?? ''}`)
      writePermissions(out, one.permissions, common)
      for (const constraint of one.constraints) writeConstraint(out, constraint)
      out.list(one.validateTransitions, constraint => writeConstraint(out, constraint))
      writeDefaults(out, one)
    },
    noAlias,
  )
  out.table(
    policy.roles,
    ({ name, value, bounds, dominates, types }) => {
      out.u32(name.length, value, bounds)
      out.text(name)
      out.bitmap(dominates, 1)
      out.bitmap(types, 1)
    },
    noAlias,
  )
  const type = (name: string, ...numbers: readonly number[]): void => {
    out.u32(name.length, ...numbers)
    out.text(name)
  }
  out.table(
    policy.types,
    ({ name, value, isAttribute, bounds }) => type(name, value, isAttribute ? 3 : 1, bounds),
    (name, value) => type(name, value, 0, 0),
  )
  out.table(
    policy.users,
    ({ name, value, bounds, roles, range, level }) => {
      out.u32(name.length, value, bounds)
      out.text(name)
      out.bitmap(roles, 1)
      out.range(range)
      out.level(level)
    },
    noAlias,
  )
  out.table(
    policy.booleans,
    ({ name, value, state }) => {
      out.u32(value, state ? 1 : 0)
      out.name(name)
    },
    noAlias,
  )
  const sensitivity = (name: string, value: number, isAlias: number): void => {
    out.u32(name.length, isAlias)
    out.text(name)
    out.level({
      sensitivity: value,
      categories: policy.sensitivities.byValue[value]?.categories ?? new Uint16Array(),
    })
  }
  out.table(
    policy.sensitivities,
    ({ name, value }) => sensitivity(name, value, 0),
    (name, value) => sensitivity(name, value, 1),
  )
  const category = (name: string, value: number, isAlias: number): void => {
    out.u32(name.length, value, isAlias)
    out.text(name)
  }
  out.table(
    policy.categories,
    ({ name, value }) => category(name, value, 0),
    (name, value) => category(name, value, 1),
  )
}

const sides = [undefined, 'source', 'target'] as const
const ranges = [
  undefined,
  'source low',
  'source high',
  'source low-high',
  'target low',
  'target high',
  'target low-high',
  'glblub',
] as const

const writeDefaults = (out: Out, { defaults: { user, role, range, type } }: ObjectClass): void => {
  if (out.version >= 27) out.u32(sides.indexOf(user), sides.indexOf(role), ranges.indexOf(range))
  if (out.version >= 28) out.u32(sides.indexOf(type))
}

const writeConstraint = (out: Out, { permissions, expression }: Constraint): void => {
  out.u32(permissions)
  out.list(expression, node => writeNode(out, node))
}

const compares = ['==', '!=', 'dom', 'domby', 'incomp'] as const
const pairs: Readonly<Record<string, number>> = {
  u1u2: 1,
  r1r2: 2,
  t1t2: 4,
  l1l2: 32,
  l1h2: 64,
  h1l2: 128,
  h1h2: 256,
  l1h1: 512,
  l2h2: 1024,
}

const writeNode = (out: Out, one: ConstraintNode): void => {
  if (one.node === 'pair')
    return out.u32(4, pairs[`${one.left}${one.right}`] ?? 0, compares.indexOf(one.compare) + 1)
  if (one.node !== 'names') return out.u32({ not: 1, and: 2, or: 3 }[one.node], 0, 0)
  const side = { 1: 0, 2: 8, 3: 16 }[one.side]
  out.u32(5, { user: 1, role: 2, type: 4 }[one.what] | side, compares.indexOf(one.compare) + 1)
  out.bitmap(one.values, 1)
  if (out.version < 29) return
  out.bitmap(one.written ?? one.values, 1)
  out.bitmap(new Uint16Array(), 1)
  out.u32(0)
}

const writeRules = (out: Out, { rules, conditions }: Policy): void => {
  const lists = new Map<number, number[]>()
  for (let rule = 0; rule < rules.count; rule += 1) {
    const condition = rules.condition[rule] ?? -1
    const list = lists.get(condition)
    if (list) list.push(rule)
    else lists.set(condition, [rule])
  }
  const isXperm = (rule: number): boolean => ((rules.kind[rule] ?? 0) & 0x700) !== 0
  const write = (condition: number): void =>
    out.list(
      // before version 30 there are no extended permissions
      out.shuffled((lists.get(condition) ?? []).filter(rule => out.version >= 30 || !isXperm(rule))),
      rule => {
        const [kind, datum] = [rules.kind[rule] ?? 0, rules.datum[rule] ?? 0]
        out.u16(rules.source[rule] ?? 0, rules.target[rule] ?? 0, rules.class[rule] ?? 0, kind)
        const xperm = isXperm(rule) ? rules.xperms[datum] : undefined
        if (xperm) writeXperm(out, xperm)
        else out.u32(kind === ruleBits.dontaudit ? ~datum : datum)
      },
    )
  write(-1)
  out.list([...conditions.entries()], ([index, condition]) => {
    out.u32(0)
    out.list(condition, one =>
      one.node === 'boolean'
        ? out.u32(1, one.value)
        : out.u32(2 + ['not', 'or', 'and', 'xor', '==', '!='].indexOf(one.node), 0),
    )
    write(2 * index)
    write(2 * index + 1)
  })
}

const writeXperm = (out: Out, { kind, driver, bits }: Xperm): void => {
  out.u8(['ioctl-functions', 'ioctl-drivers', 'nlmsg'].indexOf(kind) + 1, driver)
  out.u32(...bits)
}

const writeRoles = (out: Out, { roleTransitions, roleAllows }: Policy): void => {
  out.list(roleTransitions, one => {
    out.u32(one.role, one.type, one.newRole)
    if (out.version >= 26) out.u32(one.class)
  })
  out.list(roleAllows, one => out.u32(one.role, one.newRole))
}

const writeNameTransitions = (out: Out, { nameTransitions: all }: Policy): void => {
  const groups = new Map<string, number[]>()
  for (let entry = 0; entry < all.count; entry += 1) {
    const key = [all.name[entry], all.target[entry], all.class[entry]].join(' ')
    const group = groups.get(key)
    if (group) group.push(entry)
    else groups.set(key, [entry])
  }
  const nameOf = (entry: number): string => all.names[all.name[entry] ?? 0] ?? ''
  const sourcesOf = (entry: number): Uint16Array =>
    all.sources.subarray(all.starts[entry], all.starts[entry + 1])
  if (out.version >= 33)
    return out.list(out.shuffled([...groups.values()]), entries => {
      const [first = 0] = entries
      out.name(nameOf(first))
      out.u32(all.target[first] ?? 0, all.class[first] ?? 0)
      out.list(entries, entry => {
        out.bitmap(sourcesOf(entry), 1)
        out.u32(all.default[entry] ?? 0)
      })
    })
  const single = [...groups.values()]
    .flat()
    .flatMap(entry => Array.from(sourcesOf(entry), source => ({ entry, source })))
  out.list(out.shuffled(single), ({ entry, source }) => {
    out.name(nameOf(entry))
    out.u32(source, all.target[entry] ?? 0, all.class[entry] ?? 0, all.default[entry] ?? 0)
  })
}

const writeContexts = (out: Out, { contexts }: Policy): void => {
  out.list(contexts.initialSids, ({ sid, context }) => {
    out.u32(sid)
    out.context(context)
  })
  out.u32(0)
  out.list(contexts.ports, ({ protocol, low, high, context }) => {
    out.u32(protocol, low, high)
    out.context(context)
  })
  out.list(contexts.interfaces, ({ name, context, packets }) => {
    out.name(name)
    out.context(context)
    out.context(packets)
  })
  const nodes = (bytes: number): void =>
    out.list(
      contexts.nodes.filter(({ address }) => address.length === bytes),
      ({ address, mask, context }) => {
        out.bytes(address)
        out.bytes(mask)
        out.context(context)
      },
    )
  nodes(4)
  out.list(contexts.fsUses, ({ behaviour, name, context }) => {
    out.u32(['xattr', 'trans', 'task'].indexOf(behaviour) + 1)
    out.name(name)
    out.context(context)
  })
  nodes(16)
  if (out.version >= 31) {
    out.list(contexts.partitionKeys, ({ prefix, low, high, context }) => {
      out.bytes(prefix)
      out.u32(low, high)
      out.context(context)
    })
    out.list(contexts.endPorts, ({ name, port, context }) => {
      out.u32(name.length, port)
      out.text(name)
      out.context(context)
    })
  }
  const systems = [...new Set(contexts.genfs.map(({ fs }) => fs))]
  out.list(systems, fs => {
    out.name(fs)
    const paths = contexts.genfs.filter(one => one.fs === fs)
    out.list(paths, one => {
      out.name(one.path)
      out.u32(one.class)
      out.context(one.context)
    })
  })
}
