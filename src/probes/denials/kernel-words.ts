import type { LogLine } from './log-line.ts'
import type { Said } from './messages.ts'
import { withoutCategories } from './refusals.ts'

/**
 * What the kernel itself says of SELinux in its log (security/selinux/hooks.c, ss/services.c, ss/policydb.c, selinuxfs.c). A context that
 * became valid again is no message any more; unknown classes are told before the line that says what becomes of them.
 */
export const saidByKernel = (lines: readonly LogLine[]): readonly Said[] => {
  let said: Said[] = []
  let unknown: Said[] = []
  let verdict: 'allowed-class' | 'denied-class' | undefined
  const settle = (sort: 'allowed-class' | 'denied-class') => {
    said = [...said, ...unknown.map(one => ({ ...one, sort }))]
    unknown = []
  }
  for (const line of lines) {
    const { words } = line
    const handled = /unknown classes and permissions will be (allowed|denied)/.exec(words)?.[1]
    if (handled !== undefined) settle((verdict = handled === 'allowed' ? 'allowed-class' : 'denied-class'))
    const mapped = /Context (\S+) became valid/.exec(words)?.[1]
    if (mapped !== undefined)
      said = said.filter(one => !(one.sort === 'invalid-context' && one.about === withoutCategories(mapped)))
    const one = saidInLine(line)
    if (one?.sort === 'denied-class' && one.reasons.length === 0) unknown.push(one)
    else if (one) said.push(one.sort === 'denied-class' ? { ...one, sort: verdict ?? 'allowed-class' } : one)
  }
  settle('denied-class')
  return said
}

const saidInLine = ({ at, who, words }: LogLine): Said | undefined => {
  const form = forms.find(({ by = /^kernel$/, pattern }) => by.test(who) && pattern.test(words))
  const [, about, reason] = form?.pattern.exec(words) ?? []
  if (!form) return undefined
  return {
    sort: form.sort,
    ...(about === undefined ? {} : { about: form.isContext ? withoutCategories(about) : about }),
    reasons: reason === undefined ? [...(form.reasons ?? [])] : [reason],
    ...(form.sort === 'refused-policy' ? {} : { untilBoot: true }),
    ...(at === undefined ? {} : { at }),
    sample: words,
  }
}

interface Form {
  readonly sort: Said['sort']
  readonly pattern: RegExp
  readonly isContext?: true
  readonly reasons?: readonly string[]
  readonly by?: RegExp
}

const word = String.raw`([^\s()]{1,256})`
const forms: readonly Form[] = [
  {
    sort: 'invalid-context',
    isContext: true,
    pattern: new RegExp(`^SELinux: +Context ${word} (?:is not valid|became invalid)`),
  },
  {
    sort: 'invalid-context',
    isContext: true,
    reasons: ['inode'],
    pattern: new RegExp(`^SELinux: .{0,80}was found to have an invalid context=${word}\\. `),
  },
  {
    sort: 'invalid-context',
    isContext: true,
    reasons: ['inode'],
    pattern: new RegExp(`^SELinux: .{0,80}context_to_sid\\(${word}\\) returned`),
  },
  {
    sort: 'invalid-context',
    isContext: true,
    pattern: new RegExp(
      `^SELinux: security_context_(?:str_)?to_sid ?\\(${word}\\) failed for (\\(dev [^)]{1,80}\\))`,
    ),
  },
  {
    sort: 'mount-conflict',
    pattern:
      /^SELinux: mount invalid\. +Same superblock, different security settings for \(dev [^,]{1,80}, type ([^\s)]{1,40})\)/,
  },
  {
    sort: 'unreadable-label',
    pattern: /^SELinux: .{0,80}getxattr\(\) returned -?\d{1,6} for dev=([^\s]{1,80})/,
  },
  { sort: 'denied-class', pattern: /^SELinux: +(Class [\w-]{1,80}) not defined in policy/ },
  {
    sort: 'denied-class',
    pattern: /^SELinux: +(Permission [\w-]{1,80} in class [\w-]{1,80}) not defined in policy/,
  },
  {
    sort: 'denied-class',
    reasons: ['netlink'],
    pattern: /^SELinux: unrecognized (netlink message): /,
  },
  {
    sort: 'refused-policy',
    pattern:
      /^SELinux: +(?:failed to load policy|(?:could not|unable to) load policy|(?:policydb|avtab|ebitmap|mls|hashtab|cond_\w{1,30}|symtab)\b.{0,80}(?:does not match|truncated|invalid|too (?:small|large)|mismatch|cannot|failed|unknown))/i,
  },
  { sort: 'refused-policy', by: /^systemd$/, pattern: /^Failed to load SELinux policy/ },
]
