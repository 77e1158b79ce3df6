import type { Becoming } from '../../model/node.ts'

/** The words before the command that runs as the other user. `askless` are those that never ask for a password. */
export const becomeWords = (
  { method, user, exe = [method], flags = [], password }: Becoming,
  askless = !password,
): readonly string[] => {
  switch (method) {
    case 'sudo':
      // -k: nobody is left with a root that asks no more. `-i` and `-s` give the command to root's shell once more, which would
      // fill in its `$`.
      return [
        ...exeWords(exe, askless ? '' : 'is'),
        ...sudoFlags(flags, askless ? '' : 'is'),
        ...(askless ? ['-n'] : ['-k', '-S', '-p', '']),
        ...(user === undefined ? [] : ['-u', user]),
      ]
    case 'doas':
      return [
        ...exe,
        ...flags.filter(flag => flag !== '-n'),
        ...(askless ? ['-n'] : []),
        ...(user === undefined ? [] : ['-u', user]),
      ]
    case 'su':
      return [...exe, ...flags, user ?? 'root']
    default:
      return method satisfies never
  }
}

// sudo(8): these take the rest of their word, or the next one.
const withArgument = 'CDghprRTtUu'
// How it asks is ours to say, and it must neither go to the background nor forget its command. (Ansible drops -n.)
const dropped = 'nSAkKbvlep'

// People write flags there too: `sudo -i`. Whose flags those behind another word are, nobody knows.
const exeWords = ([program = 'sudo', ...rest]: readonly string[], more: string): readonly string[] =>
  rest[0]?.startsWith('-') ? [program, ...sudoFlags(rest, more)] : [program, ...rest]

const sudoFlags = (flags: readonly string[], more: string): readonly string[] => {
  const kept: string[] = []
  for (let at = 0; at < flags.length; at++) {
    const flag = flags[at] ?? ''
    if (flag.startsWith('--')) {
      const name = flag.slice(2).replace(/=.*/s, '')
      if (name === 'prompt' && !flag.includes('=')) at++
      if (!longDropped.has(name) && !(more !== '' && (name === 'login' || name === 'shell'))) kept.push(flag)
      continue
    }
    if (!flag.startsWith('-')) {
      kept.push(flag)
      continue
    }
    let left = ''
    for (let index = 1; index < flag.length; index++) {
      const letter = flag.charAt(index)
      const isDropped = (dropped + more).includes(letter)
      if (!withArgument.includes(letter)) {
        if (!isDropped) left += letter
        continue
      }
      const rest = flag.slice(index + 1)
      if (isDropped) at += rest === '' ? 1 : 0
      else left += letter + rest
      break
    }
    if (left !== '') kept.push(`-${left}`)
  }
  return kept
}

const longDropped = new Set([
  'non-interactive',
  'stdin',
  'askpass',
  'reset-timestamp',
  'remove-timestamp',
  'background',
  'validate',
  'list',
  'edit',
  'prompt',
])
