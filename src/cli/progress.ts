import type { NodeRecord } from '../model/record.ts'
import type { Output } from './world.ts'

/** One line that says how far the run is; a terminal sees it live, a log file gets nothing until the end. */
export interface Progress {
  record(record: Pick<NodeRecord, 'status'>): void
  /** Takes the line away. */
  clear(): void
}

/** `now` in milliseconds; at most ten lines a second. */
export const progressOn = (output: Output, total: number, now: () => number): Progress => {
  const counts = { answered: 0, partial: 0, missing: 0 }
  let shownAt = 0
  let shown = false
  const show = () => {
    const done = counts.answered + counts.partial + counts.missing
    const trouble = [
      counts.partial && `${counts.partial} partial`,
      counts.missing && `${counts.missing} missing`,
    ].filter(Boolean)
    output.write(
      `\r\u001b[2Ksefleet  ${done}/${total} nodes${trouble.length > 0 ? `, ${trouble.join(', ')}` : ''}`,
    )
    shown = true
    shownAt = now()
  }
  if (output.isTTY) show()
  return {
    record: ({ status }) => {
      counts[status] += 1
      if (output.isTTY && now() - shownAt >= 100) show()
    },
    clear: () => {
      if (shown) output.write('\r\u001b[2K')
      shown = false
    },
  }
}
