import type { Ask, ReadAsk } from '../model/ask.ts'
import type { Expression, Knowledge } from '../model/check.ts'
import type { FactName } from '../model/facet.ts'
import type { Judgement } from '../model/outcome.ts'
import { fail, finding, pass } from './judgements.ts'
import { kindOf } from './kinds/index.ts'

/** Every question an expression asks. */
export const asksOf = (expression: Expression, knowledge: Knowledge): readonly Ask[] => {
  if ('kind' in expression) return kindOf(expression.kind).asks(expression.params, knowledge)
  if ('not' in expression) return asksOf(expression.not, knowledge)
  return ('all' in expression ? expression.all : expression.any).flatMap(member => asksOf(member, knowledge))
}

/** The facts that an expression judges. */
export const factsJudgedBy = (expression: Expression): readonly FactName[] => {
  if ('kind' in expression) return kindOf(expression.kind).judges?.(expression.params) ?? []
  if ('not' in expression) return factsJudgedBy(expression.not)
  return ('all' in expression ? expression.all : expression.any).flatMap(factsJudgedBy)
}

/**
 * Judges an expression in strong Kleene logic: `not unknown` is unknown; in `all` a fail wins, in `any` a pass wins;
 * not-applicable drops out, and where all drop out the whole is not applicable.
 */
export const judge = (expression: Expression, read: ReadAsk, knowledge: Knowledge): Judgement => {
  if ('kind' in expression) return kindOf(expression.kind).judge(expression.params, read, knowledge)
  if ('not' in expression) return negate(judge(expression.not, read, knowledge))
  const members = ('all' in expression ? expression.all : expression.any).map(member =>
    judge(member, read, knowledge),
  )
  return combine(members, 'all' in expression ? ['fail', 'unknown', 'pass'] : ['pass', 'unknown', 'fail'])
}

const negate = (judgement: Judgement): Judgement => {
  if (judgement.status === 'pass')
    return fail(finding('holds', inline(judgement.reason), judgement.reason.split('\n')))
  if (judgement.status === 'fail') return pass(judgement.findings.map(({ message }) => message).join('; '))
  return judgement
}

const combine = (members: readonly Judgement[], order: readonly Judgement['status'][]): Judgement => {
  const status = order.find(one => members.some(member => member.status === one)) ?? 'not-applicable'
  const chosen = members.filter(member => member.status === status)
  const [first] = chosen
  if (!first) throw new Error('an empty combination') // refused when the profile was read
  if (first.status === 'fail')
    return fail(...chosen.flatMap(member => (member.status === 'fail' ? member.findings : [])))
  const next = chosen.flatMap(member => ('next' in member && member.next !== undefined ? [member.next] : []))
  return {
    ...first,
    reason: chosen.map(member => ('reason' in member ? member.reason : '')).join('\n'),
    ...(next.length > 0 ? { next: [...new Set(next)].join(' ') } : {}),
  }
}

/** Reasons of several members, a line each, as one sentence. */
export const inline = (reason: string): string => reason.replace(/;?\n/g, '; ')
