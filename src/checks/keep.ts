import type { Expression, Knowledge, Profile } from '../model/check.ts'
import { compileLines, compileRegex } from '../model/regex.ts'
import type { Keep } from '../model/probe.ts'
import { matcherOf } from './components.ts'
import { kindOf } from './kinds/index.ts'

/**
 * Which argv the collector may store: what `process` checks name by pattern, and of components the program and the words
 * that somebody reads. What else stands on a command line is of no use to us, and may be a secret.
 */
export const keepFor = (profiles: readonly Profile[], { components }: Knowledge): Keep => {
  const { matches } = matcherOf(components)
  const isRead = wordsReader(components.words)
  const patterns = profiles
    .flatMap(({ checks }) => checks)
    .flatMap(({ requirement, when, lowered, instead }) => [
      requirement,
      ...(when ? [when] : []),
      ...lowered.map(one => one.when),
      ...instead.map(one => one.when),
    ])
    .flatMap(argvPatterns)
    .map(compileLines)
  return {
    argv: argv => {
      const component = matches(argv)
      if (component?.keep === 'name') return argv.split(/\s/, 1)[0] ?? ''
      if (patterns.some(({ isIn }) => isIn(argv))) return argv
      if (!component) return undefined
      const [program = '', ...words] = argv.split(/\s+/)
      const kept = [program, ...words.filter(isRead)].join(' ')
      // What is not recognised by its words alone is kept whole: a process may not vanish.
      return matches(kept)?.id === component.id ? kept : argv
    },
  }
}

// Nodes are alike, and so are their words.
const remembered = 5000
const wordsReader = (patterns: readonly string[]): ((word: string) => boolean) => {
  const { isIn } = compileRegex(`^(?:${patterns.join('|')})$`)
  const known = new Map<string, boolean>()
  return word => {
    const found = known.get(word) ?? (word.length <= 300 && isIn(word))
    if (known.size >= remembered) known.clear()
    known.set(word, found)
    return found
  }
}

const argvPatterns = (expression: Expression): readonly string[] => {
  if ('not' in expression) return argvPatterns(expression.not)
  if ('all' in expression) return expression.all.flatMap(argvPatterns)
  if ('any' in expression) return expression.any.flatMap(argvPatterns)
  return kindOf(expression.kind).keepsArgv?.(expression.params) ?? []
}
