import type { MembershipItem, PolicyItem } from '../../model/policy-item.ts'
import { byCodePoint } from '../names.ts'
import { sumOf } from './membership-sums.ts'
import { rankOf } from './telling.ts'

/** The order in which differences are told: what stops processes from being what they were comes first. */
export const byHarm = (items: readonly PolicyItem[]): readonly PolicyItem[] =>
  items
    .map(item => ({ item, rank: rankOfItem(item), size: sizeOf(item), text: textOf(item) }))
    .toSorted((a, b) => compared(a.rank, b.rank) || b.size - a.size || byCodePoint(a.text, b.text))
    .map(({ item }) => item)

// A type that vanished with its whole module; domains that processes enter; permissions that are gone, then new; what is created; the rest.
const rankOfItem = (item: PolicyItem): readonly number[] => {
  switch (item.kind) {
    case 'types':
      return isModule(item) ? [0] : [9]
    case 'levels':
      return [1]
    case 'membership':
      return item.processes > 0 ? [2, 0, Number(item.change === 'joined')] : [item.change === 'left' ? 3 : 5]
    case 'transition':
      return item.class === 'process'
        ? [2, 1, ['lost', 'changed', 'gained'].indexOf(item.change)]
        : [7, ['lost', 'changed', 'gained'].indexOf(item.change)]
    case 'rule': {
      const rank = Math.min(...item.permissions.map(rankOf))
      return [{ removed: 3, condition: 3, added: 5 }[item.change], rank, Number(item.change === 'condition')]
    }
    case 'permissive':
    case 'never-audited':
      return [4, item.kind === 'permissive' ? 0 : 1, Number(item.change === 'added')]
    case 'boolean':
      return [4, 2]
    case 'creation':
      return [7, ['lost', 'changed', 'gained'].indexOf(item.change)]
    case 'role':
      return [8, 0, Number(item.change === 'added')]
    case 'statement':
      return [8, 1, ['removed', 'changed', 'added'].indexOf(item.change)]
    case 'classes':
      return [8, 2, Number(item.change === 'added')]
    case 'logging':
      return [10, Number(item.rule === 'auditallow')]
    default:
      return item satisfies never
  }
}

const sizeOf = (item: PolicyItem): number => {
  if (item.kind === 'membership') return weightOf(item)
  return item.kind === 'creation' ? item.sources.count * (item.files?.count ?? 1) : 0
}

const weightOf = ({ processes, creations, own, others }: MembershipItem): number =>
  processes + creations + sumOf(own) + sumOf(others)

const textOf = (item: PolicyItem): string => {
  switch (item.kind) {
    case 'transition':
    case 'rule':
      return `${item.source} ${item.target}:${item.class}`
    case 'creation':
      return `${item.sources.names[0] ?? ''} ${item.target}:${item.class}`
    case 'membership':
      return `${item.type} ${item.attribute}`
    case 'statement':
      return item.change === 'changed' ? item.about : item.text
    case 'types':
    case 'classes':
      return item.change === 'removed' ? '0' : '1'
    case 'levels':
    case 'logging':
      return ''
    case 'permissive':
    case 'never-audited':
    case 'boolean':
    case 'role':
      return item.name
    default:
      return item satisfies never
  }
}

const compared = (a: readonly number[], b: readonly number[]): number => {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? -1) - (b[index] ?? -1)
    if (difference !== 0) return difference
  }
  return 0
}

/** Whether so many types of one family went that a policy module must have gone with them. */
export const isModule = (item: Extract<PolicyItem, { readonly kind: 'types' | 'classes' }>): boolean =>
  item.kind === 'types' && item.change === 'removed' && (item.family?.count ?? 0) >= fewestOfModule

const fewestOfModule = 4
