import type { ScalarValue } from '../../model/yaml-scalar.ts'
import type { Place, YamlTree } from '../../model/yaml-tree.ts'
import { numberAt } from './number.ts'
import { stringAt, textOfBytes } from './string.ts'

/** A text that Python takes for a literal and then can't make: `{{ 1 }}` is a set that holds a set. Ansible ends there. */
export class PythonTypeError extends Error {
  readonly place: Place

  constructor(message: string, place: Place) {
    super(message)
    this.name = 'PythonTypeError'
    this.place = place
  }
}

/**
 * What Python's `ast.literal_eval` makes of one line of text; undefined where it makes nothing, as of most words. Tuples and
 * sets become sequences, the latter in the order written. Kept as their text, as no tree has a place for them: complex
 * numbers and `...`; bytes become the text that Ansible makes of them. Every part has the place of the whole. Throws
 * PythonTypeError.
 */
export const pythonLiteral = (text: string, place: Place): YamlTree | undefined => {
  if (/[\n\r\0\p{Surrogate}]/u.test(text)) return undefined
  if (noWayToBegin.test(text)) return undefined
  try {
    return parse(text, place)
  } catch (cause) {
    if (cause === noLiteral) return undefined
    throw cause
  }
}

// One for all: most values of an inventory end here, and a stack each would cost more than the reading.
const noLiteral = new Error('no Python literal')

