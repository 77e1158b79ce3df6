import type { ReadAsk } from '../model/ask.ts'
import type { Judgement } from '../model/outcome.ts'
import type { PolicyComparison } from '../model/policy-comparison.ts'
import { inOneSentence, itemText, unique } from '../policy/diff/words.ts'
import { fail, finding, passIfComplete, unknown, unknownBecause } from './judgements.ts'

export const policyFilesAsk = { probe: 'policy-files', params: {} } as const

/**
 * The loaded policy means what the installed one does, which the next boot or load_policy loads. Their bytes never are the
 * same: the kernel writes a policy in its own order. `of`: everything but the states of booleans, or these alone.
 */
export const judgeInstalledPolicy = (of: 'policy' | 'booleans', read: ReadAsk): Judgement => {
  const files = read(policyFilesAsk)
  if (files.state === 'unreadable') return unknownBecause('policy files', files)
  const { loaded, installed, comparison } = files.value
  if (loaded.state !== 'read')
    return unknown(
      loaded.state === 'denied'
        ? 'the loaded policy may not be read (root is needed)'
        : 'there is no loaded policy',
    )
  if (installed.length === 0) return unknown('no installed policy was found')
  if (!comparison) return unknown('which of the installed policies is the configured one could not be seen')
  if (comparison.state === 'unknown') return unknown(comparison.why)
  if (comparison.state === 'same')
    return passIfComplete(files, 'the loaded policy means what the installed one does')
  return of === 'policy' ? judgePolicy(comparison, read) : judgeBooleans(comparison, read)
}

const shown = 12

type Differing = Extract<PolicyComparison, { readonly state: 'differs' }>

const judgePolicy = ({ items, more }: Differing, read: ReadAsk): Judgement => {
  const lines = unique(items.slice(0, shown).map(itemText))
  const [first] = lines
  if (first === undefined)
    return passIfComplete(
      read(policyFilesAsk),
      'the loaded policy means what the installed one does, but for states of booleans',
    )
  const others = items.length - 1 + more.items
  return fail(
    finding(
      'installed policy differs',
      `the installed policy is not the loaded one; once it is loaded: ${inOneSentence([first, ...(others > 0 ? [`and ${others} more`] : [])])}`,
      lines,
    ),
  )
}

const judgeBooleans = ({ booleans }: Differing, read: ReadAsk): Judgement => {
  if (booleans.length === 0)
    return passIfComplete(read(policyFilesAsk), 'booleans are as the installed policy has them')
  return fail(
    ...booleans.map(({ name, before, after }) => ({
      ...finding(
        `boolean ${name}`,
        `the boolean ${name} is ${word(before)} now, and ${word(after)} after the next boot`,
      ),
      ...(isName(name) ? { remedy: `\`setsebool -P ${name} ${word(before)}\` keeps it as it is now.` } : {}),
    })),
  )
}

const word = (state: boolean): string => (state ? 'on' : 'off')
// A hostile policy's would be a command in somebody's clipboard.
const isName = (text: string): boolean => /^\w{1,100}$/.test(text)
