import { addendum } from './addendum.ts'
import { playbook } from './playbook.ts'
import type { Reporter } from './report-file.ts'

/**
 * Files for an operator to review and run: a playbook that takes updates back on the nodes concerned, and a CIL addendum with what
 * is active and still denied. Only what there is something to say about is written; sefleet runs none of it.
 */
export const remedies: Reporter = audit => [
  ...fileOf('remedies/roll-back.yaml', playbook(audit)),
  ...fileOf('remedies/addendum.cil', addendum(audit)),
]

const fileOf = (path: string, content: string | undefined) =>
  content === undefined ? [] : [{ path, content }]
