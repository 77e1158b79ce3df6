import type { RuntimeSwitches } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { read, unreadable } from '../model/reading.ts'
import type { Switch } from '../model/runtimes.ts'
import { shellQuote } from './fragment.ts'
import { linesOf } from './parse.ts'

/** A key with its value, as extended regular expressions. */
const forms: Readonly<Record<Switch['form'], (key: string) => string>> = {
  toml: key => `^[[:space:]]*${key}[[:space:]]*=[[:space:]]*"?[A-Za-z]+`,
  yaml: key => `^"?${key}"?[[:space:]]*:[[:space:]]*"?[A-Za-z]+`,
  json: key => `"${key}"[[:space:]]*:[[:space:]]*[a-z]+`,
}

/**
 * The single keys that decide whether the container runtime labels its containers, in every file that the runtime reads, in its order,
 * and on its command line. Root: some of these folders are 0700, and a file that cannot be seen is not a file that is absent. `grep -o`
 * and `sed -n`: what stands beside the key stays on the node.
 */
export const runtime: Probe<'runtime'> = {
  name: 'runtime',
  cost: 'cheap',
  fragment: ({ switches, switchedBy }) => `root
k() { for f in "$R"$1; do [ -r "$f" ] && [ -f "$f" ] || continue; echo "file	\${f#"$R"}"; last "$(grep -oE "$2" "$f" 2>/dev/null)"; done; }
# of what is found in \`$f\` the last three
last() {
  IFS=$nl; set -f; set -- $1; set +f; unset IFS
  [ $# -le 3 ] || shift $(($# - 3))
  for v; do printf 'key\\t%s\\t%.600s\\n' "\${f#"$R"}" "$v"; done
}
# a file, and what it imports: imports = ["/etc/runtime/conf.d/*.toml"]
c() { k "$1" "$2"; [ -r "$R$1" ] && grep -q '^[[:space:]]*imports' "$R$1" 2>/dev/null && sed -n '/^[[:space:]]*imports[[:space:]]*=/,/\\]/p' "$R$1" 2>/dev/null | head -c 4000 | grep -oE "[\\"'][A-Za-z0-9_./*-]+[\\"']" | head -n 10 | tr -d "\\"'" | while IFS= read -r g; do
  case $g in *..*) continue;; /*) ;; *) g=\${1%/*}/$g;; esac; k "$g" "$2"
done; }
${switches.map(one => `${one.imports ? 'c' : 'k'} ${shellQuote(one.file)} ${shellQuote(forms[one.form](one.key))}`).join('\n')}
ps -ewwo args= 2>/dev/null | sed -nE 's#^(.*[ /])?(${switchedBy.join('|')})( .*)? --(selinux(-enabled)?)(=(true|false))?( .*)?$#key	argv of \\2	\\4=\\7#p' | head -n 5
echo "#looked"`,
  byHand: ({ switches }) =>
    [...new Set(switches.map(({ key }) => key))]
      .map(key => {
        const files = switches.filter(one => one.key === key).map(({ file }) => file)
        return `grep -s ${key} ${files.join(' ')}`
      })
      .join('; '),
  parse: ({ stdout }) => {
    const lines = linesOf(stdout)
    if (!lines.includes('#looked'))
      return unreadable('nonsense', 'the look for runtime configuration did not end')
    const names = lines.map(line => /^file\t(.+)$/.exec(line)?.[1]).filter(name => name !== undefined)
    const switches = lines
      .map(line => /^key\t([^\t]+)\t\s*"?([\w-]+)"?\s*[=:]\s*"?(\w*)"?/.exec(line))
      .filter(match => match !== null)
      .map(([, file = '', key = '', value = '']) => ({ file, key, value: value.toLowerCase() || 'true' }))
    return read<RuntimeSwitches>({ files: names, switches }, 'configuration files')
  },
}
