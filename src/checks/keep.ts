import type { Expression, Knowledge, Profile } from '../model/check.ts'
import { compileLines } from '../model/regex.ts'
import type { Keep } from '../model/probe.ts'
import { matcherOf } from './components.ts'
import { kindOf } from './kinds/index.ts'

/** Which argv the collector may store: components as their data says, and what `process` checks name by pattern. */
export const keepFor = (profiles: readonly Profile[], { components }: Knowledge): Keep => {
  const { matches } = matcherOf(components)
  const patterns = profiles
    .flatMap(({ checks }) => checks)
    .flatMap(({ requirement, when, lowered }) => [
      requirement,
      ...(when ? [when] : []),
      ...lowered.map(one => one.when),
    ])
    .flatMap(argvPatterns)
    .map(compileLines)
  return {
    argv: argv => {
      const component = matches(argv)
      if (component) return component.keep
      return patterns.some(({ isIn }) => isIn(argv)) ? 'argv' : 'nothing'
    },
  }
}

const argvPatterns = (expression: Expression): readonly string[] => {
  if ('not' in expression) return argvPatterns(expression.not)
  if ('all' in expression) return expression.all.flatMap(argvPatterns)
  if ('any' in expression) return expression.any.flatMap(argvPatterns)
  return kindOf(expression.kind).keepsArgv?.(expression.params) ?? []
}
