/**
 * Shell functions every fragment may use. Kept POSIX and free of here-documents (bash writes those to the node's disk).
 * A process costs a node milliseconds, a line that the shell reads itself microseconds: `line` starts none, and reads plain files only,
 * as a pipe or a device may have no end. `conf` sets `$v` to what SELinux's configuration has for a key, its last word.
 * Exit statuses 251 and 252 are ours: a needed program is missing; root is needed.
 */
export const prelude = `need() { command -v "$1" >/dev/null 2>&1 || { echo "missing $1" >&2; exit 251; }; }
isroot() { [ "\${U:=$(id -u)}" = 0 ]; }
root() { isroot || { echo "not root" >&2; exit 252; }; }
line() { v=; while IFS= read -r x || [ -n "$x" ]; do v="$v$x "; [ "\${#v}" -lt 4096 ] || break; done <"$2"; printf '%s=%.4096s\\n' "$1" "\${v% }"; }
nl='
'
conf() { v=; [ -f "$R/etc/selinux/config" ] && [ -r "$R/etc/selinux/config" ] && while IFS= read -r x || [ -n "$x" ]; do x=\${x#"\${x%%[![:space:]]*}"}; case $x in "$1"[[:space:]]*|"$1"=*) x=\${x#"$1"}; x=\${x#"\${x%%[![:space:]]*}"}; case $x in =*) x=\${x#=}; x=\${x#"\${x%%[![:space:]]*}"}; v=\${x%%[[:space:]#]*};; esac;; esac; done <"$R/etc/selinux/config"; }
show() { if [ -r "$R$2" ] && [ -f "$R$2" ]; then line "$1" "$R$2"; elif [ -e "$R$2" ]; then echo "$1!denied"; else echo "$1!absent"; fi; }
`

export const exitToolMissing = 251
export const exitNotRoot = 252

/** A word of the profile as one shell word, whatever it holds. */
export const shellQuote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

/**
 * Asks stat of all paths in `$p`, one in a line, at once; `stated PATH` then says of each: its line in `$s` and true, or false with
 * `absent` or `denied` there. `format` must not hold a line’s end.
 */
export const statAll = (
  format: string,
): string => `IFS=$nl; set -f; a=$nl$(stat -c '%n	${format}' $p 2>&1)$nl; set +f; unset IFS
stated() {
  case $a in
  *"security context of "[\\'\\"\\\`]"$R$1"[\\'\\"]*) s=denied; return 1;;
  *"$nl$R$1	"*) s=\${a#*"$nl$R$1	"}; s=\${s%%"$nl"*};;
  *[\\'\\"\\\`]"$R$1"[\\'\\"]": No such file"*|*[\\'\\"\\\`]"$R$1"[\\'\\"]": Not a directory"*) s=absent; return 1;;
  # a name that stat quotes otherwise, or words of another stat
  *) case $(stat -c %F "$R$1" 2>&1) in *"No such file"*|*"Not a directory"*) s=absent;; *) s=denied;; esac; return 1;;
  esac
}`

/**
 * Asks for the sha256 of all paths in `$p`, one in a line, at once; `summed PATH` then puts its sum into `$d`, and is false where there
 * is none.
 */
export const sumAll = `IFS=$nl; set -f; h=$nl$(sha256sum $p 2>/dev/null)$nl; set +f; unset IFS
summed() {
  d=\${h%%"  $R$1$nl"*}; d=\${d##*"$nl"}
  # a name that sha256sum writes otherwise, or a file that could not be read
  case $h in *"$nl$d  $R$1$nl"*) ;; *) d=$(sha256sum <"$R$1" 2>/dev/null) || return 1; d=\${d%% *};; esac
}`
