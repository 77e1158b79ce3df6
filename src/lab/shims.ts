import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unitEndings } from '../model/unit-name.ts'

/**
 * Writes a node's commands: small sh programs that answer from the data below `$R/.lab`, honest about the arguments
 * that matter. What a node does not have is not written, so that `command -v` fails there too.
 */
export const writeShims = (
  bin: string,
  node: {
    readonly hasSelinux: boolean
    readonly manager: 'rpm' | 'dpkg'
    readonly updates: 'in-place' | 'snapshots' | 'ostree'
  },
): void => {
  mkdirSync(bin, { recursive: true })
  const all = {
    ...common,
    ...(node.hasSelinux ? selinux : {}),
    ...(node.manager === 'rpm' ? { rpm } : { 'dpkg-query': dpkgQuery }),
    ...(node.updates === 'snapshots' ? { btrfs } : {}),
    ...(node.updates === 'ostree' ? { ostree } : {}),
  }
  for (const [name, body] of Object.entries(all))
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
}

const common: Readonly<Record<string, string>> = {
  // the third column has the start; how long ago that is, the node's own clock says
  ps: 'case $* in *"o args="*) while read -r p q s u l r; do printf "%s\\n" "$r"; done <"$R/.lab/ps"; exit;; esac; read -r c <"$R/.lab/clock"; n=$(( $(command -p date +%s) + c )); while read -r p q s r; do echo "$p $q $((n - s)) $r"; done <"$R/.lab/ps"',
  date: `read -r c <"$R/.lab/clock"
case $* in *+%s*) ;; *) c=0;; esac
[ "$c" != 0 ] || [ ! -x /bin/date ] || exec /bin/date "$@"
d=$(command -p date "$@"); echo "$(( \${d%% *} + c ))\${d#"\${d%% *}"}"`,
  uname: `{ read -r r; read -r m; read -r h; } <"$R/.lab/uname"; case $1 in -nrm) echo "$h $r $m";; -m) echo "$m";; -n) echo "$h";; *) echo "$r";; esac`,
  id: 'read -r u <"$R/.lab/uid"; case $1 in -u) echo "$u";; *) echo "uid=$u";; esac',
  sudo: 'while [ "$1" = -n ]; do shift; done; exec "$@"',
  // stat -c FORMAT PATH…: labels, kinds and times come from the data; what has no label there may be a plain file.
  // In the shell alone: asked for dozens of paths, a process for each look would be most of what the lab costs.
  stat: `n='
'
all() { v=$n; while IFS= read -r r; do v=$v$r$n; done <"$R/.lab/$1"; }
look() { case $1 in *"$n$p	"*) v=\${1#*"$n$p	"}; v=\${v%%"$n"*};; *) v=;; esac; }
f=$2; shift 2; e=0
all edited; edited=$v; all labels; labels=$v
for x; do
  p=\${x#"$R"}
  look "$edited"; m=\${v:-1700000000}
  case $f in
    %Y) echo "$m"; continue;;
    '%n	%Y') [ ! -f "$x" ] || printf '%s\\t%s\\n' "$x" "$m"; continue;;
  esac
  look "$labels"; l=$v
  case $f in *%C*) ;; *) [ -n "$l" ] || [ ! -f "$x" ] || l="-	regular file";; esac
  [ -n "$l" ] || { echo "stat: cannot statx '$x': No such file or directory" >&2; e=1; continue; }
  case $f in %n*) printf '%s\\t' "$x";; esac
  case $f in
    *%C*) printf '%s\\n' "$l";;
    *) printf '755\\troot\\troot\\t%s\\t%s\\n' "\${l##*	}" "$m";;
  esac
done
exit $e`,
  systemctl: `[ "$1" = show ] || exit 1
shift
t='	' n='
'
v=$n; while IFS= read -r r; do v=$v$r$n; done <"$R/.lab/services"
for u; do
  case $u in -*|*,*) continue;; ${unitEndings.map(one => `*.${one}`).join('|')}) ;; *) u=$u.service;; esac
  case $v in *"$n$u$t"*) s=\${v#*"$n$u$t"}; s=\${s%%"$n"*};; *) s=;; esac
  if [ -n "$s" ]; then printf 'Id=%s\\nLoadState=loaded\\nActiveState=%s\\nUnitFileState=enabled\\n\\n' "$u" "$s"
  else printf 'Id=%s\\nLoadState=not-found\\nActiveState=inactive\\nUnitFileState=\\n\\n' "$u"; fi
done`,
}

// Lines of a file whose second field matches one of the globs given as arguments.
const byGlob = (file: string): string => `set -f
while IFS= read -r l; do
  n=\${l#*	}; n=\${n%%	*}
  for g; do case $n in $g) printf '%s\\n' "$l"; break;; esac; done
done <"${file}"`

// Another database is listed from its own file.
const rpm = `d=$R/.lab/rpm; [ "$1" != --dbpath ] || { d=$(ls "$2"/*); shift 2; }
[ "$1" = -qa ] || { echo "package $2 is not installed"; exit 1; }
shift 3
${byGlob('$d')}`
const dpkgQuery = `shift 2
${byGlob('$R/.lab/dpkg')}`

const needsRoot = `read -r u <"$R/.lab/uid"; [ "$u" = 0 ] || { echo "ERROR: not permitted" >&2; exit 1; }`
const btrfs = `${needsRoot}
[ "$*" = "subvolume get-default $R/" ] && cat "$R/.lab/btrfs"`
const ostree = `${needsRoot}
[ "$*" = "admin status" ] && cat "$R/.lab/ostree"`

const selinux: Readonly<Record<string, string>> = {
  getenforce:
    'read -r v <"$R/sys/fs/selinux/enforce"; case $v in 1) echo Enforcing;; *) echo Permissive;; esac',
  semodule: `read -r u <"$R/.lab/uid"; [ "$u" = 0 ] || { echo "libsemanage.semanage_access_check: Could not read from module store" >&2; exit 1; }
while IFS= read -r r; do printf '%s\\n' "$r"; done <"$R/.lab/modules"`,
  dmesg: 'exec cat "$R/.lab/dmesg"',
  matchpathcon: `for p; do while IFS= read -r r; do case $r in "$p	"*) printf '%s\\n' "$r"; break;; esac; done <"$R/.lab/defaults"; done`,
  // All records of an event that has one of these; rc 1 and nothing at all when there is no match, as with --raw.
  ausearch: `l="$R/var/log/audit/audit.log"; exec awk '{ k = ""; if (match($0, /audit\\([0-9.]+:[0-9]+\\)/)) k = substr($0, RSTART, RLENGTH) }
NR == FNR { if ($0 ~ /type=(AVC|USER_AVC|SELINUX_ERR|USER_SELINUX_ERR|MAC_POLICY_LOAD|MAC_STATUS|MAC_CONFIG_CHANGE|DAEMON_START|DAEMON_END|DAEMON_ABORT) /) m[k] = 1; next }
k in m { print; n = 1 } END { exit !n }' "$l" "$l"`,
}
