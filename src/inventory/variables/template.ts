import { scalarText, type ScalarValue } from '../../model/yaml-scalar.ts'
import type { YamlTree } from '../../model/yaml-tree.ts'
import { field } from '../tree.ts'

/** What templates may refer to. */
export interface TemplateWorld {
  /** A variable's value, its own templates not filled in yet. */
  readonly variable: (name: string) => YamlTree | undefined
  /** The names there are, for a suggestion. */
  readonly environment: (name: string) => string | undefined
}

/** A template that can't be filled in here, or whose variable is not set; the message ends a sentence. */
export class TemplateError extends Error {
  /** The variable that is not set, where that is the trouble. */
  readonly missing?: string

  constructor(message: string, missing?: string) {
    super(message)
    this.name = 'TemplateError'
    if (missing !== undefined) this.missing = missing
  }
}

export const isTemplate = (text: string): boolean => /\{\{|\{%|\{#/.test(text)

/** More templates within templates than anybody writes: a circle. */
const deepest = 30

/**
 * Fills in `{{ name }}`, `{{ name.part['other'] }}`, the filters `default`, `bool`, `int`, `lower`, `string`, `trim` and
 * `upper`, `~`, text and numbers, and `lookup('env', NAME)`: what connection variables are made of. Anything else Jinja can do
 * throws a TemplateError that names it. A template that is one expression keeps the type of its value.
 */
export const fillTemplate = (text: string, world: TemplateWorld, depth = 0): ScalarValue => {
  if (depth > deepest) throw new TemplateError('refers to itself')
  if (/\{%|\{#/.test(text))
    throw new TemplateError('holds a Jinja statement or comment, and sefleet fills in only {{ … }}')
  const parts = text.split(/\{\{(.*?)\}\}/s)
  if (parts.length % 2 === 0 || parts.some((part, index) => index % 2 === 0 && part.includes('{{'))) {
    throw new TemplateError('holds {{ without its }}')
  }
  const values = parts.map((part, index) => (index % 2 === 0 ? part : expression(part, world, depth)))
  const [before, only, after] = values
  if (values.length === 3 && before === '' && after === '') return only
  return values.map(pythonText).join('')
}

/** As Python's `str` has it. */
const pythonText = (value: ScalarValue): string => {
  if (value === undefined) throw new TemplateError('puts nothing (null) into text')
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'object' ? value.iso : String(value)
}

const tokenPattern =
  /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([0-9]+)(?![\w.])|([A-Za-z_]\w*)|([.[\]()|,~]))/sy

type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: bigint }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'sign'; readonly sign: string }

const tokensOf = (source: string): readonly Token[] => {
  const tokens: Token[] = []
  const text = source.replace(/^[-+]/, '').replace(/[-+]$/, '').trim()
  tokenPattern.lastIndex = 0
  for (let end = 0; end < text.length; end = tokenPattern.lastIndex) {
    const [, single, double, number, name, sign] = tokenPattern.exec(text) ?? []
    const quoted = single ?? double
    // Ansible doubles backslashes before Jinja sees them, so that none means what it seems to.
    if (quoted?.includes('\\')) throw new TemplateError(`holds a backslash in a text: {{ ${text} }}`)
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted })
    else if (number !== undefined) tokens.push({ kind: 'number', number: BigInt(number) })
    else if (name !== undefined) tokens.push({ kind: 'name', name })
    else if (sign !== undefined) tokens.push({ kind: 'sign', sign })
    else throw new TemplateError(`holds an expression that sefleet can't fill in: {{ ${text} }}`)
  }
  return tokens
}

const expression = (source: string, world: TemplateWorld, depth: number): ScalarValue => {
  const tokens = tokensOf(source)
  let next = 0
  const unknown = (what: string): TemplateError =>
    new TemplateError(`holds ${what}, which sefleet can't fill in: {{ ${source.trim()} }}`)
  const takes = (sign: string): boolean => {
    const token = tokens[next]
    if (token?.kind !== 'sign' || token.sign !== sign) return false
    next++
    return true
  }
  const expect = (sign: string): void => {
    if (!takes(sign)) throw unknown('an expression')
  }

  // What is looked for may be missing until a `default` comes.
  type Found = { readonly value: ScalarValue } | { readonly missing: string }
  const valueOf = (found: Found): ScalarValue => {
    if ('value' in found) return found.value
    throw new TemplateError(`needs the variable '${found.missing}', which is not set`, found.missing)
  }

  const joined = (): Found => {
    const first = filtered()
    if (!takes('~')) return first
    let text = pythonText(valueOf(first))
    do text += pythonText(valueOf(filtered()))
    while (takes('~'))
    return { value: text }
  }

  const filtered = (): Found => {
    let found = primary()
    while (takes('|')) {
      const token = tokens[next++]
      const name = token?.kind === 'name' ? token.name : ''
      const args = takes('(') ? argumentsOf() : []
      found = applyFilter(name, found, args)
    }
    return found
  }

  const argumentsOf = (): readonly Found[] => {
    const args: Found[] = []
    while (!takes(')')) {
      args.push(joined())
      if (!takes(',')) {
        expect(')')
        break
      }
    }
    return args
  }

  const applyFilter = (name: string, found: Found, args: readonly Found[]): Found => {
    if (name === 'default' || name === 'd') {
      const [instead, evenIfFalse] = args
      const isAnyFalse = evenIfFalse !== undefined && valueOf(evenIfFalse) === true
      const isGiven = 'value' in found && !(isAnyFalse && isFalse(found.value))
      return isGiven ? found : (instead ?? { value: '' })
    }
    const filter = filters[name]
    if (!filter || args.length > 0) throw unknown(`the filter '${name}'`)
    return { value: filter(valueOf(found)) }
  }

  const primary = (): Found => {
    const token = tokens[next++]
    if (token?.kind === 'text') return { value: token.text }
    if (token?.kind === 'number') return { value: token.number }
    if (token?.kind === 'sign' && token.sign === '(') {
      const inner = joined()
      expect(')')
      return inner
    }
    if (token?.kind !== 'name') throw unknown('an expression')
    if (token.name === 'lookup') return lookup()
    if (/^(?:true|True|false|False)$/.test(token.name)) return { value: /^t/i.test(token.name) }
    if (['hostvars', 'groups', 'vars'].includes(token.name) && !world.variable(token.name)) {
      throw unknown(`'${token.name}'`)
    }
    return path(token.name)
  }

  const path = (name: string): Found => {
    let tree = world.variable(name)
    let said = name
    for (;;) {
      if (takes('.')) {
        const token = tokens[next++]
        if (token?.kind !== 'name') throw unknown('an expression')
        said += `.${token.name}`
        tree = field(tree, token.name)
      } else if (takes('[')) {
        const token = tokens[next++]
        expect(']')
        if (token?.kind === 'text') tree = field(tree, token.text)
        else if (token?.kind === 'number') {
          tree = tree?.kind === 'sequence' ? tree.items[Number(token.number)] : undefined
        } else throw unknown('an expression')
        said += `[${token.kind === 'text' ? `'${token.text}'` : token.number}]`
      } else break
    }
    if (takes('(')) throw unknown(`a call of '${said}'`)
    if (!tree) return { missing: said }
    if (tree.kind === 'vault') throw new TemplateError(`needs '${said}', which is encrypted`)
    if (tree.kind !== 'scalar') throw new TemplateError(`needs '${said}', which is not a single value`)
    if (typeof tree.value !== 'string' || tree.unsafe || !isTemplate(tree.value)) return { value: tree.value }
    return { value: fillTemplate(tree.value, world, depth + 1) }
  }

  const lookup = (): Found => {
    expect('(')
    const [kind, name, ...others] = argumentsOf().map(valueOf)
    if (kind !== 'env' || typeof name !== 'string' || others.length > 0)
      throw unknown(`lookup('${scalarText(kind)}', …)`)
    return { value: world.environment(name) ?? '' }
  }

  const found = joined()
  if (next < tokens.length) throw unknown('an expression')
  return valueOf(found)
}

const isFalse = (value: ScalarValue): boolean => !value

const filters: Readonly<Record<string, (value: ScalarValue) => ScalarValue>> = {
  bool: value => /^(?:true|yes|on|1|t|y)$/i.test(pythonText(value).trim()),
  int: value => (/^\s*[-+]?[0-9]+\s*$/.test(pythonText(value)) ? BigInt(pythonText(value).trim()) : 0n),
  lower: value => pythonText(value).toLowerCase(),
  string: pythonText,
  trim: value => pythonText(value).trim(),
  upper: value => pythonText(value).toUpperCase(),
}
