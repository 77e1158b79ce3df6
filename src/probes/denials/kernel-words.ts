import type { Inode } from '../../model/message.ts'
import { wholeNumber } from '../../model/ranges.ts'
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
    // Files of a kind of file system that keeps no labels get one from the policy after all: as it should be.
    const labelled = /^SELinux: \(dev [^,]{1,80}, type [^\s)]{1,40}\) falling back to genfs/.test(words)
    const [onDevice] = /\(dev [^)]{1,130}\)/.exec(words) ?? []
    if (labelled)
      said = said.filter(
        ({ sort, sample }) => !(sort === 'refused-mount' && sample.includes(onDevice ?? words)),
      )
    const one = saidInLine(line)
    if (one?.sort === 'denied-class' && one.reasons.length === 0) unknown.push(one)
    else if (one) said.push(one.sort === 'denied-class' ? { ...one, sort: verdict ?? 'allowed-class' } : one)
  }
  settle('denied-class')
  return said
}

const saidInLine = ({ at, who, words }: LogLine): Said | undefined => {
  const form = forms.find(({ by = /^kernel$/, pattern }) => by.test(who) && pattern.test(words))
  const { about, reason } = form?.pattern.exec(words)?.groups ?? {}
  if (!form) return undefined
  const inode = inodeIn(words)
  return {
    sort: form.sort,
    ...(about === undefined ? {} : { about: form.isContext ? withoutCategories(about) : about }),
    reasons: reason === undefined ? [...(form.reasons ?? [])] : [reason],
    ...(inode ? { inode } : {}),
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

// … for dev=dm-3 ino=77   or   inode=131 on dev=sda4 was found …
const inodeIn = (words: string): Inode | undefined => {
  const device = /\bdev=([^\s,)]{1,80})/.exec(words)?.[1]
  const number = wholeNumber(/\bino(?:de)?=(\d{1,15})\b/.exec(words)?.[1], 1, Number.MAX_SAFE_INTEGER)
  return device === undefined || number === undefined ? undefined : { device, number }
}

const context = String.raw`(?<about>[^\s()]{1,256})`
const forms: readonly Form[] = [
  {
    sort: 'invalid-context',
    isContext: true,
    pattern: new RegExp(`^SELinux: +Context ${context} (?:is not valid|became invalid)`),
  },
  {
    sort: 'invalid-context',
    isContext: true,
    reasons: ['inode'],
    pattern: new RegExp(`^SELinux: .{0,80}was found to have an invalid context=${context}\\. `),
  },
  {
    sort: 'invalid-context',
    isContext: true,
    reasons: ['inode'],
    pattern: new RegExp(`^SELinux: .{0,80}context_to_sid\\(${context}\\) returned`),
  },
  {
    sort: 'invalid-context',
    isContext: true,
    pattern: new RegExp(
      `^SELinux: security_context_(?:str_)?to_sid ?\\(${context}\\) failed for (?<reason>\\(dev [^)]{1,80}\\))`,
    ),
  },
  // Kernels before records had a type on their line.
  {
    sort: 'invalid-context',
    isContext: true,
    reasons: ['security_compute_sid'],
    pattern: new RegExp(
      `^(?:audit\\([\\d.:]{1,40}\\): ?)?security_compute_sid: +invalid context ${context} for scontext=`,
    ),
  },
  {
    sort: 'mount-conflict',
    pattern:
      /^SELinux: mount invalid\. +Same superblock, different security settings for \(dev [^,]{1,80}, type (?<about>[^\s)]{1,40})\)/,
  },
  {
    sort: 'unreadable-label',
    pattern: /^SELinux: .{0,80}getxattr(?:\(\))? returned -?\d{1,6} for dev=(?<about>[^\s]{1,80})/,
  },
  {
    sort: 'refused-mount',
    pattern:
      /^SELinux: \(dev [^,]{1,80}, type (?<about>[^\s)]{1,40})\) (?:getxattr (?<reason>errno \d{1,6})|has no (?:xattr support|security xattr handler))/,
  },
  { sort: 'denied-class', pattern: /^SELinux: +(?<about>Class [\w-]{1,80}) not defined in policy/ },
  {
    sort: 'denied-class',
    pattern: /^SELinux: +(?<about>Permission [\w-]{1,80} in class [\w-]{1,80}) not defined in policy/,
  },
  {
    sort: 'denied-class',
    reasons: ['netlink'],
    pattern: /^SELinux: unrecognized (?<about>netlink message): /,
  },
  // Where a policy is read the kernel speaks of its parts only to say why it does not take them.
  {
    sort: 'refused-policy',
    pattern: new RegExp(
      `^SELinux: +(?:failed to load policy|could not load policy|unable to load policy|(?<reason>(?:${[
        'policydb (?:magic|string|version|table|module|is not)',
        '(?:policydb|avtab|ebitmap|mls|hashtab|cond_\\w{1,30}|symtab): ',
        'unable to (?:load the initial SIDs|preserve booleans|convert the internal representation)',
      ].join('|')}).{0,120}))`,
      'i',
    ),
  },
  { sort: 'refused-policy', by: /^systemd$/, pattern: /^Failed to load SELinux policy/ },
]
