import { matchesPatternList } from '../host-pattern.ts'
import type { ConfigLine } from './config-lines.ts'

/** What decides which parts of a configuration concern a host. */
export interface Sections {
  /** The patterns of `Host` and `Match originalhost` lines, as lists with commas. */
  readonly lists: readonly string[]
  /** Something depends on more than the name as it was given: a command, DNS, the final name. */
  readonly isOpen: boolean
}

export const sectionsOf = (lines: readonly ConfigLine[]): Sections => {
  const matches = lines.filter(({ keyword }) => keyword === 'match')
  return {
    lists: [
      ...new Set([
        ...lines.filter(({ keyword }) => keyword === 'host').map(({ words }) => words.join(',')),
        ...matches.flatMap(({ words }) =>
          words.flatMap((word, at) =>
            /^!?originalhost$/i.test(word)
              ? (words[at + 1] ?? '')
              : (/^!?originalhost=(.*)$/i.exec(word)?.[1] ?? []),
          ),
        ),
      ]),
    ],
    isOpen:
      matches.some(({ words }) => words.some(word => openCriteria.test(word))) ||
      lines.some(
        ({ keyword, words }) =>
          keyword === 'canonicalizehostname' && !/^(?:no|false|none)$/i.test(words[0] ?? 'no'),
      ),
  }
}

const openCriteria = /^!?(?:exec|host|canonical|final)(?:=|$)/i

/** Hosts with the same answer here are in the same sections. */
export const sectionsKey = ({ lists }: Sections, name: string): string =>
  lists.map(list => (matchesPatternList(list, name) ? '1' : '0')).join('')
