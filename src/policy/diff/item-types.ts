import type { Names, PolicyItem, Telling } from '../../model/policy-item.ts'

const mostNames = 40
const mostTransitions = 600

/** An item with at most some dozens of each kind of names, to be kept. */
export const boundedItem = (item: PolicyItem): PolicyItem => {
  switch (item.kind) {
    case 'creation':
      return {
        ...item,
        sources: { ...item.sources, ...bounded(item.sources) },
        ...(item.files ? { files: bounded(item.files) } : {}),
      }
    case 'membership':
      return {
        ...item,
        transitions: item.transitions.slice(0, mostTransitions),
        others: { ...item.others, domains: bounded(item.others.domains) },
      }
    case 'rule':
      return { ...item, domains: bounded(item.domains) }
    case 'types':
    case 'classes':
      return { ...item, listed: bounded(item.listed) }
    case 'role':
      return item.change === 'changed'
        ? { ...item, gained: bounded(item.gained), lost: bounded(item.lost) }
        : item
    case 'boolean':
    case 'levels':
    case 'logging':
    case 'never-audited':
    case 'permissive':
    case 'statement':
    case 'transition':
      return item
    default:
      return item satisfies never
  }
}

const bounded = ({ names, count }: Names): Names => ({ names: names.slice(0, mostNames), count })

/** The types that an item names: whose difference it is. */
export const typesOf = (item: PolicyItem): readonly string[] => {
  switch (item.kind) {
    case 'transition':
      return named(item.source, item.target, item.before?.to, item.after?.to)
    case 'creation':
      return named(...item.sources.names, item.sources.attribute, item.target, item.before, item.after)
    case 'membership':
      return [
        item.type,
        item.attribute,
        ...item.transitions.flatMap(({ target, to }) => [target, to]),
        ...item.others.domains.names,
        ...[...item.own.among, ...item.others.among].flatMap(endsOf),
      ]
    case 'rule':
      return [item.source, item.target, ...item.domains.names]
    case 'permissive':
    case 'never-audited':
      return [item.name]
    case 'types':
      return item.listed.names
    case 'role':
      return item.change === 'changed' ? [...item.gained.names, ...item.lost.names] : []
    case 'statement':
      return wordsIn(item.change === 'changed' ? item.about : item.text)
    case 'boolean':
    case 'classes':
    case 'levels':
    case 'logging':
      return []
    default:
      return item satisfies never
  }
}

const named = (...names: readonly (string | undefined)[]): readonly string[] =>
  names.filter(name => name !== undefined)

const endsOf = ({ source, target }: Telling): readonly string[] => named(source, target)

// A statement of the policy language: identifiers between blanks, colons and braces.
const wordsIn = (statement: string): readonly string[] => statement.match(/[A-Za-z_][\w.-]*/g) ?? []
