import { scalarText, type ScalarValue } from '../../model/yaml-scalar.ts'
import type { YamlTree } from '../../model/yaml-tree.ts'
import { pythonStr } from '../python/repr.ts'
import { field } from '../tree.ts'
import { TemplateError } from './template-error.ts'
import { filters } from './template-filters.ts'
import type { TemplateWorld } from './template-world.ts'
import { tokensOf } from './template-tokens.ts'

/** Fills in a variable's own template, as the host would that has it. */
export type Fill = (text: string, of: TemplateWorld) => ScalarValue

const deepest = 100

/** What is looked for may be missing until a `default` comes. */
type Found =
  | { readonly value: ScalarValue }
  | { readonly list: readonly YamlTree[]; readonly said: string; readonly of: TemplateWorld }
  | { readonly missing: string }

/** The value of what stands between `{{` and `}}`. Throws a TemplateError. */
export const evaluate = (source: string, world: TemplateWorld, fill: Fill): ScalarValue => {
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
    if ((name === 'first' || name === 'last') && 'list' in found && args.length === 0) {
      const item = found.list.at(name === 'first' ? 0 : -1)
      return item ? leaf(item, `${found.said} | ${name}`, found.of) : { missing: `${found.said} | ${name}` }
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
    if (token.name === 'hostvars' && !world.variable('hostvars')) return ofHost()
    return path(token.name, world)
  }

  // hostvars[NAME].VARIABLE, or with the NAME of a variable of ours.
  const ofHost = (): Found => {
    const host = key()
    const name = host === undefined ? undefined : key()
    if (typeof host !== 'string' || typeof name !== 'string') throw unknown("'hostvars' as a whole")
    const other = world.host(host)
    if (other) return path(name, other, `hostvars['${host}'].${name}`)
    skip()
    return { missing: `hostvars['${host}']` }
  }

  /** The next `.name` or `[…]`; undefined where there is none. */
  const key = (): ScalarValue => {
    if (takes('.')) {
      const token = tokens[next++]
      if (token?.kind !== 'name') throw unknown('an expression')
      return token.name
    }
    if (!takes('[')) return undefined
    const value = valueOf(joined())
    expect(']')
    return value
  }

  // What comes after something that is not there.
  const skip = (): void => {
    while (key() !== undefined);
  }

  const path = (name: string, of: TemplateWorld, as = name): Found => {
    let tree = of.variable(name) ?? (name === 'groups' ? groupOf(of) : undefined)
    let said = name === 'groups' && tree ? `groups[…]` : as
    for (;;) {
      if (takes('.')) {
        const token = tokens[next++]
        if (token?.kind !== 'name') throw unknown('an expression')
        if (methods.has(token.name)) throw unknown(`'.${token.name}'`)
        said += `.${token.name}`
        tree = field(tree, token.name)
      } else if (takes('[')) {
        const index = valueOf(joined())
        expect(']')
        if (typeof index === 'string') tree = field(tree, index)
        else if (typeof index === 'bigint' || typeof index === 'number') {
          tree = tree?.kind === 'sequence' ? tree.items[Number(index)] : undefined
        } else throw unknown('an expression')
        said += `[${typeof index === 'string' ? `'${index}'` : index}]`
      } else break
    }
    if (takes('(')) throw unknown(`a call of '${said}'`)
    return tree ? leaf(tree, said, of) : { missing: said }
  }

  /** The hosts of the group that is named next. */
  const groupOf = (of: TemplateWorld): YamlTree | undefined => {
    const group = key()
    if (typeof group !== 'string') throw unknown("'groups' as a whole")
    const names = of.group(group)
    const place = { line: 1, column: 1 }
    return (
      names && {
        kind: 'sequence',
        place,
        items: names.map(value => ({ kind: 'scalar', place, value, unsafe: true }) as const),
      }
    )
  }

  const leaf = (tree: YamlTree, said: string, of: TemplateWorld): Found => {
    if (tree.kind === 'sequence') return { list: tree.items, said, of }
    if (tree.kind === 'vault') throw new TemplateError(`needs '${said}', which is encrypted`)
    if (tree.kind !== 'scalar') throw new TemplateError(`needs '${said}', which is not a single value`)
    if (typeof tree.value !== 'string' || tree.unsafe) return { value: tree.value }
    try {
      return { value: fill(tree.value, of) }
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
  if ('list' in found) throw new TemplateError(`needs '${found.said}', which is not a single value`)
  throw new TemplateError(`needs the variable '${found.missing}', which is not set`, found.missing)
}

/** What Ansible knows of a play. */
const notOurs = new Set(['vars', 'play_hosts', 'ansible_play_hosts'])

/** To Jinja, `.items` of a mapping is the method, whatever keys there are. */
const methods = new Set(
  'clear copy fromkeys get items keys pop popitem setdefault update values count index'.split(' '),
)
