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
  for (const record of records) {
    const avc = parseAvc(record)
    if (!avc) continue
    const caller = callerOf(record)
    const interactive = caller?.interactive === true
    const invalid = [avc.invalidContext?.source, avc.invalidContext?.target].map(typeOf)
    const key = [
      avc.source,
      avc.target,
      avc.class,
      avc.sameTypeOtherCategories,
      interactive,
      ...invalid,
    ].join(' ')
    const group = groups.get(key) ?? startGroup(avc, record, interactive)
    groups.set(key, group)
    add(group, avc, record, caller)
  }
  return [...groups.values()].map(finish).toSorted((a, b) => b.lastSeen - a.lastSeen || compare(a, b))
}

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
  count: number
  firstSeen: number
  lastSeen: number
  enforced: boolean
}

const startGroup = (first: Avc, record: AuditRecord, interactive: boolean): Group => ({
  first,
  sample: `type=${record.type} msg=audit(${record.time}): ${record.text}`.slice(0, 600),
  permissions: new Set(),
  commands: new Set(),
  paths: new Set(),
  names: new Set(),
  devices: new Set(),
  executables: new Set(),
  interactive,
  count: 0,
  firstSeen: record.time,
  lastSeen: record.time,
  enforced: false,
})

const setLimit = 12

const add = (group: Group, avc: Avc, { time }: AuditRecord, caller: Caller | undefined): void => {
  group.count += 1
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
  commands: [...group.commands].toSorted(),
  paths: [...group.paths].toSorted(),
  ...listed({ names: group.names, devices: group.devices, executables: group.executables }),
  ...(group.interactive ? { interactive: true } : {}),
  ...(group.first.invalidContext ? { invalidContext: group.first.invalidContext } : {}),
  enforced: group.enforced,
  ...(group.first.sameTypeOtherCategories ? { categoriesDiffer: true } : {}),
  sample: group.sample,
})

// What was not seen has no key.
const listed = (sets: Readonly<Record<string, ReadonlySet<string>>>) =>
  Object.fromEntries(
    Object.entries(sets)
      .filter(([, set]) => set.size > 0)
      .map(([name, set]) => [name, [...set].toSorted()]),
  )

const compare = (a: Denial, b: Denial): number =>
  `${a.source} ${a.target} ${a.class}` < `${b.source} ${b.target} ${b.class}` ? -1 : 1
