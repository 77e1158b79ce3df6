import type { Audit } from '../model/audit.ts'
import { foldNames } from '../model/fold-names.ts'
import type { HostKeyNote } from '../model/host-keys.ts'

export interface HostKeyRow extends HostKeyNote {
  /** The node on the way to which it was shown. */
  readonly node: string
}

/** Every host key that was let in without being known, those first that nobody verified. */
export const hostKeyRows = ({ nodes }: Audit): readonly HostKeyRow[] =>
  nodes
    .flatMap(({ name, hostKeys = [] }) => hostKeys.map(note => ({ ...note, node: name })))
    .toSorted((a, b) => Number(a.state === 'learnt') - Number(b.state === 'learnt'))

/** What is to be said of them, in a sentence for each kind; `isBad` for what is never to be overlooked. */
export const hostKeyWords = (
  audit: Audit,
): readonly { readonly words: string; readonly isBad: boolean }[] => {
  const rows = hostKeyRows(audit)
  const unverified = rows.filter(({ state }) => state === 'unverified')
  const learnt = rows.filter(({ state }) => state === 'learnt')
  const files = [...new Set(learnt.flatMap(({ file }) => file ?? []))]
  return [
    ...(unverified.length > 0
      ? [
          {
            words: `${count(unverified, 'not verified')} (--host-keys off): whoever answered as ${foldNames(hostsOf(unverified))} was believed.`,
            isBad: true,
          },
        ]
      : []),
    ...(learnt.length > 0
      ? [
          {
            words: `${count(learnt, 'new')} and must stay the same from now on (${foldNames(hostsOf(learnt))}, in ${files.slice(0, 3).join(', ')}): compare the fingerprints once, they are in the report.`,
            isBad: false,
          },
        ]
      : []),
  ]
}

const count = (some: readonly HostKeyRow[], what: string): string =>
  `${some.length} ${some.length === 1 ? `host key was ${what}` : `host keys were ${what}`}`

const hostsOf = (rows: readonly HostKeyRow[]): readonly string[] =>
  [...new Set(rows.map(({ host }) => host))].slice(0, 60)
