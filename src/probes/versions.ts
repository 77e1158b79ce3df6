import type { RuntimeBinary } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { isWord, optionalMoment } from '../model/ranges.ts'
import { read, unreadable } from '../model/reading.ts'
import { linesOf } from './parse.ts'

/**
 * What the container runtimes and Kubernetes distributions on this node say of themselves, also where no package brought
 * them: k3s replaces its own binary, rke2 and containerd come as tarballs too.
 *
 * `--version` of each was read in its source, and writes nothing:
 * - k3s (cmd/k3s/main.go): only its subcommands and its links `kubectl`, `crictl` and `ctr` call stageAndRun, which unpacks
 *   the data folder (`k3s ctr --version` does, k3s issue 11235). urfave/cli prints the version before any action and any
 *   Before; configuration is read at most. So it is `k3s --version` here, by its own name, and never a subcommand.
 * - rke2 (main.go, pkg/cli/cmds/root.go), containerd (cmd/containerd/command/main.go): the same library, the same order.
 * - crio (cmd/crio/main.go): the same, but the flags’ defaults ask containers/storage for its folders, and that makes them
 *   for a user who is not root (types/options.go, getRootlessStorageOpts). So crio is asked by root only.
 * - kubelet (cmd/kubelet/app/server.go): "short-circuit on verflag", before configuration and logs.
 * - dockerd (cmd/dockerd/docker.go): the version is printed before the daemon is made.
 * A snap’s command is a link to `snap`, which makes folders in the caller’s home: it is listed, and not run.
 */
export const versions: Probe<'versions'> = {
  name: 'versions',
  cost: 'moderate',
  // Some binaries that hang, at five seconds each.
  seconds: 45,
  bytes: 16 * 1024,
  fragment: ({ binaries: { names, folders, byRootOnly } }) => `t=?
v() {
  [ "$t" != '?' ] || { t=; timeout -k 1 1 true 2>/dev/null && t='timeout -k 1 5'; }
  w=
  case " ${byRootOnly.join(' ')} " in *" $1 "*) isroot || w=no;; esac
  [ ! -L "$2" ] || case $(readlink "$2" 2>/dev/null) in snap|*/snap) w=no;; esac
  s=; [ -n "$w" ] || s=$($t "$2" --version </dev/null 2>/dev/null | head -c 200)
  s=\${s%%"$nl"*}
  while :; do case $s in *'	'*) s="\${s%%'	'*} \${s#*'	'}";; *) break;; esac; done
  printf 'binary\\t%s\\t%s\\t%s\\t%s\\n' "$1" "\${2#"$R"}" "$(stat -Lc %Y "$2" 2>/dev/null)" "$s"
}
for n in ${names.join(' ')}; do
  f=
  for d in ${folders.join(' ')}; do
    if [ -f "$R$d/$n" ] && [ -x "$R$d/$n" ]; then f=1; v "$n" "$R$d/$n"; fi
  done
  [ -n "$f" ] || ! command -v "$n" >/dev/null 2>&1 || case $(command -v "$n" 2>/dev/null) in /*) v "$n" "$(command -v "$n")";; esac
done
echo "#looked"`,
  byHand: ({ binaries: { names } }) => `for n in ${names.join(' ')}; do command -v $n && $n --version; done`,
  parse: ({ stdout }) => {
    const lines = linesOf(stdout)
    const rows = lines.filter(line => line.startsWith('binary'))
    const binaries = rows.map(toBinary).filter(binary => binary !== undefined)
    const looked = lines.includes('#looked')
    if (!looked && binaries.length === 0)
      return unreadable('nonsense', 'the look for runtimes and distributions did not end')
    const silent = binaries.filter(({ version }) => version === undefined).map(({ path }) => path)
    const gap = !looked
      ? 'the look for runtimes and distributions did not end'
      : binaries.length < rows.length
        ? 'a line that is no binary'
        : silent.length > 0
          ? `no version from ${silent.join(', ')}`
          : undefined
    return read<readonly RuntimeBinary[]>(
      binaries,
      '--version',
      gap === undefined ? undefined : { complete: false, why: gap },
    )
  },
}

// binary	k3s	/usr/local/bin/k3s	1693526400	k3s version v1.27.5+k3s1 (8d074ecb)
const toBinary = (line: string): RuntimeBinary | undefined => {
  const [tag, name, path, changed, said] = line.split('\t')
  if (tag !== 'binary' || !isWord(name) || !isWord(path, 4096) || said === undefined) return undefined
  const changedAt = optionalMoment(changed)
  if (!path.startsWith('/') || changedAt === 'nonsense') return undefined
  const version = versionIn(said)
  return {
    name,
    path,
    ...(version === undefined ? {} : { version }),
    ...(changedAt === 'none' ? {} : { changedAt }),
  }
}

// "Docker version 24.0.5, build ced0996"; "containerd github.com/containerd/containerd/v2 v2.0.0 207ad71"
const versionIn = (said: string): string | undefined =>
  said
    .split(' ')
    .map(word => word.replace(/,$/, ''))
    .find(word => isWord(word, 128) && /^v?\d+\.\d[\w.+~:-]*$/.test(word))
