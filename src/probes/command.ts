import type { Probe } from '../model/probe.ts'
import { read } from '../model/reading.ts'

/** A profile's own read-only command, run under the same limits as everything else. */
export const command: Probe<'command'> = {
  name: 'command',
  cost: 'moderate',
  bytes: 64 * 1024,
  fragment: ({ run, root }) => `${root ? 'root\n' : ''}( ${run}
)`,
  byHand: ({ run }) => run,
  parse: ({ stdout, stderr, exit }) => read({ exit, stdout, stderr }, 'command'),
}
