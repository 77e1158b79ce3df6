import type { Audit } from '../model/audit.ts'
import { denialKey, type JudgedDenial } from '../model/denial.ts'

/** One rule that was denied, across the fleet. */
export interface FleetDenial {
  readonly rule: string
  /** By which findings on it are known. */
  readonly key: string
  readonly target: string
  readonly permissions: readonly string[]
  /** What it was about, if the records tell. */
  readonly object?: string
  /** What it keeps from working. */
  readonly keeps?: string
  readonly isTyped: boolean
  readonly signature?: string
  readonly diagnosis?: string
  readonly remedy?: string
  readonly isActive: boolean
  readonly isEnforced: boolean
  readonly count: number
  readonly firstSeen: number
  readonly lastSeen: number
  readonly nodes: readonly string[]
  readonly commands: readonly string[]
  readonly because: string
  /** What the policies of its nodes say of it now, where they say the same. */
  readonly present?: string
  readonly sample: string
}

const shown = 200

/** Denials of all nodes grouped by rule: known and active first, then the most recent. */
export const groupDenials = (audit: Audit): readonly FleetDenial[] => {
  const groups = new Map<string, { name: string; denial: JudgedDenial }[]>()
  for (const { name, denials } of audit.nodes)
    for (const denial of denials) {
      // What helps differs where the nodes do.
      const key = [ruleOf(denial), denial.active, denial.signature, denial.owner, denial.remedy].join('\n')
      const group = groups.get(key)
      if (group) group.push({ name, denial })
      else groups.set(key, [{ name, denial }])
    }
  return [...groups.values()].map(merge).toSorted(byWeight).slice(0, shown)
}

const ruleOf = ({ source, target, class: className, permissions }: JudgedDenial): string =>
  `${source} → ${target}:${className} { ${permissions.join(' ')} }`

const merge = (members: readonly { readonly name: string; readonly denial: JudgedDenial }[]): FleetDenial => {
  const denials = members.map(({ denial }) => denial)
  const [first] = denials
  if (!first) throw new Error('an empty group') // groups are made with their first member
  return {
    rule: ruleOf(first),
    key: denialKey(first),
    target: first.target,
    permissions: first.permissions,
    ...objectOf(denials),
    ...(first.keeps === undefined ? {} : { keeps: first.keeps.what }),
    isTyped: first.owner === 'login',
    ...(first.signature === undefined ? {} : { signature: first.signature }),
    ...(first.diagnosis === undefined ? {} : { diagnosis: first.diagnosis }),
    ...(first.remedy === undefined ? {} : { remedy: first.remedy }),
    isActive: first.active,
    isEnforced: denials.some(({ enforced }) => enforced),
    count: denials.reduce((sum, { count }) => sum + count, 0),
    firstSeen: Math.min(...denials.map(one => one.firstSeen)),
    lastSeen: Math.max(...denials.map(one => one.lastSeen)),
    nodes: members.map(({ name }) => name),
    commands: [...new Set(denials.flatMap(({ commands }) => commands))].slice(0, 8),
    because: first.because,
    ...presentText(denials),
    sample: first.sample,
  }
}

// The one that most nodes name.
const objectOf = (denials: readonly JudgedDenial[]): { readonly object?: string } => {
  const counts = new Map<string, number>()
  for (const { object } of denials)
    if (object !== undefined) counts.set(object, (counts.get(object) ?? 0) + 1)
  const [object] = [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? []
  return object === undefined ? {} : { object }
}

const presentText = (denials: readonly JudgedDenial[]): { readonly present?: string } => {
  const texts = new Set(
    denials.map(({ present }) => {
      if (!present) return ''
      if (present.undecided)
        return present.denied.length === 0
          ? 'allowed by its types in the present policy; ranges or roles decide'
          : 'still denied by the present policy'
      if (present.denied.length === 0) return 'allowed by the present policy'
      return present.booleans === undefined
        ? 'still denied by the present policy'
        : `allowed with setsebool -P ${present.booleans.join(' ')}`
    }),
  )
  const [text = ''] = texts
  return texts.size === 1 && text !== '' ? { present: text } : {}
}

const byWeight = (a: FleetDenial, b: FleetDenial): number =>
  Number(b.isActive) - Number(a.isActive) ||
  Number(a.isTyped) - Number(b.isTyped) ||
  weightOf(b) - weightOf(a) ||
  b.lastSeen - a.lastSeen

const weightOf = ({ signature, keeps }: FleetDenial): number =>
  Number(signature !== undefined) + Number(keeps !== undefined)
