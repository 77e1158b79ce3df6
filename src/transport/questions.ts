import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Node, SshConnection } from '../model/node.ts'
import { findSettings, type FoundSettings } from './settings/finder.ts'
import { askSsh, type Question } from './settings/ssh-g.ts'

interface AskedBy {
  readonly configFile?: string
  readonly user?: string
  /** Given: its configuration is read, whoever this user is. */
  readonly home?: string
}

/** Asks about all nodes at once with the first of them; nothing is asked, or goes on, once `closing` says so. */
export const settingsFinder = (
  { configFile, user, home: given }: AskedBy,
  home: string,
  nodes: readonly Node[] | undefined,
  closing?: AbortSignal,
) => {
  const file = configFileOf({ configFile, home: given })
  const options = { home, ask: askSsh('ssh', closing), ...(file === undefined ? {} : { configFile: file }) }
  const asked = new Map<string, Promise<FoundSettings>>()
  let all: Promise<ReadonlyMap<string, FoundSettings>> | undefined
  const askAll = async (): Promise<ReadonlyMap<string, FoundSettings>> => {
    const questions = new Map<string, Question>()
    for (const { connection } of nodes ?? [])
      if (connection.kind === 'ssh') {
        const question = questionOf(connection, user)
        questions.set(JSON.stringify(question), question)
      }
    const found = await findSettings([...questions.values()], options)
    return new Map([...found].map(([question, one]) => [JSON.stringify(question), one]))
  }
  const askOne = async (question: Question): Promise<FoundSettings> =>
    (await findSettings([question], options)).get(question) ?? { refused: 'there is no answer' }
  return async (question: Question, node?: Node): Promise<FoundSettings> => {
    const key = JSON.stringify(question)
    const early = node && nodes ? (await (all ??= askAll())).get(key) : undefined
    if (early) return early
    const known = asked.get(key) ?? askOne(question)
    asked.set(key, known)
    return known
  }
}

/** The file that ssh is to read instead of its usual ones. */
export const configFileOf = ({
  configFile,
  home,
}: {
  readonly configFile?: string | undefined
  readonly home?: string | undefined
}): string | undefined => {
  if (configFile !== undefined || home === undefined) return configFile
  const own = join(home, '.ssh', 'config')
  return existsSync(own) ? own : 'none'
}

/** The words for ssh in Ansible’s order, of which the first wins. */
export const questionOf = (connection: SshConnection, user: string | undefined): Question => {
  const { host, port, words } = connection
  const name = connection.user ?? user
  return {
    host,
    words: [
      ...(words?.first ?? []),
      ...(port === undefined ? [] : ['-o', `Port=${port}`]),
      ...(name === undefined ? [] : ['-o', `User=${name}`]),
      ...(words?.last ?? []),
    ],
  }
}

/** What of the words holds for the hosts on the way too: the configuration they are looked up in. */
export const configWords = ({ words }: SshConnection): readonly string[] => {
  const all = [...(words?.first ?? []), ...(words?.last ?? [])]
  const at = all.findLastIndex(word => word.startsWith('-F'))
  if (at < 0) return []
  return all[at] === '-F' ? all.slice(at, at + 2) : all.slice(at, at + 1)
}
