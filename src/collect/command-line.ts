import { limits } from '../model/limits.ts'
import type { Becoming } from '../model/node.ts'
import { shellQuote } from '../probes/fragment.ts'
import { becomeWords } from './become/words.ts'

/** One command for a node, and what it reads. */
export interface Command {
  readonly command: string
  readonly stdin: string
}

/** The command that runs a script on a node, as root where that is wanted; a password is the first line of its stdin. */
export const commandFor = (script: string, root: Becoming | undefined, nodeSeconds?: number): Command => ({
  command: commandLine(root, nodeSeconds),
  stdin: root?.password ? `${root.password.reveal()}\n${script}` : script,
})

/**
 * What is executed on the node; the script comes on stdin. Wrapped in `sh -c '…'` because the login shell may be fish or csh,
 * and without an `exec` before it, which rbash does not allow. The outer `timeout` ends a script whose client went away. Becoming
 * root is tried once, and the script runs as the user where it is refused: why stands in the environment for the script to
 * tell, and what needs root says so.
 *
 * A password comes on stdin before the script. The shell reads that line (byte by byte, as every sh does from a pipe), and gives
 * it to sudo or su by its own printf: so it is in no argument and no environment. A sudo that asks for none (NOPASSWD) is never given it:
 * what it does not read is its command's stdin, which `log_input` writes to a file. It is tried with an empty shell and nothing after
 * it, so that no line of the script is ever tried as a password, and a wrong one is tried once. Whether the second sudo reads it (it
 * need not: a fingerprint) is not known: a line of ours marks its end, and what comes before that is dropped,
 * so that a shell of root's never takes it for a command.
 */
export const commandLine = (root: Becoming | undefined, nodeSeconds: number = limits.nodeSeconds): string => {
  const limited = `timeout -k 1 1 true 2>/dev/null && exec timeout -k 5 ${nodeSeconds + 5} sh -s; exec sh -s`
  if (!root) return `sh -c '${limited}'`
  // With a password both are wanted: it need not ask.
  const words = becomeWords(root, true)
  const asking = becomeWords(root).map(shellQuote).join(' ')
  const body = [begin, ...(root.password ? withPassword(root) : withoutPassword(root)), asUser].join('; ')
  return ['sh -c', ...[body, 'sh', limited, asking, ...words].map(anyShellQuote)].join(' ')
}

// In all that follows: no backslash stands before a single quote, and no `!` anywhere, for the sake of fish and csh.
//
// $l: runs the script. $q: the words that become root, quoted; "$@": those that do so without a password, as words. $w: what was said.

const begin = 'set +ax; unset SEFLEET_REFUSED p; l=$1 q=$2; shift 2'

const asUser =
  '[ -n "$w" ] || w="status $e"; SEFLEET_REFUSED=$(printf %.800s "$w"); export SEFLEET_REFUSED; p=; eval "$l"'

const become = (method: Becoming['method'], what: string): string =>
  method === 'su' ? `"$@" -c "exec sh -c '${what}'"` : `"$@" sh -c "${what}"`
// By the very program that runs the script: sudo and doas may let somebody run one and not another.
const attempt = (method: Becoming['method']): string => (method === 'su' ? '"$@" -c true' : '"$@" sh -c true')

const withoutPassword = ({ method }: Becoming): readonly string[] => [
  `w=$(LC_ALL=C ${attempt(method)} </dev/null 2>&1) && exec ${become(method, '$l')}`,
  'e=$?',
  ...(method === 'sudo'
    ? [onTerminal('</dev/null', `exec ${script("sh -c '$l' <&3")} </dev/null >/dev/null 2>&1`)]
    : []),
]

const withPassword = ({ method }: Becoming): readonly string[] => [
  'IFS= read -r p',
  ...(method === 'sudo'
    ? [`w=$(LC_ALL=C ${attempt(method)} </dev/null 2>&1) && exec ${become(method, '$l')}`]
    : []),
  'case $(command -v printf) in /*) w="the shell there has no printf of its own, so a password would be seen in its list of processes"',
  `;; *) ${(method === 'doas' ? doasWithPassword : fedPassword(method)).join('; ')}`,
  'esac',
]

