import type { Probe } from '../model/probe.ts'
import { read } from '../model/reading.ts'
import { shellQuote } from './fragment.ts'

/**
 * A profile's own read-only command, run under the same limits as everything else. It has a shell of its own, so that one that
 * does not parse says so and breaks nothing else.
 */
export const command: Probe<'command'> = {
  name: 'command',
  cost: 'moderate',
  bytes: 64 * 1024,
  fragment: ({ run, root }) => `${root ? 'root\n' : ''}sh -c ${shellQuote(run)}`,
  byHand: ({ run }) => run,
  parse: ({ stdout, stderr, exit }) => read({ exit, stdout, stderr }, 'command'),
}