/** Words, addresses and versions, which need no closer look. */
const noWayToBegin = /^(?:(?!(?:True|False|None|set\b|[rRbBuU]{1,2}['"]))[A-Za-z_]|\d+\.\d+\.\d)/

/** Python's tokenizer counts open brackets up to here. */
const mostOpen = 200

interface Value {
  readonly tree: YamlTree
  /** Equal for what Python finds equal (1, 1.0 and True); undefined for what can't be a key or in a set. */
  readonly identity: string | undefined
  /** As Python names the type. */
  readonly type: string
  /** Of a number without a sign, or with one: what signs and sums may be made of. */
  readonly number?: {
    readonly real?: bigint | number
    readonly imaginary?: number
    readonly isSigned: boolean
  }
}

const parse = (text: string, place: Place): YamlTree => {
  let at = 0
  let open = 0
  let unhashable: string | undefined

  // A comment runs to the end of the text, wherever it begins.
  const skip = (): void => {
    while (at < text.length && ' \t\f'.includes(text.charAt(at))) at++
    if (text[at] === '#') at = text.length
  }
  const take = (token: string): boolean => {
    skip()
    if (!text.startsWith(token, at)) return false
    at += token.length
    return true
  }
  const scalar = (value: ScalarValue): YamlTree => ({ kind: 'scalar', place, value })

  /** Values up to `close`, or up to the end of the text. */
  const readItems = (close: string): { readonly items: readonly Value[]; readonly isList: boolean } => {
    const items: Value[] = []
    let isList = false
    for (let comma = true; !isEnd(close); isList ||= comma) {
      if (!comma) throw noLiteral
      items.push(readSum())
      comma = take(',')
    }
    return { items, isList }
  }
  const isEnd = (close: string): boolean => {
    skip()
    return close === '' ? at >= text.length : text[at] === close
  }

  const readSum = (): Value => {
    skip()
    const begin = at
    const left = readSigned()
    const isMinus = take('-')
    if (!isMinus && !take('+')) return left
    const right = readOne()
    const { real } = left.number ?? {}
    const { imaginary, isSigned } = right.number ?? {}
    if (real === undefined || imaginary === undefined || isSigned) throw noLiteral
    return complex(Number(real), isMinus ? -imaginary : imaginary, begin)
  }

  const readSigned = (): Value => {
    const begin = at
    const isMinus = take('-')
    if (!isMinus && !take('+')) return readOne()
    const { number } = readOne()
    if (!number || number.isSigned) throw noLiteral
    const { real, imaginary } = number
    if (real !== undefined) return numeric(isMinus ? -real : real, true)
    const part = imaginary ?? 0
    const signed = isMinus ? -part : part
    return { ...complex(0, signed, begin), number: { imaginary: signed, isSigned: true } }
  }

  const numeric = (real: bigint | number, isSigned: boolean): Value => ({
    tree: scalar(real),
    identity: numberIdentity(real),
    type: typeof real === 'bigint' ? 'int' : 'float',
    number: { real, isSigned },
  })

  const complex = (real: number, imaginary: number, begin: number): Value => ({
    tree: scalar(text.slice(begin, at)),
    identity: imaginary === 0 ? numberIdentity(real) : `complex ${real} ${imaginary}`,
    type: 'complex',
  })

  const readOne = (): Value => {
    skip()
    const begin = at
    const number = numberAt(text, at)
    if (number) {
      at = number.end
      const { real, imaginary = 0 } = number
      if (real !== undefined) return numeric(real, false)
      return { ...complex(0, imaginary, begin), number: { imaginary, isSigned: false } }
    }
    const first = stringAt(text, at)
    if (first) return readStrings(first.kind)
    if (text[at] === '(' || text[at] === '[' || text[at] === '{') return readBracketed()
    return readWord()
  }

  const readStrings = (kind: 'str' | 'bytes'): Value => {
    let whole = ''
    for (let part = stringAt(text, at); part; part = stringAt(text, at)) {
      if (part.kind !== kind) throw noLiteral
      whole += part.text
      at = part.end
      skip()
    }
    return {
      tree: scalar(kind === 'bytes' ? textOfBytes(whole) : whole),
      identity: `${kind} ${whole}`,
      type: kind,
    }
  }

  const readWord = (): Value => {
    if (take('...')) return { tree: scalar('...'), identity: '...', type: 'ellipsis' }
    const [word = ''] = /^\w+/.exec(text.slice(at, at + 6)) ?? []
    at += word.length
    if (word === 'True') return { tree: scalar(true), identity: numberIdentity(1n), type: 'bool' }
    if (word === 'False') return { tree: scalar(false), identity: numberIdentity(0n), type: 'bool' }
    if (word === 'None') return { tree: scalar(undefined), identity: 'None', type: 'NoneType' }
    if (word === 'set' && open < mostOpen && take('(') && take(')')) {
      return { tree: { kind: 'sequence', place, items: [] }, identity: undefined, type: 'set' }
    }
    throw noLiteral
  }

  const readBracketed = (): Value => {
    if (++open > mostOpen) throw noLiteral
    const bracket = text[at++]
    const value = bracket === '(' ? readTuple() : bracket === '[' ? readList() : readBraces()
    open--
    return value
  }
  const close = (bracket: string): void => {
    if (!take(bracket)) throw noLiteral
  }

  const readTuple = (): Value => {
    const { items, isList } = readItems(')')
    close(')')
    const [first] = items
    return first && !isList ? first : tuple(items)
  }
  const tuple = (items: readonly Value[]): Value => {
    const identities = items.map(({ identity }) => identity)
    const odd = items.find(({ identity }) => identity === undefined)
    return {
      tree: { kind: 'sequence', place, items: items.map(({ tree }) => tree) },
      identity: odd ? undefined : `tuple ${JSON.stringify(identities)}`,
      type: odd?.type ?? 'tuple',
    }
  }

  const readList = (): Value => {
    const { items } = readItems(']')
    close(']')
    return { ...tuple(items), identity: undefined, type: 'list' }
  }

  const readBraces = (): Value => {
    const entries = new Map<string, { readonly key: Value; readonly value: Value | undefined }>()
    let isDict: boolean | undefined
    for (let comma = true; !isEnd('}'); comma = take(',')) {
      if (!comma) throw noLiteral
      const key = readSum()
      const colon = take(':')
      isDict ??= colon
      if (colon !== isDict) throw noLiteral
      const value = colon ? readSum() : undefined
      const id = hashed(key)
      // The first key stays and takes the last value.
      entries.set(id, { key: entries.get(id)?.key ?? key, value })
    }
    close('}')
    const members = [...entries.values()]
    if (isDict === false) {
      return { ...tuple(members.map(({ key }) => key)), identity: undefined, type: 'set' }
    }
    const pairs = members.flatMap(({ key, value }) => (value ? [{ key: key.tree, value: value.tree }] : []))
    return { tree: { kind: 'mapping', place, entries: pairs }, identity: undefined, type: 'dict' }
  }

  // Only told at the end: Python reads all of the text before it makes anything of it.
  const hashed = ({ identity, type }: Value): string => {
    if (identity === undefined) unhashable ??= type
    return identity ?? ''
  }

  const { items, isList } = readItems('')
  const [only] = items
  if (!only) throw noLiteral
  if (unhashable !== undefined) {
    throw new PythonTypeError(`a ${unhashable} can't be in a set or the key of a dict`, place)
  }
  return isList ? tuple(items).tree : only.tree
}

const numberIdentity = (value: bigint | number): string =>
  `number ${typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value}`
