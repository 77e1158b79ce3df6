import type { LabelFact } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { isPhrase } from '../model/ranges.ts'
import { read, unreadable } from '../model/reading.ts'
import { shellQuote } from './fragment.ts'
import { linesOf } from './parse.ts'

/** Security labels of named paths beside the policy's default for them. */
export const labels: Probe<'labels'> = {
  name: 'labels',
  cost: 'cheap',
  fragment: ({ paths }) => `need stat
for p in ${paths.map(shellQuote).join(' ')}; do
  if s=$(stat -c '%C	%F' "$R$p" 2>&1); then
    e=; command -v matchpathcon >/dev/null 2>&1 && e=$(matchpathcon -n "$p" 2>/dev/null)
    printf 'label\\t%s\\t%s\\t%s\\n' "$p" "$s" "$e"
  else case $s in
    *"No such file"*|*"Not a directory"*) printf 'absent\\t%s\\n' "$p";;
    *) printf 'denied\\t%s\\n' "$p";;
  esac; fi
done`,
  byHand: ({ paths }) =>
    `stat -c '%C %n' ${paths.map(shellQuote).join(' ')}; matchpathcon -V ${paths.map(shellQuote).join(' ')}`,
  parse: ({ stdout, whole }, { paths }) => {
    const facts = linesOf(stdout)
      .map(toFact)
      .filter(fact => fact !== undefined)
    const seen = new Set(facts.map(({ path }) => path))
    if (paths.every(path => !seen.has(path))) return unreadable('nonsense', 'no line on any path asked for')
    const all = paths.every(path => seen.has(path))
    return read<readonly LabelFact[]>(
      facts,
      'stat',
      all || !whole ? undefined : { complete: false, why: 'not every path was answered' },
    )
  },
}

// label	/var/lib/kubelet	system_u:object_r:container_var_lib_t:s0	directory	system_u:object_r:container_var_lib_t:s0
const toFact = (line: string): LabelFact | undefined => {
  const [tag, path, context, kind, expected] = line.split('\t')
  if (!path) return undefined
  if (tag === 'absent' || tag === 'denied') return { path, state: tag }
  if (tag !== 'label' || !isPhrase(context)) return undefined
  if (![kind, expected].every(text => !text || isPhrase(text))) return undefined
  if (context === '?') return { path, state: 'unlabelled' }
  return {
    path,
    state: 'labelled',
    context,
    kind: kind ?? '',
    ...(expected && expected !== '<<none>>' ? { expected } : {}),
  }
}