const mark = 'sefleet: the password ends here'

const fedPassword = (method: Becoming['method']): readonly string[] => {
  const drop = `r="while IFS= read -r x; do [ \\"\\$x\\" = \\"${mark}\\" ] && break; done; $l"`
  const give = `{ printf "%s\\n%s\\n" "$p" "${mark}"; exec cat; }`
  const asking =
    method === 'su'
      ? { attempt: `LC_ALL=C ${attempt(method)}`, become: become(method, '$r') }
      : { attempt: 'eval "LC_ALL=C $q sh -c true"', become: String.raw`eval "$q sh -c \"\$r\""` }
  return [
    `if w=$(printf "%s\\n" "$p" | ${asking.attempt} 2>&1); then ${drop}; ${give} | ${asking.become}; exit; fi`,
    'e=$?',
    ...(method === 'sudo'
      ? [
          onTerminal(
            '<&3',
            `${drop}; ${give} | { exec 3<&0; ${script("sh -c '$r' <&3")} </dev/null >/dev/null 2>&1; }; exit`,
            'printf "%s\\n" "$p" | ',
          ),
        ]
      : []),
  ]
}

/*
 * sudo with `requiretty` wants a terminal of its own, and doas reads a password from nothing else. `script` gives them one; the data go
 * past it, by descriptors 3, 4 and 5, and stay as they are. (Its status is not asked for: busybox's has no -e.)
 */
const script = (command: string): string => `script -qc "exec $q ${command} >&4 2>&5" /dev/null`

const prepared = 'exec 3<&0 4>&1 5>&2; SHELL=/bin/sh; export SHELL'
const told = `sh -c 'printf sefleet-%s root'`

const onTerminal = (stdin: string, run: string, feed = ''): string => {
  const ask = `LC_ALL=C script -qc "exec $q ${told} ${stdin} >&6 2>&6" /dev/null </dev/null >/dev/null 2>&6`
  const fed = feed === '' ? `{ ${ask}; } 6>&1` : `${feed}{ exec 3<&0; ${ask}; } 6>&1`
  return `case $w in *" a tty"*) if command -v script >/dev/null 2>&1; then ${prepared}; w=$(${fed}); case $w in *sefleet-root*) ${run};; esac; else w="$w (and there is no script to give it one)"; fi;; esac`
}

// It throws away what was typed before it asks: so the password is typed until it has been read.
const doasWithPassword: readonly string[] = [
  'w=$(LC_ALL=C "$@" sh -c true </dev/null 2>&1) && exec "$@" sh -c "$l"',
  'e=$?',
  [
    'case $w in *"uthentication required"*) if command -v script >/dev/null 2>&1',
    `then ${prepared}`,
    't() { for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 0.3 2>/dev/null || sleep 1; printf "%s\\n" "$p" || break; done; }',
    `w=$({ t | LC_ALL=C script -qc "exec $q ${told} </dev/null >&6 2>&6" /dev/null >/dev/null 2>&6; } 6>&1)`,
    `case $w in *sefleet-root*) t | ${script("sh -c '$l' <&3")} >/dev/null 2>&1; exit;; esac`,
    'else w="$w (it reads a password from a terminal only, and there is no script to give it one)"; fi;; esac',
  ].join('; '),
]

/** A word for sh, csh and fish alike: fish takes a backslash before a quote or another backslash for an escape even in single quotes. */
const anyShellQuote = (word: string): string =>
  /^[\w/.:=@%+,-]+$/.test(word)
    ? word
    : word === ''
      ? "''"
      : word
          .split(/('|!|\\+(?='|$)|\\{2,})/)
          .map((part, index) =>
            index % 2 === 1 ? part.replaceAll(/./gs, '\\$&') : part === '' ? '' : `'${part}'`,
          )
          .join('')
