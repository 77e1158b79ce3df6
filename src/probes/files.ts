import type { FileFact } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { isPhrase, isWord, optionalMoment } from '../model/ranges.ts'
import { read, unreadable } from '../model/reading.ts'
import { shellQuote, statAll, sumAll } from './fragment.ts'
import { linesOf } from './parse.ts'

/** Whether named paths are there, their kind, mode, owner and time of change; never their content, at most its sha256. */
export const files: Probe<'files'> = {
  name: 'files',
  cost: 'cheap',
  fragment: ({ paths, digest }) => `need stat
set -- ${paths.map(shellQuote).join(' ')}
p=; for n; do p="$p$R$n
"; done
${statAll('%a	%U	%G	%F	%Y')}
${digest ? digests : ''}for p; do
  if stated "$p"; then
    d=; ${digest ? '[ -f "$R$p" ] && summed "$p"' : ':'}
    printf 'present\\t%s\\t%s\\t%s\\t%s\\n' "$p" "\${s%	*}" "$d" "\${s##*	}"
  else printf '%s\\t%s\\n' "$s" "$p"; fi
done`,
  byHand: ({ paths, digest }) =>
    `stat -c '%a %U %G %F %y %n' ${paths.map(shellQuote).join(' ')}${digest ? `; sha256sum ${paths.map(shellQuote).join(' ')}` : ''}`,
  parse: ({ stdout, whole }, { paths }) => {
    const facts = linesOf(stdout)
      .map(toFact)
      .filter(fact => fact !== undefined)
    const seen = new Set(facts.map(({ path }) => path))
    if (paths.every(path => !seen.has(path))) return unreadable('nonsense', 'no line on any path asked for')
    const all = paths.every(path => seen.has(path))
    return read<readonly FileFact[]>(
      facts,
      'stat',
      all || !whole ? undefined : { complete: false, why: 'not every path was answered' },
    )
  },
}

// Of plain files alone: a pipe has no end.
const digests = `f=; for n; do [ ! -f "$R$n" ] || f="$f$R$n$nl"; done; p=$f
${sumAll}
`

// present	/etc/passwd	644	root	root	regular file	d3ad…	1700000000
const toFact = (line: string): FileFact | undefined => {
  const [tag, path, mode, owner, group, kind, sha256, changed] = line.split('\t')
  if (!path) return undefined
  if (tag === 'absent' || tag === 'denied') return { path, state: tag }
  if (tag !== 'present' || !/^[0-7]{1,5}$/.test(mode ?? '') || mode === undefined) return undefined
  if (!isPhrase(kind, 64) || ![owner, group].every(name => isWord(name))) return undefined
  if (sha256 && !/^[0-9a-f]{64}$/.test(sha256)) return undefined
  const changedAt = optionalMoment(changed)
  if (changedAt === 'nonsense') return undefined
  return {
    path,
    state: 'present',
    kind,
    mode: mode.padStart(4, '0'),
    owner: owner ?? '',
    group: group ?? '',
    ...(sha256 ? { sha256 } : {}),
    ...(changedAt === 'none' ? {} : { changedAt }),
  }
}
