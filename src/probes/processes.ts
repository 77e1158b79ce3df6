import { parseContext } from '../model/context.ts'
import type { Process, ProcessTable } from '../model/facts.ts'
import { limits } from '../model/limits.ts'
import type { Keep, Probe } from '../model/probe.ts'
import { epochSeconds, isMoment, isWord, mostCount, mostPid, wholeNumber } from '../model/ranges.ts'
import { read, unreadable } from '../model/reading.ts'
import { linesOf } from './parse.ts'
import { redactArgv } from './redact.ts'

// A container of docker, podman, nerdctl, buildkit, LXC or systemd-nspawn, and not one within a pod (or what a pod made): the first group
// of the path that is one of Kubernetes begins so. What a cluster within such a container has for pods are no pods of this node.
const containerGroup =
  '^[^:]*:[^:]*:(/([^k/][^/]*|k[^u/][^/]*|k))*/(docker/[0-9a-f]{12}|docker-[0-9a-f]+[.]scope|libpod[-_]|nerdctl-|buildkit/|buildah-|lxc[./]|machine[.]slice/)'

/** Processes with label, argv and whether they live in a pod's cgroup, or in another container's. */
export const processes: Probe<'processes'> = {
  name: 'processes',
  cost: 'cheap',
  bytes: 4 * 1024 * 1024,
  // ps prints control characters of argv as `?`, so a process cannot forge a line; busybox has no label column. Without
  // it the age is field 22 of stat, in ticks of a hundredth (linux/proc(5)); `?` where that cannot be read.
  fragment: () => `echo "#at $(date +%s)"
if ps -ewwo pid=,ppid=,etimes=,user=,label=,args= 2>/dev/null; then :; else
  u=; [ -r "$R/proc/uptime" ] && read -r u x <"$R/proc/uptime"; u=\${u%%.*}
  for p in "$R"/proc/[0-9]*; do
    [ -r "$p/cmdline" ] || continue
    l=; [ -r "$p/attr/current" ] && l=$(tr -d '\\000' <"$p/attr/current" 2>/dev/null | tr ' \\n' '??')
    t=; [ -r "$p/stat" ] && t=$(tr '\\n' ' ' <"$p/stat" 2>/dev/null)
    set -f; set -- \${t##*) }; set +f
    e='?'; [ -n "$u" ] && [ -n "\${20}" ] && e=$(( u - \${20} / 100 )) && [ "$e" -lt 0 ] && e=0
    printf '%s %s %s ? %s %s\\n' "\${p##*/}" "\${2:-0}" "$e" "\${l:--}" "$(tr '\\000\\n\\r' '   ' <"$p/cmdline" 2>/dev/null | head -c 4096)"
  done
fi
echo "#pods"
grep -ls kubepods "$R"/proc/[0-9]*/cgroup
echo "#containers"
grep -lsE '${containerGroup}' "$R"/proc/[0-9]*/cgroup
echo "#seen"; command -v grep >/dev/null && for p in "$R"/proc/[0-9]*/cgroup; do [ -r "$p" ] && echo yes && break; done`,
  byHand: () => 'ps -eZf -ww; grep -l kubepods /proc/[0-9]*/cgroup',
  parse: ({ stdout, whole }) => {
    const at = epochSeconds(/^#at (\d+)$/m.exec(stdout)?.[1])
    if (at === undefined) return unreadable('nonsense', 'no time and no list of processes')
    const lines = linesOf(stdout)
    const rows = lines.filter(line => !line.startsWith('#')).map(line => toProcess(line, at))
    const counts = lines.filter(line => line.startsWith('#other ')).map(toOther)
    const kept = rows.filter(process => process !== undefined)
    const others = counts.filter(other => other !== undefined)
    if (kept.length < rows.length || others.length < counts.length)
      return unreadable('nonsense', 'a line that is no process')
    if (kept.length === 0 && others.length === 0) return unreadable('nonsense', 'no process in the list')
    const initSeen = /^#init seen$/m.test(stdout)
    return read<ProcessTable>(
      { processes: kept, others, at },
      'ps and /proc/PID/cgroup',
      // hidepid: without PID 1 the processes of others are hidden
      initSeen || !whole
        ? undefined
        : { complete: false, why: 'the processes of other users are hidden (hidepid)' },
    )
  },
  redact: (stdout, keep) => reduceProcesses(stdout, keep),
}

/**
 * What the collector stores: one line per process whose argv may be kept, `pid ppid etimes user label pod|container|host|? argv`,
 * and `#other TYPE COUNT PODS` for the rest. A list that cannot be split into lines is stored as nothing.
 */
const reduceProcesses = (stdout: string, keep: Keep): string => {
  const [list = '', rest] = stdout.split('\n#pods\n')
  const [podLines, containerLines = ''] = (rest ?? '').split('\n#containers\n')
  const pods = rest === undefined ? undefined : pidsIn(`\n${podLines ?? ''}`)
  const within = pidsIn(containerLines)
  // Where the node is a container itself, so is all that it runs.
  const containers = within.has('1') ? new Set<string>() : within
  const seen = rest !== undefined && /\n#seen\nyes\n/.test(`\n${rest}\n`)
  const end = /\n#end \d{1,3}\n?$/.exec(stdout)?.[0] ?? ''
  const out: string[] = []
  const others = new Map<string, { count: number; pods: number }>()
  for (const line of list.split('\n')) {
    if (/^#at \d+$/.test(line)) out.push(line)
    const match = rawLine.exec(line)
    if (!match) continue
    const [, pid = '', parent = '', elapsed = '', user = '', label = '', argv = ''] = match
    if (pid === '1') out.push('#init seen')
    const pod = !pods || !seen ? '?' : containers.has(pid) ? 'container' : pods.has(pid) ? 'pod' : 'host'
    const kept = keep.argv(argv)
    if (kept === undefined) {
      const type = parseContext(label)?.type ?? '-'
      const entry = others.get(type) ?? { count: 0, pods: 0 }
      entry.count += 1
      entry.pods += pod === 'pod' ? 1 : 0
      others.set(type, entry)
    } else {
      const shown = redactArgv(kept.slice(0, 2 * limits.argvBytes))
      out.push(
        [pid, parent, elapsed, user, label.replace(' ', '_'), pod, shown.slice(0, limits.argvBytes)].join(
          ' ',
        ),
      )
    }
  }
  const rows = [...others].toSorted(([a], [b]) => (a < b ? -1 : 1))
  for (const [type, { count, pods: inPods }] of rows) out.push(`#other ${type} ${count} ${inPods}`)
  return out.join('\n') + (end || '\n')
}

const pidsIn = (lines: string): ReadonlySet<string> =>
  new Set(lines.split('\n').flatMap(line => /\/proc\/(\d+)\/cgroup$/.exec(line)?.[1] ?? []))

// 3681 3409 120 root system_u:system_r:spc_t:s0 /csi-node-driver-registrar --v=2 …
// The label of an AppArmor host has a space: cri-containerd.apparmor.d (enforce)
// With /s argv always matches: a process cannot hide behind a \r or U+2028.
const rawLine = /^\s*(\d+)\s+(\d+)\s+(\d+|\?)\s+(\S+)\s+(-|\S+(?: \([a-z]+\))?)\s+(.*)$/s
const storedLine = /^(\d+) (\d+) (\d+|\?) (\S+) (\S+) (pod|container|host|\?) (.*)$/s

const toProcess = (line: string, at: number): Process | undefined => {
  const match = storedLine.exec(line)
  if (!match) return undefined
  const [, pidText, parentText, elapsed, user = '', label = '', pod, argv = ''] = match
  const [pid, parent] = [wholeNumber(pidText, 1, mostPid), wholeNumber(parentText, 0, mostPid)]
  if (pid === undefined || parent === undefined || !isWord(user) || !isWord(label, 4096)) return undefined
  // ps has made ages of centuries where a clock was set: then it is not said when the process was started.
  const age = wholeNumber(elapsed, 0, at)
  const context = parseContext(label)
  return {
    pid,
    parent,
    ...(age !== undefined && isMoment(at - age) ? { startedAt: at - age } : {}),
    user,
    label,
    ...(context ? { context } : {}),
    ...(pod === '?' ? {} : { pod: pod === 'pod' }),
    ...(pod === 'container' ? { container: true } : {}),
    argv,
  }
}

// #other container_t 12 12
const toOther = (line: string): ProcessTable['others'][number] | undefined => {
  const [, type, countText, podsText] = line.split(' ')
  const count = wholeNumber(countText, 1, mostCount)
  const pods = wholeNumber(podsText, 0, count ?? 0)
  return count === undefined || pods === undefined || !isWord(type) ? undefined : { type, count, pods }
}
