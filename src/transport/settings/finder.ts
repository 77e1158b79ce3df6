import { join } from 'node:path'
import { settingsOf } from './answer.ts'
import { type ConfigLine, configLines } from './config-lines.ts'
import { passwdHome } from './expand.ts'
import { answerOffline } from './offline.ts'
import { type Sections, sectionsOf } from './sections.ts'
import type { SshSettings } from './settings.ts'
import { answersFor } from './shared.ts'
import type { AskSsh, Question, SaidBySsh } from './ssh-g.ts'
import { readWords } from '../../model/ssh-words.ts'

export type FoundSettings =
  | { readonly settings: SshSettings }
  /** What ssh, or we, cannot make sense of; for the end of a sentence. */
  | { readonly refused: string }

export interface FinderOptions {
  /** Instead of the user’s and the system’s configuration, where the words name none; `none` is none. */
  readonly configFile?: string
  readonly home: string
  readonly ask: AskSsh
}

/** Says for many hosts at once what ssh would do, each with the words it is given before it. */
export const findSettings = async (
  questions: readonly Question[],
  { configFile, home, ask }: FinderOptions,
): Promise<ReadonlyMap<Question, FoundSettings>> => {
  const files = new Map<string, readonly ConfigLine[]>()
  // Of several -F ssh takes the last: an inventory's stands above the command line's.
  const linesFor = (words: readonly string[]): readonly ConfigLine[] => {
    const file = readWords(words).configFile ?? configFile
    const key = file ?? ''
    const known = files.get(key) ?? readFiles(file, passwdHome(home))
    files.set(key, known)
    return known
  }
  const sections = new Map<readonly ConfigLine[], Sections>()
  const sectionsFor = (words: readonly string[]): Sections => {
    const lines = linesFor(words)
    const known = sections.get(lines) ?? sectionsOf(lines)
    sections.set(lines, known)
    return known
  }
  const asked = questions.map(question => ({
    question,
    put: {
      ...question,
      words: configFile === undefined ? question.words : ['-F', configFile, ...question.words],
    },
  }))
  const answers = await answersFor(
    asked.map(({ put }) => put),
    sectionsFor,
    ask,
  )
  const read = reader()
  return new Map(
    asked.map(({ question, put }) => {
      const said = answers.get(put) ?? { said: 'nothing' as const }
      return [
        question,
        foundOf(said.said === 'nothing' ? answerOffline(put, linesFor(put.words), home) : said, read),
      ] as const
    }),
  )
}

const readFiles = (file: string | undefined, home: string): readonly ConfigLine[] => {
  const own = { folder: join(home, '.ssh'), home }
  if (file === 'none') return []
  if (file !== undefined) return configLines(file, own)
  return [
    ...configLines(join(home, '.ssh', 'config'), own),
    { keyword: 'host', words: ['*'], text: 'Host *' },
    ...configLines('/etc/ssh/ssh_config', { folder: '/etc/ssh', home }),
  ]
}

const foundOf = (said: SaidBySsh, read: (text: string) => SshSettings | undefined): FoundSettings => {
  if (said.said === 'nothing') return { refused: 'there is no answer' }
  if (said.said === 'refusal') return { refused: said.why }
  const settings = read(said.text)
  if (!settings) return { refused: 'its answer names no host, port or way that could be read' }
  return { settings: said.hostName === undefined ? settings : { ...settings, host: said.hostName } }
}

// Many hosts share one text.
const reader = (): ((text: string) => SshSettings | undefined) => {
  const read = new Map<string, SshSettings | undefined>()
  return text => {
    if (!read.has(text)) read.set(text, settingsOf(text))
    return read.get(text)
  }
}
