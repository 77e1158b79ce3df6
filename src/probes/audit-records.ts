import { parseContext } from '../model/context.ts'
import type { Denial } from '../model/denial.ts'

/** One audit record, from audit.log, the journal or the kernel log. */
export interface AuditRecord {
  readonly type: string
  /** Epoch seconds, fractional. */
  readonly time: number
  readonly text: string
}

/** The type numbers the kernel log prints (linux/audit.h). */
const numbers: Readonly<Record<string, string>> = {
  '1400': 'AVC',
  '1401': 'SELINUX_ERR',
  '1403': 'MAC_POLICY_LOAD',
  '1404': 'MAC_STATUS',
  '1405': 'MAC_CONFIG_CHANGE',
}

/**
 * Parses one line:
 *   type=AVC msg=audit(1700596261.324:4756): avc:  denied  { connectto } for  pid=7892 comm="csi-attacher" …
 *   node=worker-1 type=AVC msg=audit(…)…
 *   1670698321.515000 worker-1 kernel: audit: type=1400 audit(1670698321.515:7214): avc:  denied  { dac_override } for …
 *   1670698321.515000 worker-1 audit[152]: AVC avc:  denied  { read } for  pid=…
 */
export const parseAuditLine = (line: string): AuditRecord | undefined => {
  // With /s the rest always matches: a stray \r or U+2028 neither hides a record nor makes the engine try again.
  const logged = /(?:^|[\s:])type=([A-Z_]+|\d{4}) (?:msg=)?audit\((\d+(?:\.\d+)?):\d+\)\s?:\s*(.*)$/s.exec(
    line,
  )
  if (logged) {
    const [, type = '', time, text = ''] = logged
    return { type: numbers[type] ?? type, time: Number(time), text: cleaned(text) }
  }
  const journal =
    /^(\d+\.\d+) \S+ audit(?:\[\d+\])?: (AVC|USER_AVC|SELINUX_ERR|MAC_POLICY_LOAD|MAC_STATUS|MAC_CONFIG_CHANGE) (.*)$/s.exec(
      line,
    )
  if (!journal) return undefined
  const [, time, type = '', text = ''] = journal
  return { type, time: Number(time), text: cleaned(text) }
}

// ENRICHED logs append 0x1D and interpreted fields.
const cleaned = (text: string): string => text.split('\u001d', 1)[0] ?? ''

/** Whether a line speaks of a denial that cannot be read: then the log was not seen whole. */
export const isUnreadDenial = (line: string): boolean => {
  if (!/avc:\s+denied/.test(line)) return false
  const record = parseAuditLine(line)
  return !record || !parseAvc(record)
}

/** Groups AVC records by source type, target type and class; permissions become a union. */
export const groupDenials = (records: readonly AuditRecord[]): readonly Denial[] => {
  const groups = new Map<string, Group>()
  for (const record of records) {
    const avc = parseAvc(record)
    if (!avc) continue
    const key = [avc.source, avc.target, avc.class, avc.sameTypeOtherCategories].join(' ')
    const group = groups.get(key) ?? startGroup(avc, record)
    groups.set(key, group)
    add(group, avc, record)
  }
  return [...groups.values()].map(finish).toSorted((a, b) => b.lastSeen - a.lastSeen || compare(a, b))
}

interface Avc {
  readonly source: string
  readonly target: string
  readonly class: string
  readonly permissions: readonly string[]
  readonly command?: string
  readonly path?: string
  readonly permissive: boolean
  readonly sameTypeOtherCategories: boolean
}

const parseAvc = ({ type, text }: AuditRecord): Avc | undefined => {
  if (type !== 'AVC' && type !== 'USER_AVC') return undefined
  const denied = /avc:\s+denied\s+\{ ([^{}]+) \}/.exec(text)
  const { first, last } = fieldsOf(text)
  const source = parseContext(last.get('scontext') ?? last.get('srawcon') ?? '')
  const target = parseContext(last.get('tcontext') ?? last.get('trawcon') ?? '')
  const className = last.get('tclass')
  if (!denied || !source || !target || !className) return undefined
  const command = decoded(first.get('comm'))
  const path = decoded(first.get('path') ?? first.get('name'))
  return {
    source: source.type,
    target: target.type,
    class: className,
    permissions: (denied[1] ?? '').trim().split(/\s+/),
    ...(command === undefined ? {} : { command: command.slice(0, 64) }),
    ...(path === undefined ? {} : { path: path.slice(0, 256) }),
    permissive: last.get('permissive') === '1',
    sameTypeOtherCategories:
      source.range !== undefined &&
      target.range !== undefined &&
      source.range !== target.range &&
      /:c/.test(target.range),
  }
}

/*
 * name=value and name="value" of a record. Contexts are taken from their last place: systemd's USER_AVC quotes the
 * asking process's command line before them, and what stands in it is not ours to believe.
 */
const fieldsOf = (text: string) => {
  const [first, last] = [new Map<string, string>(), new Map<string, string>()]
  for (const [, name = '', value = ''] of text.matchAll(/(?:^|[\s'])(\w+)=("[^"]*"|[^\s']+)/g)) {
    if (!first.has(name)) first.set(name, value)
    last.set(name, value.replace(/^"(.*)"$/s, '$1'))
  }
  return { first, last }
}

// comm="csi-attacher", or unquoted hex when it holds odd characters: comm=72756E633A5B323A494E49545D
const decoded = (value: string | undefined): string | undefined => {
  if (value === undefined) return undefined
  if (value.length >= 2 && value.startsWith('"') && value.endsWith('"')) return value.slice(1, -1)
  const isHex = value.length % 2 === 0 && /^[0-9A-F]+$/.test(value)
  return isHex ? Buffer.from(value, 'hex').toString('utf8').replaceAll('\0', ' ').trim() : value
}

interface Group {
  readonly first: Avc
  readonly sample: string
  readonly permissions: Set<string>
  readonly commands: Set<string>
  readonly paths: Set<string>
  count: number
  firstSeen: number
  lastSeen: number
  enforced: boolean
}

const startGroup = (first: Avc, record: AuditRecord): Group => ({
  first,
  sample: `type=${record.type} msg=audit(${record.time}): ${record.text}`.slice(0, 600),
  permissions: new Set(),
  commands: new Set(),
  paths: new Set(),
  count: 0,
  firstSeen: record.time,
  lastSeen: record.time,
  enforced: false,
})

const setLimit = 12

const add = (group: Group, avc: Avc, { time }: AuditRecord): void => {
  group.count += 1
  group.firstSeen = Math.min(group.firstSeen, time)
  group.lastSeen = Math.max(group.lastSeen, time)
  if (!avc.permissive) group.enforced = true
  for (const permission of avc.permissions) group.permissions.add(permission)
  if (avc.command !== undefined && group.commands.size < setLimit) group.commands.add(avc.command)
  if (avc.path !== undefined && group.paths.size < setLimit) group.paths.add(avc.path)
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
  enforced: group.enforced,
  ...(group.first.sameTypeOtherCategories ? { categoriesDiffer: true } : {}),
  sample: group.sample,
})

const compare = (a: Denial, b: Denial): number =>
  `${a.source} ${a.target} ${a.class}` < `${b.source} ${b.target} ${b.class}` ? -1 : 1
