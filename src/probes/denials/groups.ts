import type { Denial } from '../../model/denial.ts'
import type { AuditRecord } from './audit-line.ts'
import { parseAvc, type Avc } from './avc.ts'
import { callersOf, type Caller } from './events.ts'

/**
 * Groups denials by source type, target type and class; permissions become a union. What somebody did at a terminal, and what
 * concerns a context that the policy does not know, are groups of their own.
 */
export const groupDenials = (records: readonly AuditRecord[]): readonly Denial[] => {
  const groups = new Map<string, Group>()
  const callerOf = callersOf(records)
  const denied = records.flatMap(record => {
    const avc = parseAvc(record)
    return avc ? [{ record, avc }] : []
  })
  const readers = readersOfMany(denied.map(({ avc }) => avc))
  for (const { record, avc } of denied) {
    const caller = callerOf(record)
    const interactive = caller?.interactive === true
    const invalid = [avc.invalidContext?.source, avc.invalidContext?.target].map(typeOf)
    const readsMany = readers.has(readerOf(avc))
    const key = [
      avc.source,
      avc.target,
      avc.class,
      avc.sameTypeOtherCategories,
      readsMany,
      interactive,
      ...invalid,
    ].join(' ')
    const group = groups.get(key) ?? startGroup(avc, record, { interactive, readsMany })
    groups.set(key, group)
    add(group, avc, record, caller)
  }
  return [...groups.values()].map(finish).toSorted((a, b) => b.lastSeen - a.lastSeen || compare(a, b))
}

// One container that was refused objects of that many levels, on several devices, shares no volume with each of their owners: it looks
// into all of them. On one device they may be the files of one volume that many write.
const many = { levels: 3, devices: 2 }

const readersOfMany = (all: readonly Avc[]): ReadonlySet<string> => {
  const seen = new Map<string, { readonly levels: Set<string>; readonly devices: Set<string> }>()
  for (const avc of all) {
    if (!avc.levels) continue
    const { levels, devices } = seen.get(readerOf(avc)) ?? { levels: new Set(), devices: new Set() }
    seen.set(readerOf(avc), { levels, devices })
    keep(levels, avc.levels.target)
    keep(devices, avc.device)
  }
  return new Set(
    [...seen]
      .filter(([, { levels, devices }]) => levels.size >= many.levels && devices.size >= many.devices)
      .map(([reader]) => reader),
  )
}

// The categories of a container are its own.
const readerOf = ({ source, levels }: Avc): string => `${source} ${levels?.source}`

// Two of one type with other categories are one.
const typeOf = (context: string | undefined): string =>
  context === undefined ? '-' : context.split(':', 3).join(':')

interface Group {
  readonly first: Avc
  readonly sample: string
  readonly permissions: Set<string>
  readonly commands: Set<string>
  readonly paths: Set<string>
  readonly names: Set<string>
  readonly devices: Set<string>
  readonly executables: Set<string>
  readonly interactive: boolean
  readonly readsMany: boolean
  count: number
  firstSeen: number
  lastSeen: number
  readonly times: number[]
  enforced: boolean
}

const startGroup = (
  first: Avc,
  record: AuditRecord,
  whose: Pick<Group, 'interactive' | 'readsMany'>,
): Group => ({
  first,
  sample: `type=${record.type} msg=audit(${record.time}): ${record.text}`.slice(0, 600),
  permissions: new Set(),
  commands: new Set(),
  paths: new Set(),
  names: new Set(),
  devices: new Set(),
  executables: new Set(),
  ...whose,
  count: 0,
  firstSeen: record.time,
  lastSeen: record.time,
  times: [],
  enforced: false,
})

const setLimit = 12

const add = (group: Group, avc: Avc, { time }: AuditRecord, caller: Caller | undefined): void => {
  group.count += 1
  group.times.push(time)
  group.firstSeen = Math.min(group.firstSeen, time)
  group.lastSeen = Math.max(group.lastSeen, time)
  if (!avc.permissive) group.enforced = true
  for (const permission of avc.permissions) group.permissions.add(permission)
  keep(group.commands, avc.command)
  keep(group.paths, avc.path)
  keep(group.names, avc.name)
  keep(group.devices, avc.device)
  keep(group.executables, caller?.executable)
}

const keep = (set: Set<string>, value: string | undefined): void => {
  if (value !== undefined && set.size < setLimit) set.add(value)
}

const finish = (group: Group): Denial => ({
  source: group.first.source,
  target: group.first.target,
  class: group.first.class,
  permissions: [...group.permissions].toSorted(),
  count: group.count,
  firstSeen: group.firstSeen,
  lastSeen: group.lastSeen,
  ...(group.count > 1 ? { longestGap: longestGap(group.times) } : {}),
  commands: [...group.commands].toSorted(),
  paths: [...group.paths].toSorted(),
  ...listed({ names: group.names, devices: group.devices, executables: group.executables }),
  ...(group.interactive ? { interactive: true } : {}),
  ...(group.first.invalidContext ? { invalidContext: group.first.invalidContext } : {}),
  enforced: group.enforced,
  ...(group.first.sameTypeOtherCategories ? { categoriesDiffer: true } : {}),
  ...(group.readsMany ? { readsMany: true } : {}),
  sample: group.sample,
})

const longestGap = (times: readonly number[]): number => {
  let [longest, before] = [0, Infinity]
  for (const time of times.toSorted((a, b) => a - b)) {
    longest = Math.max(longest, time - before)
    before = time
  }
  return Math.ceil(longest)
}

// What was not seen has no key.
const listed = (sets: Readonly<Record<string, ReadonlySet<string>>>) =>
  Object.fromEntries(
    Object.entries(sets)
      .filter(([, set]) => set.size > 0)
      .map(([name, set]) => [name, [...set].toSorted()]),
  )

const compare = (a: Denial, b: Denial): number =>
  `${a.source} ${a.target} ${a.class}` < `${b.source} ${b.target} ${b.class}` ? -1 : 1
