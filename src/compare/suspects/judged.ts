import type { FactName } from '../../model/facet.ts'
import type { NodeChange } from '../facet-changes.ts'

/** Whether a change is of the very facts that a check judges: then it is what the check says, and no reason for it. */
export const isJudged = (
  { type, name }: { readonly type: string; readonly name: string },
  judged: readonly FactName[],
): boolean => judged.some(one => one.type === type && (one.name === undefined || one.name === name))

/** What of the facts that a check judges changed on a node; where findings name one, only these. */
export const changedItself = (
  facts: readonly NodeChange[],
  judged: readonly FactName[],
  said: readonly string[],
): readonly NodeChange[] => {
  const all = facts.filter(one => one.change !== 'lost' && isJudged(one, judged))
  const named = all.filter(({ name }) => said.some(text => namesWord(text, name)))
  return named.length > 0 ? named : all.filter(({ type }) => type === 'mode')
}

/** Whether a text has a name as a word: `container` is not in container_t, nor selinux-policy in selinux-policy-targeted. */
export const namesWord = (text: string, name: string): boolean => {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (!/[\w-]/.test(text[at - 1] ?? ' ') && !/[\w-]/.test(text[at + name.length] ?? ' ')) return true
  return false
}
