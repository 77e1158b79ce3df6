import type { ReadAsk } from '../model/ask.ts'
import { isComplete } from '../model/reading.ts'

/** How many processes of pods were seen, and whether more could have been there unseen. */
export const podProcesses = (read: ReadAsk): { readonly count: number; readonly isComplete: boolean } => {
  const table = read({ probe: 'processes', params: {} })
  if (table.state === 'unreadable') return { count: 0, isComplete: false }
  const kept = table.value.processes.filter(({ pod }) => pod).length
  const others = table.value.others.reduce((sum, other) => sum + other.pods, 0)
  // A process whose cgroup could not be read may be a pod's.
  const undecided = table.value.processes.some(({ pod }) => pod === undefined)
  return { count: kept + others, isComplete: isComplete(table) && !undecided }
}
