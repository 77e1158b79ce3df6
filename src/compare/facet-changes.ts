import { comparePackageVersions } from '../model/package-version.ts'
import {
  facetTypes,
  versionSeparator,
  type Facet,
  type FacetItem,
  type Facets,
  type FacetType,
  type PackageManager,
} from '../model/facet.ts'

/** What is otherwise about one node than it was. */
export interface NodeChange {
  readonly type: FacetType
  readonly name: string
  readonly change: 'appeared' | 'changed' | 'vanished' | 'lost'
  readonly before?: string
  readonly after?: string
  /** Since when it is as it is now, epoch seconds by the clock of the machine that asked, where that is known. */
  readonly since?: number
  /** Of a package. */
  readonly direction?: 'up' | 'down'
  /** Of a package: what tells the transaction that brought it from others of this node. */
  readonly transaction?: number
  readonly manager?: PackageManager
}

/** Facts whose coming and going says nothing: pods move, volumes come and go, paths with them. */
const onlyChanges: ReadonlySet<FacetType> = new Set([
  'boot',
  'machine',
  'domain',
  'label',
  'restart',
  'component',
])

/** Seconds between two readings of the same moment: ps counts whole seconds; how far a clock is off is known to a minute. */
const sameMoment = { trueClock: 10, correctedClock: 90 }

/** Seconds that the node’s clock was ahead in each run. */
export interface Clocks {
  readonly before: number
  readonly after: number
}

/** And, within one boot, how many it was set forward in between. */
interface KnownClocks extends Clocks {
  readonly stepped?: number
}

/** What differs between a node's facts of two runs. What could be read and now cannot is lost, never gone. */
export const facetChanges = (
  before: Facets,
  after: Facets,
  clocks: Clocks = { before: 0, after: 0 },
): readonly NodeChange[] => {
  const stepped = clockStep(before.boot, after.boot)
  return facetTypes.flatMap(type => {
    const [then, now] = [before[type], after[type]]
    // Nodes with equal answers share their facets.
    if (then === now || then.state === 'unreadable') return []
    if (now.state === 'unreadable') return [{ type, name: type, change: 'lost', after: now.why }]
    return itemChanges(type, then, now, { ...clocks, ...stepped })
  })
}

type Read = Extract<Facet, { readonly state: 'read' }>

const itemChanges = (type: FacetType, then: Read, now: Read, clocks: KnownClocks): readonly NodeChange[] => {
  const changes: NodeChange[] = []
  const sinceOf = ({
    since,
    transaction,
    manager,
  }: FacetItem): Pick<NodeChange, 'since' | 'transaction' | 'manager'> => ({
    ...(since === undefined ? {} : { since: since - clocks.after }),
    ...(transaction === undefined ? {} : { transaction }),
    ...(manager === undefined ? {} : { manager }),
  })
  for (const [name, was] of then.items) {
    const is = now.items.get(name)
    if (is) {
      const isWhole = (then.isComplete && now.isComplete) || !isSummed(type, was, is)
      if (!isSame(type, was, is, clocks) && isWhole)
        changes.push({
          type,
          name,
          change: 'changed',
          before: was.value,
          after: is.value,
          ...sinceOf(is),
          ...directionOf(was, is),
        })
      continue
    }
    // Not in what was seen of a part of them is not gone.
    if (now.isComplete && !onlyChanges.has(type))
      changes.push({ type, name, change: 'vanished', before: was.value })
  }
  if (then.isComplete && !onlyChanges.has(type))
    for (const [name, is] of now.items)
      if (!then.items.has(name))
        changes.push({ type, name, change: 'appeared', after: is.value, ...sinceOf(is) })
  return changes
}

// What sums up all processes of a component: that of a part of them is another. A single version is told by one.
const isSummed = (type: FacetType, was: FacetItem, is: FacetItem): boolean =>
  type === 'domain' ||
  type === 'restart' ||
  (type === 'component' && [was, is].some(({ value }) => value.includes(versionSeparator)))

const isSame = (
  type: FacetType,
  was: FacetItem,
  is: FacetItem,
  { before, after, stepped }: KnownClocks,
): boolean => {
  if (type !== 'boot' && type !== 'restart') return was.value === is.value
  if (was.mark !== undefined && is.mark !== undefined) return was.mark === is.mark
  const apart = Number(was.value) - Number(is.value)
  if (stepped !== undefined) return Math.abs(apart + stepped) <= sameMoment.trueClock
  // A clock that was stepped moves the past with it.
  return (
    Math.abs(apart) <= sameMoment.trueClock ||
    (before !== after && Math.abs(apart - before + after) <= sameMoment.correctedClock)
  )
}

// The kernel reckons the time of its boot, and ps every start, back from the present: within one boot they move together.
const clockStep = (then: Facet, now: Facet): { readonly stepped?: number } => {
  const [was, is] = [bootOf(then), bootOf(now)]
  return was?.mark !== undefined && was.mark === is?.mark
    ? { stepped: Number(is.value) - Number(was.value) }
    : {}
}

const bootOf = (facet: Facet): FacetItem | undefined =>
  facet.state === 'read' ? facet.items.get('boot') : undefined

const directionOf = (was: FacetItem, is: FacetItem): { readonly direction?: 'up' | 'down' } => {
  if (was.manager === undefined || was.manager !== is.manager) return {}
  const order = comparePackageVersions(highest(was), highest(is), is.manager)
  return order === 0 ? {} : { direction: order < 0 ? 'up' : 'down' }
}

// Of kernels side by side: one more below the highest, or one less, leads neither up nor down.
const highest = ({ value }: FacetItem): string => value.split(versionSeparator).at(-1) ?? value
