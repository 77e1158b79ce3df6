import type { ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import { isComplete } from '../model/reading.ts'
import { matcherOf } from './components.ts'

/**
 * What the process table says of labelling. `on`: unprivileged containers are confined. `off`: every one of them runs as what nobody
 * labels. `odd`: they run as something else. `none`: none of them runs. `untold`: it could not be read.
 */
export type Effect =
  | { readonly state: 'on'; readonly reason: string }
  | { readonly state: 'off'; readonly reason: string; readonly isCertain: boolean }
  | { readonly state: 'odd' | 'none' | 'untold'; readonly reason: string }

/** Which containers are unprivileged is known of components; of other pods, only that what is confined was labelled. */
export const labellingInEffect = (read: ReadAsk, knowledge: Knowledge): Effect => {
  const table = read({ probe: 'processes', params: {} })
  if (table.state === 'unreadable') return { state: 'untold', reason: `processes: ${table.detail}` }
  const { confined, unconfined } = typesOf(knowledge)
  const own = matcherOf(knowledge.components)
    .recognise(table.value)
    .filter(
      ({ component, privileged, process }) => privileged === false && !component.transient && process.pod,
    )
    .map(({ process }) => process.context?.type ?? 'no label')
  const elsewhere = table.value.others
    .filter(({ type }) => confined.includes(type))
    .reduce((sum, { pods }) => sum + pods, 0)
  const labelled = own.filter(type => confined.includes(type))
  if (labelled.length > 0)
    return {
      state: 'on',
      reason: `${labelled.length} of ${own.length} unprivileged containers run as ${namesOf(labelled)}`,
    }
  if (!isComplete(table) && labelled.length === 0)
    return { state: 'untold', reason: 'not all processes could be seen' }
  if (own.length === 0)
    return elsewhere > 0
      ? { state: 'on', reason: `${elsewhere} processes of pods run confined` }
      : { state: 'none', reason: 'no container that is known to be unprivileged runs here' }
  if (!own.every(type => unconfined.includes(type)))
    return { state: 'odd', reason: `unprivileged containers run as ${namesOf(own)}` }
  // Where more is confined than is not, the runtime labels, and these have another trouble.
  if (elsewhere > own.length && isComplete(table))
    return { state: 'on', reason: `${elsewhere} processes of other pods run confined` }
  const reason = `${own.length === 1 ? 'the one unprivileged container runs' : `all ${own.length} unprivileged containers run`} as ${namesOf(own)}`
  return { state: 'off', reason, isCertain: elsewhere === 0 && isComplete(table) }
}

const typesOf = ({ containerPolicies, componentTypes }: Knowledge) => ({
  confined: [...containerPolicies.confined, ...(componentTypes?.confined ?? [])],
  unconfined: [...containerPolicies.unconfined, ...(componentTypes?.privileged ?? [])],
})

const namesOf = (types: readonly string[]): string => [...new Set(types)].toSorted().join(', ')
