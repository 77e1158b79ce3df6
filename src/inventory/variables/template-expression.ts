import { scalarText, type ScalarValue } from '../../model/yaml-scalar.ts'
import type { YamlTree } from '../../model/yaml-tree.ts'
import { pythonStr } from '../python/repr.ts'
import { field } from '../tree.ts'
import { TemplateError } from './template-error.ts'
import { filters } from './template-filters.ts'
import { tokensOf } from './template-tokens.ts'

export interface ExpressionWorld {
  readonly variable: (name: string) => YamlTree | undefined
  readonly environment: (name: string) => string | undefined
  /** Fills in a variable's own template. */
  readonly fill: (text: string) => ScalarValue
}

const deepest = 100

/** What is looked for may be missing until a `default` comes. */
type Found = { readonly value: ScalarValue } | { readonly missing: string }

/** The value of what stands between `{{` and `}}`. Throws a TemplateError. */
export const evaluate = (source: string, world: ExpressionWorld): ScalarValue => {
  const tokens = tokensOf(source)
  let next = 0
  const unknown = (what: string): TemplateError =>
    new TemplateError(`holds ${what}, which sefleet can't fill in: {{ ${shortened(source.trim())} }}`)
  const takes = (sign: string): boolean => {
    const token = tokens[next]
    if (token?.kind !== 'sign' || token.sign !== sign) return false
    next++
    return true
  }
  const expect = (sign: string): void => {
    if (!takes(sign)) throw unknown('an expression')
  }

  let depth = 0
  const joined = (): Found => {
    if (++depth > deepest) throw unknown(`more than ${deepest} brackets within one another`)
    const found = joinedHere()
    depth -= 1
    return found
  }

  const joinedHere = (): Found => {
    const first = filtered()
    if (!takes('~')) return first
    let text = pythonStr(valueOf(first))
    do text += pythonStr(valueOf(filtered()))
    while (takes('~'))
    return { value: text }
  }

  const filtered = (): Found => {
    let found = primary()
    while (takes('|')) {
      const token = tokens[next++]
      const name = token?.kind === 'name' ? token.name : ''
      found = applyFilter(name, found, takes('(') ? argumentsOf() : [])
    }
    return found
  }

  const argumentsOf = (): readonly Found[] => {
    const args: Found[] = []
    while (!takes(')')) {
      args.push(joined())
      if (takes(',')) continue
      expect(')')
      break
    }
    return args
  }

  const applyFilter = (name: string, found: Found, args: readonly Found[]): Found => {
    if ((name === 'default' || name === 'd') && args.length <= 2) {
      const [instead, alsoIfFalse] = args
      const isAnyFalse = alsoIfFalse !== undefined && Boolean(valueOf(alsoIfFalse))
      const isGiven = 'value' in found && !(isAnyFalse && !found.value)
      return isGiven ? found : (instead ?? { value: '' })
    }
    const filter = filters.get(name)
    if (!filter || args.length > 0) throw unknown(`the filter '${name}'`)
    const value = valueOf(found)
    if (value === undefined) throw unknown('a filter of nothing (null)')
    return { value: filter(value) }
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
    if (notOurs.has(token.name) && !world.variable(token.name)) throw unknown(`'${token.name}'`)
    return path(token.name)
  }

  const path = (name: string): Found => {
    let tree = world.variable(name)
    let said = name
    for (;;) {
      if (takes('.')) {
        const token = tokens[next++]
        if (token?.kind !== 'name') throw unknown('an expression')
        if (methods.has(token.name)) throw unknown(`'.${token.name}'`)
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
    return tree ? leaf(tree, said) : { missing: said }
  }

  const leaf = (tree: YamlTree, said: string): Found => {
    if (tree.kind === 'vault') throw new TemplateError(`needs '${said}', which is encrypted`)
    if (tree.kind !== 'scalar') throw new TemplateError(`needs '${said}', which is not a single value`)
    if (typeof tree.value !== 'string' || tree.unsafe) return { value: tree.value }
    try {
      return { value: world.fill(tree.value) }
    } catch (cause) {
      // What lacks a variable is itself missing, and may have a default.
      if (cause instanceof TemplateError && cause.missing !== undefined) return { missing: cause.missing }
      throw cause
    }
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

const shortened = (text: string): string => (text.length <= 200 ? text : `${text.slice(0, 199)}…`)

const valueOf = (found: Found): ScalarValue => {
  if ('value' in found) return found.value
  throw new TemplateError(`needs the variable '${found.missing}', which is not set`, found.missing)
}

/** What Ansible knows of other hosts and of a play. */
const notOurs = new Set(['hostvars', 'groups', 'vars', 'play_hosts', 'ansible_play_hosts'])

/** To Jinja, `.items` of a mapping is the method, whatever keys there are. */
const methods = new Set(
  'clear copy fromkeys get items keys pop popitem setdefault update values count index'.split(' '),
)
