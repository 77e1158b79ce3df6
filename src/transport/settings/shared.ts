import pLimit from 'p-limit'
import type { Sections } from './sections.ts'
import { sectionsKey } from './sections.ts'
import type { AskSsh, Question, SaidBySsh } from './ssh-g.ts'

/**
 * Asks about many hosts, and ssh only about few of them: hosts that are in the same sections of the configuration and have
 * the same words get the same answer but for their name. Two of them are asked; where their answers differ in more than the
 * name (a token, say), each is asked.
 */
export const answersFor = async (
  questions: readonly Question[],
  sectionsFor: (words: readonly string[]) => Sections,
  ask: AskSsh,
): Promise<ReadonlyMap<Question, SaidBySsh>> => {
  const limit = pLimit(processes)
  const alike = groupBy(questions, sectionsFor)
  const answered = await Promise.all(
    [...alike.values()].map(async group => {
      const each = () => Promise.all(group.map(async one => [one, await limit(ask, one)] as const))
      const [first, second] = group
      if (!first || !second || group.length < 3 || sectionsFor(first.words).isOpen) return each()
      const [said, also] = await Promise.all([limit(ask, first), limit(ask, second)])
      // Without ssh, or with a configuration that it refuses, every further question comes to the same.
      if (said.said !== 'answer') return group.map(one => [one, said] as const)
      const hostName =
        also.said === 'answer'
          ? hostNameBy({ host: first.host, text: said.text }, { host: second.host, text: also.text })
          : undefined
      return hostName ? group.map(one => [one, { ...said, hostName: hostName(one.host) }] as const) : each()
    }),
  )
  return new Map(answered.flat())
}

const processes = 4

const groupBy = (
  questions: readonly Question[],
  sectionsFor: (words: readonly string[]) => Sections,
): ReadonlyMap<string, readonly Question[]> => {
  const groups = new Map<string, Question[]>()
  for (const question of questions) {
    const key = JSON.stringify([question.words, sectionsKey(sectionsFor(question.words), question.host)])
    const group = groups.get(key)
    if (group) group.push(question)
    else groups.set(key, [question])
  }
  return groups
}

interface Answer {
  readonly host: string
  readonly text: string
}

/** The host name of any host of the group, where two answers differ in nothing but names. */
const hostNameBy = (first: Answer, second: Answer): ((host: string) => string) | undefined => {
  if (withoutNames(first.text) !== withoutNames(second.text)) return undefined
  const [ours, theirs] = [hostNameIn(first.text), hostNameIn(second.text)]
  // ssh writes host names in lower case.
  const [name, other] = [first.host.toLowerCase(), second.host.toLowerCase()]
  for (let at = ours.indexOf(name); at >= 0; at = ours.indexOf(name, at + 1)) {
    const [before, after] = [ours.slice(0, at), ours.slice(at + name.length)]
    if (theirs === before + other + after) return host => before + host.toLowerCase() + after
  }
  return ours === theirs ? () => ours : undefined
}

const names = /^(?:host|hostname) .*$/gm

const withoutNames = (text: string): string => text.replaceAll(names, '')

const hostNameIn = (text: string): string => /^hostname (.*)$/m.exec(text)?.[1] ?? ''
