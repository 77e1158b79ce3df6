/**
 * Shell functions every fragment may use. Kept POSIX and free of here-documents (bash writes those to the node's disk).
 * Exit statuses 251 and 252 are ours: a needed program is missing; root is needed.
 */
export const prelude = `need() { command -v "$1" >/dev/null 2>&1 || { echo "missing $1" >&2; exit 251; }; }
root() { [ "$(id -u)" = 0 ] || { echo "not root" >&2; exit 252; }; }
line() { printf '%s=' "$1"; tr '\\000\\n' '  ' <"$2" | head -c "\${3:-4096}"; echo; }
show() { if [ -r "$R$2" ] && [ ! -d "$R$2" ]; then line "$1" "$R$2" "\${3:-4096}"; elif [ -e "$R$2" ]; then echo "$1!denied"; else echo "$1!absent"; fi; }
`

export const exitToolMissing = 251
export const exitNotRoot = 252

/** A word of the profile as one shell word, whatever it holds. */
export const shellQuote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`
