import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { globMatches } from '../../model/glob.ts'

/** A line of ssh_config: its keyword in lower case, and its words without quotation marks. */
export interface ConfigLine {
  readonly keyword: string
  readonly words: readonly string[]
  /** The line as written. */
  readonly text: string
}

/** Where relative names of `Include` are looked up, and `~`. */
export interface ConfigPlace {
  /** `~/.ssh` for a user’s file, `/etc/ssh` for the system’s. */
  readonly folder: string
  readonly home: string
}

/** The lines of a configuration with what it includes in place; a file that cannot be read has none, as for ssh. */
export const configLines = (file: string, place: ConfigPlace, depth = 0): readonly ConfigLine[] => {
  // As deep as OpenSSH goes (readconf.c, READCONF_MAX_DEPTH).
  if (depth > 16) return []
  return linesOf(textOf(file)).flatMap(line =>
    line.keyword === 'include'
      ? line.words.flatMap(word =>
          filesOf(wholeName(word, place)).flatMap(name => configLines(name, place, depth + 1)),
        )
      : [line],
  )
}

const textOf = (file: string): string => {
  try {
    return statSync(file).size > configBytes ? '' : readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

const configBytes = 4 * 1024 * 1024

const linesOf = (text: string): readonly ConfigLine[] =>
  text.split(/\r?\n/).flatMap(line => {
    const [, keyword, rest = ''] = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+|$)(.*)$/.exec(line) ?? []
    return keyword === undefined
      ? []
      : [{ keyword: keyword.toLowerCase(), words: wordsOf(rest), text: line.trim() }]
  })

// A `#` begins a comment only where a word begins.
const wordsOf = (text: string): readonly string[] => {
  const words = [...text.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(([whole, double, single]) => ({
    whole,
    word: double ?? single ?? whole,
  }))
  const end = words.findIndex(({ whole }) => whole.startsWith('#'))
  return (end < 0 ? words : words.slice(0, end)).map(({ word }) => word)
}

const wholeName = (name: string, { folder, home }: ConfigPlace): string => {
  if (name.startsWith('~/')) return join(home, name.slice(2))
  return name.startsWith('/') ? name : join(folder, name)
}

/** The files a pattern of glob(7) names, in order. */
const filesOf = (pattern: string): readonly string[] =>
  pattern
    .split('/')
    .slice(1)
    .reduce<readonly string[]>(
      (found, part) =>
        /[*?[]/.test(part)
          ? found.flatMap(folder =>
              namesIn(folder)
                .filter(name => globMatches(part, name) && (part.startsWith('.') || !name.startsWith('.')))
                .map(name => `${folder}/${name}`),
            )
          : found.map(folder => `${folder}/${part}`),
      [''],
    )

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder === '' ? '/' : folder).toSorted()
  } catch {
    return []
  }
}
