import type { LogLine } from './log-line.ts'

/** What says that audit records are missing: of a kernel, a journal or auditd. */
export interface Loss {
  readonly at?: number
  /** How many since the boot, where it is said. */
  readonly count?: number
  /** Only copies for the kernel's own log are missing; the audit transport had them all. */
  readonly copiesOnly?: true
  readonly words: string
}

/** The loss that a line tells of. */
export const lossIn = ({ at, who, words }: LogLine): Loss | undefined => {
  const form = forms.find(({ by, pattern }) => by === who && pattern.test(words))
  if (!form) return undefined
  const count = /\baudit_lost=(\d{1,10})\b/.exec(words)?.[1]
  if (count !== undefined && Number(count) === 0) return undefined
  return {
    ...(at === undefined ? {} : { at }),
    ...(count === undefined ? {} : { count: Number(count) }),
    ...(form.copiesOnly ? { copiesOnly: true } : {}),
    words: words.slice(0, 120).trim(),
  }
}

interface Form {
  readonly by: string
  readonly pattern: RegExp
  readonly copiesOnly?: true
}

const forms: readonly Form[] = [
  { by: 'kernel', pattern: /\baudit_lost=\d/ },
  { by: 'kernel', pattern: /^k?audit\w*_printk_skb: \d+ callbacks suppressed/, copiesOnly: true },
  { by: 'kernel', pattern: /^(?:audit: )?k?audit\w*: \d+ callbacks suppressed/ },
  {
    by: 'kernel',
    pattern:
      /^audit: (?:backlog limit exceeded|rate limit exceeded|kauditd \w+ queue overflow|out of memory|\*NO\* daemon|auditd dis|auditd has been)/,
  },
  { by: 'kernel', pattern: /\baudit_backlog=\d+ > audit_backlog_limit=/ },
  { by: 'systemd-journald', pattern: /^Missed \d+ (?:kernel |audit )?messages/ },
  // What a service says too often is its own; audit records come from no service.
  {
    by: 'systemd-journald',
    pattern: /^Suppressed \d+ (?:kernel |audit )?messages(?:$| from (?:kernel|audit|.{0,60}auditd?\.))/,
  },
  {
    by: 'auditd',
    pattern:
      /suspend|no space left|disk (?:is )?full|(?:error|failed) (?:writing|to write)|unable to (?:write|open)/i,
  },
]
