import { createHash } from 'node:crypto'
import type { Ask } from '../model/ask.ts'
import { limits } from '../model/limits.ts'
import { isPolicyAsk, planOf, type AskPlan } from '../probes/index.ts'
import { prelude, shellQuote } from '../probes/fragment.ts'

/** The script that asks all questions in one exec. Its body is the same for every node of a run. */
export interface Script {
  readonly body: string
  readonly sha256: string
  /** Frame n answers asks[n]. */
  readonly asks: readonly Ask[]
  /** Bytes of stdout each ask may send; one byte more arrives when there was more. */
  readonly askBytes: readonly number[]
}

/** Builds a script: cheap questions first, policy tools last and one after the other. */
export const buildScript = (asks: readonly Ask[], nodeSeconds: number = limits.nodeSeconds): Script => {
  const planned = asks
    .map(ask => ({ ask, plan: planOf(ask) }))
    .toSorted((a, b) => costs.indexOf(a.plan.cost) - costs.indexOf(b.plan.cost))
  const body = [
    head(nodeSeconds),
    ...planned.map(({ plan }, index) => askLine(index, plan)),
    `printf '%s\\n%s done\\n' "$z" "$m"\n`,
  ].join('\n')
  return {
    body,
    sha256: createHash('sha256').update(body).digest('hex'),
    asks: planned.map(({ ask }) => ask),
    askBytes: planned.map(({ plan }) => plan.bytes),
  }
}

/** The script for every node, and what a node is asked after it whose policy cannot be had or read. */
export interface Scripts {
  readonly script: Script
  /** Absent where no question is about the policy. */
  readonly policyScript?: Script
}

/** The node's own policy tools are slow, and asked only where its policy cannot answer. */
export const buildScripts = (asks: readonly Ask[], nodeSeconds?: number): Scripts => {
  const ofPolicy = asks.filter(isPolicyAsk)
  return {
    script: buildScript(
      asks.filter(ask => !isPolicyAsk(ask)),
      nodeSeconds,
    ),
    ...(ofPolicy.length > 0 ? { policyScript: buildScript(ofPolicy, nodeSeconds) } : {}),
  }
}

const costs: readonly AskPlan['cost'][] = ['cheap', 'moderate', 'policy']

/** What one node gets on its stdin: the marker on line 1, then the constant body. */
export const scriptFor = (script: Script, marker: string): string => `m=${marker}\n${script.body}`

const askLine = (index: number, { bytes, seconds, fragment }: AskPlan): string =>
  `ask ${index} ${bytes + 1} ${limits.askStderrBytes + 1} ${seconds} ${shellQuote(fragment)}`

/*
 * How one question runs: its stdout goes through `head -c` to our stdout, and its stderr through another to our stderr,
 * which is started only when there is any: starting programs is most of what a question costs a node. Its exit status
 * stands in the trailer "#end STATUS", part of the limited stdout: an answer without it is not whole. A question is a
 * process group of its own, and what it leaves behind there ends with it: a child that keeps the pipe open would keep
 * `head` waiting. (Without `setsid` there is no such group, and such a child costs the node its further answers.) Where
 * `timeout` is missing or too old, a watchdog ends the group. busybox's `timeout` says 143 where coreutils' says 124.
 *
 * Every write becomes a packet, and packets are most of what a node costs its client (half of them gone: a third of the
 * CPU). So an end waits for the next begin, and stderr comes with its marks only if there is any.
 */
const head = (
  nodeSeconds: number,
): string => `# sefleet: read-only questions, answers between markers. Nothing is written on this node.
# The time, and the zone it is told in here.
d=$(date '+%s %z'); U=$(id -u); export U
LC_ALL=C TZ=UTC; export LC_ALL TZ; unset LANGUAGE BASH_ENV ENV CDPATH GREP_OPTIONS POSIXLY_CORRECT
R=\${R:-}; export R
[ -n "$R" ] || PATH=\${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin:/usr/local/sbin:/usr/local/bin
export PATH
umask 077
exec 3>&1 4>&2
P=${shellQuote(prelude)}
# Without head nothing is limited here: the client has a limit of its own.
command -v head >/dev/null 2>&1 || head() { cat; }
# All that is started here is nice, or each question by itself.
n=; renice -n 10 -p $$ >/dev/null 2>&1 || ! nice -n 10 true 2>/dev/null || n='nice -n 10'
group() { g=; ! setsid true 2>/dev/null || g=setsid; }
if timeout -k 1 1 true 2>/dev/null; then
  # That of coreutils makes a group itself.
  case $(timeout --version 2>/dev/null </dev/null) in *'GNU coreutils'*) g=;; *) group;; esac
  limited() {
    $g timeout -k 2 "$1" $n sh -c "$P$2" & c=$!
    wait "$c"; e=$?; kill -KILL "-$c" 2>/dev/null
    case $e in 137|143) e=124;; esac
    return "$e"
  }
else
  group
  limited() {
    $g $n sh -c "$P$2" & c=$!
    ( i=0; while [ "$i" -lt "$1" ] && kill -0 "$c"; do sleep 1; i=$((i+1)); done
      kill -TERM "-$c" "$c"; sleep 1; kill -KILL "-$c" "$c" ) >/dev/null 2>&1 3>&- 4>&- & w=$!
    wait "$c"; e=$?; kill -KILL "$w" "-$c" 2>/dev/null
    case $e in 137|143) e=124;; esac
    return "$e"
  }
fi
# Seconds that only grow; the clock of the wall may be set meanwhile.
now() { read -r t u </proc/uptime && t=\${t%%.*}; }
now 2>/dev/null || now() { t=$(date +%s); }
now; end=$(( t + ${Math.max(1, nodeSeconds - 5)} ))
said() {
  IFS= read -r t || [ -n "$t" ] || return 0
  printf "\\n%s begin %s\\n%.\${2}s\\n" "$m" "$1" "$t" >&4
  head -c "$2" >&4
  printf '\\n%s end %s\\n' "$m" "$1" >&4
}
z=
ask() {
  now; left=$(( end - t ))
  if [ "$left" -le 0 ]; then printf '%s\\n%s skip %s\\n' "$z" "$m" "$1"; z=; return; fi
  [ "$4" -lt "$left" ] && left=$4
  printf '%s\\n%s begin %s\\n' "$z" "$m" "$1"
  { { limited "$left" "$5"; printf '\\n#end %s\\n' "$?"; } </dev/null 2>&1 >&6 3>&- 4>&- 6>&- | said "$1" "$3" 3>&- 6>&-; } 6>&1 | head -c "$2" >&3
  z="
$m end $1
"
}
printf '\\n%s hello 1 %s %s %s\\n' "$m" "$U" "\${d% *}" "\${d#* }"
[ -z "\${SEFLEET_REFUSED-}" ] || printf '\\n%s refused\\n%.800s' "$m" "$SEFLEET_REFUSED"; unset SEFLEET_REFUSED
`
