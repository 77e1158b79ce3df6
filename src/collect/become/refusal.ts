import type { ErrorCode } from '../../errors.ts'
import type { Becoming } from '../../model/node.ts'
import { forTerminalLine } from '../../model/printable.ts'
import type { NotRoot } from '../../model/record.ts'
import { redactSecrets } from '../../probes/secrets.ts'

type BecomeCode = Extract<ErrorCode, `become-${string}`>

/** Names what sudo, su or doas (in LC_ALL=C) said when it made nobody root; the one place where their words are read. */
export const refusalOf = (said: string, root: Becoming): NotRoot => {
  const lines = said
    .split('\n')
    // The prompt of a PAM module has no end of its line.
    .map(line => line.replace(/^(?:[^:]{0,60}[Pp]assword[^:]{0,60}: ?)+/, '').trim())
    .filter(line => line !== '')
  const [line, code] =
    rules.flatMap(([pattern, found]) => {
      const told = lines.find(one => pattern.test(one))
      return told === undefined ? [] : [[told, found] as const]
    })[0] ?? ([lines.at(-1) ?? '', 'become-refused'] as const)
  const words = forTerminalLine(redactSecrets(line)).slice(0, 160)
  const { method } = root
  const did: Readonly<Record<BecomeCode, string>> = {
    'become-missing': `there is no ${method} for this user`,
    'become-password': root.password
      ? `${method} did not take the password`
      : `${method} wants a password, and none was given`,
    'become-refused': `${method} refused`,
  }
  return { code, sentence: `${did[code]}${words === '' ? '' : `: '${words}'`}` }
}

/*
 * sudo: a password is required
 * Sorry, try again.
 * su: Authentication failure
 * doas: Authentication failed            doas: Authentication required
 * sh: 1: sudo: not found                 sh: line 1: doas: command not found
 * ada is not in the sudoers file.        Sorry, user ada is not allowed to execute '/usr/bin/true' as root on n1.
 * sudo: interactive authentication is required          (sudo-rs)
 * sudo: sorry, you must have a tty to run sudo
 */
const rules: readonly (readonly [RegExp, BecomeCode])[] = [
  [
    /not in the sudoers file|not allowed to|may not run|Operation not permitted|not enabled/i,
    'become-refused',
  ],
  [/^(?:\S+: )*(?:line )?\d*:? ?\S+: (?:command )?not found$/, 'become-missing'],
  [/^(?:\S+: )+(?:line \d+: )?\S+: No such file or directory$/, 'become-missing'],
  [
    /password is required|try again|incorrect password|no password was provided|authentication (?:failure|failed|required|is required|attempts)|required to read the password/i,
    'become-password',
  ],
]
