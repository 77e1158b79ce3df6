import type { NodeChange } from '../facet-changes.ts'

/** What changed in the policy’s file contexts, in words, what the findings name first; undefined where nothing did. */
export const contextChanges = (facts: readonly NodeChange[], said: readonly string[]): string | undefined => {
  const changes = facts
    .filter(({ type, change }) => type === 'file-context' && change !== 'lost')
    .map(one => ({ ...one, isNamed: said.some(text => isNamed(text, one)) }))
    .toSorted((a, b) => Number(b.isNamed) - Number(a.isNamed))
  if (changes.length === 0) return undefined
  const shown = changes.slice(0, 2).map(sentenceOf)
  return [...shown, ...(changes.length > 2 ? [`and ${changes.length - 2} more`] : [])].join('; ')
}

// The words before the first sign of a pattern are a path: /var/lib/containers/storage/overlay(/.*)?
const isNamed = (text: string, { name }: NodeChange): boolean => {
  const path = /^[\w/-]+/.exec(name)?.[0].replace(/\/$/, '') ?? ''
  return path.split('/').length > 3 && text.includes(path)
}

const sentenceOf = ({ name, before, after }: NodeChange): string =>
  after === undefined
    ? `the path pattern ${name} has no type of its own now, before ${before ?? ''}`
    : `the path pattern ${name} got ${after}, before ${before ?? 'no type of its own'}`
