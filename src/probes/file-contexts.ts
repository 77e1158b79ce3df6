import type { FileContexts } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { isPhrase, isWord, optionalMoment } from '../model/ranges.ts'
import { read, unreadable } from '../model/reading.ts'
import { shellQuote, sumAll } from './fragment.ts'
import { linesOf } from './parse.ts'

/**
 * The configured policy's file contexts: of each file its digest and time of change, and of all their lines those that hold one of a few
 * words. Whole they are half a megabyte; that of home folders names users, and tells its digest alone.
 */
export const fileContexts: Probe<'file-contexts'> = {
  name: 'file-contexts',
  cost: 'cheap',
  bytes: 256 * 1024,
  fragment: ({ words }) => `need sha256sum
conf SELINUXTYPE; v=\${v%%[!A-Za-z0-9_.-]*}
t=/etc/selinux/\${v:-targeted}/contexts/files
p=; for n in ${fileNames.join(' ')}; do [ ! -f "$R$t/$n" ] || p="$p$R$t/$n$nl"; done
c=; [ -z "$p" ] || { ${sumAll}; IFS=$nl; set -f; c=$nl$(stat -c '%n	%Y' $p 2>/dev/null)$nl; set +f; unset IFS; }
for n in ${fileNames.join(' ')}; do
  f=$t/$n
  [ -e "$R$f" ] || continue
  [ -f "$R$f" ] && summed "$f" || { printf 'denied\\t%s\\n' "$f"; continue; }
  s=; case $c in *"$nl$R$f	"*) s=\${c#*"$nl$R$f	"}; s=\${s%%"$nl"*};; esac
  printf 'file\\t%s\\t%s\\t%s\\n' "$f" "$d" "$s"
  [ "$n" = file_contexts.homedirs ] || grep -F ${words.map(word => `-e ${shellQuote(word)}`).join(' ')} "$R$f" 2>/dev/null | sed -n -e 's/[	 ][	 ]*/ /g' -e 's|^/|line	/|p' -e 600q
done
echo "#looked"`,
  byHand: ({ words }) =>
    `grep -F ${words.map(word => `-e ${shellQuote(word)}`).join(' ')} /etc/selinux/*/contexts/files/file_contexts*`,
  parse: ({ stdout, whole }) => {
    const lines = linesOf(stdout)
    if (whole && !lines.includes('#looked'))
      return unreadable('nonsense', 'the look for file contexts did not end')
    const files = lines.filter(line => line.startsWith('file\t')).map(toFile)
    if (!files.every(file => file !== undefined))
      return unreadable('nonsense', 'a line on a file of contexts that is none')
    const denied = lines.some(line => line.startsWith('denied\t'))
    return read<FileContexts>(
      { files, rules: lines.map(toRule).filter(rule => rule !== undefined) },
      'sha256sum and grep',
      denied ? { complete: false, why: 'a file of contexts may not be read' } : undefined,
    )
  },
}

const fileNames = [
  'file_contexts',
  'file_contexts.homedirs',
  'file_contexts.local',
  'file_contexts.subs',
  'file_contexts.subs_dist',
]

// file	/etc/selinux/targeted/contexts/files/file_contexts	3f1c…	1700000000
const toFile = (line: string): FileContexts['files'][number] | undefined => {
  const [, path, sha256 = '', changed] = line.split('\t')
  const changedAt = optionalMoment(changed)
  if (!isWord(path, 4096) || !/^[0-9a-f]{64}$/.test(sha256) || changedAt === 'nonsense') return undefined
  return { path, sha256, ...(changedAt === 'none' ? {} : { changedAt }) }
}

// line	/var/lib/containerd/[^/]*/snapshots(/.*)? -d system_u:object_r:container_ro_file_t:s0
// line	/var/lib/kubelet(/.*)? <<none>>
// line	/var/lib/k0s/kubelet /var/lib/kubelet      (an equivalence, of file_contexts.subs)
const toRule = (line: string): FileContexts['rules'][number] | undefined => {
  const match = /^line\t(\/\S*) (?:(-[bcdpls-]) )?(\S+) ?$/.exec(line)
  const [, pattern, kind, said = ''] = match ?? []
  if (!isPhrase(pattern, 500) || !isPhrase(said, 500)) return undefined
  const type = /^[^:\s]+:[^:\s]+:([^:\s]+)/.exec(said)?.[1] ?? said
  return { pattern: kind === undefined ? pattern : `${pattern} ${kind}`, type }
}
