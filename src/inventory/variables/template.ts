import type { ScalarValue } from '../../model/yaml-scalar.ts'
import { pythonStr } from '../python/repr.ts'
import { TemplateError } from './template-error.ts'
import { evaluate } from './template-expression.ts'
import type { TemplateWorld } from './template-world.ts'

export const isTemplate = (text: string): boolean => /\{\{|\{%|\{#/.test(text)

/** More templates within templates than anybody writes: a circle. */
const deepest = 30

/**
 * Fills in `{{ name }}`, `{{ name.part['other'] }}`, `{{ hostvars[groups['bastion'][0]].name }}`, the filters `default`, `bool`,
 * `first`, `int`, `last`, `lower`, `string`, `trim` and `upper`, `~`, text and numbers, and `lookup('env', NAME)`: what connection
 * variables are made of. Anything else Jinja can do
 * throws a TemplateError that names it. A template that is one expression keeps the type of its value.
 */
export const fillTemplate = (text: string, world: TemplateWorld, depth = 0): ScalarValue => {
  if (depth > deepest) throw new TemplateError('refers to itself')
  if (/\{%|\{#/.test(text))
    throw new TemplateError('holds a Jinja statement or comment, and sefleet fills in only {{ … }}')
  const fill = (inner: string, of: TemplateWorld): ScalarValue =>
    isTemplate(inner) ? fillTemplate(inner, of, depth + 1) : inner
  const values = partsOf(text).map(part =>
    'expression' in part ? evaluate(part.expression, world, fill) : part.literal,
  )
  const shown = values.filter(value => value !== '')
  if (shown.length <= 1 && values.length === 3) return shown[0] ?? ''
  return values.map(value => textOf(value)).join('')
}

type Part = { readonly literal: string } | { readonly expression: string }

// `{{-` and `-}}` take the blanks before and after with them.
const partsOf = (text: string): readonly Part[] => {
  const pieces = text.split(/\{\{([-+]?)(.*?)([-+]?)\}\}/s)
  const literals = pieces.filter((_, index) => index % 4 === 0)
  if (literals.some(literal => /\{\{|\}\}/.test(literal))) throw new TemplateError('holds {{ without its }}')
  return literals.flatMap((literal, index): readonly Part[] => {
    const before = pieces[index * 4 - 1] // the sign at the end of the expression before
    const [after, expression] = pieces.slice(index * 4 + 1)
    let kept = before === '-' ? literal.trimStart() : literal
    if (after === '-') kept = kept.trimEnd()
    return [{ literal: kept }, ...(expression === undefined ? [] : [{ expression }])]
  })
}

const textOf = (value: ScalarValue): string => {
  if (value === undefined) throw new TemplateError('puts nothing (null) into text')
  return pythonStr(value)
}
