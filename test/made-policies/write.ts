import type { Policy, Xperm } from '../../src/policy/policy.ts'
import { ruleBits } from '../../src/policy/policy.ts'
import { Out } from './out.ts'
import { writeSymbols } from './write-symbols.ts'

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
