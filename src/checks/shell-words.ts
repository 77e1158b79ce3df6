/*
 * What a shell itself says of a command that it could not run, in the words of dash, bash, busybox and ksh:
 *   sh: 1: Syntax error: Unterminated quoted string
 *   sh: -c: line 2: syntax error near unexpected token `)'
 *   sh: syntax error: unexpected "(" (expecting "fi")
 *   sh: 1: [: =: unexpected operator
 *   sh: 1: sestatus: not found
 *   sh: line 1: sestatus: command not found
 *   sh: /usr/sbin/sestatus: Permission denied
 */
const shell = String.raw`^(?:\S*/)?(?:ba|da|a|k|mk)?sh: (?:-c: )?(?:(?:line )?\d+: )?`
const syntax = new RegExp(
  String.raw`${shell}(?:syntax error\b|.*\b(?:unexpected|unterminated|unmatched)\b|(?:\[|test): )`,
  'i',
)
const missing = new RegExp(
  String.raw`${shell}(?:exec: )?[^\s:]+: (?:not found|command not found|inaccessible or not found|Permission denied)$`,
)

/** The line in which a shell says that it cannot make sense of its command, if there is one. */
export const syntaxError = (stderr: string): string | undefined => lineLike(syntax, stderr)

/** The line in which a shell says that it cannot find or may not run a program, if there is one. */
export const notFound = (stderr: string): string | undefined => lineLike(missing, stderr)

const lineLike = (pattern: RegExp, text: string): string | undefined =>
  text
    .split('\n')
    .map(line => line.trimEnd())
    .find(line => pattern.test(line))
