import type { Package } from '../model/facts.ts'
import { shellQuote } from './fragment.ts'

/**
 * The end of a fragment: the packages of rpm's database by name patterns, between `#rpm` and `#listed`. `options` choose
 * another database.
 */
export const rpmList = (names: readonly string[], options = ''): string =>
  // rpm prints misses on stdout and ends with their number: no failure here.
  `# A database without any of these is no system's: rpm lists nothing there and ends with 0.
rpm${options} -q rpm glibc musl filesystem setup >/dev/null 2>&1; [ $? -lt 5 ] || { echo "the rpm database is empty" >&2; exit 3; }
echo "#rpm"
rpm${options} -qa --qf 'rpm\\t%{NAME}\\t%|EPOCH?{%{EPOCH}}:{0}|\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\t%{INSTALLTIME}\\t%{INSTALLTID}\\n' ${names.map(shellQuote).join(' ')} || exit $?`

/** One row of that list. */
// rpm	container-selinux	2	2.222.0	1.fc39	noarch	1700000000	1699999999
export const fromRpm = (line: string): Package | undefined => {
  const [tag, name, epoch, version, release, architecture, time, transaction] = line.split('\t')
  if (tag !== 'rpm' || !name || !version || release === undefined) return undefined
  return {
    name,
    epoch: Number(epoch) || 0,
    version,
    release,
    architecture: architecture ?? '',
    ...(Number(time) > 0 ? { installedAt: Number(time) } : {}),
    ...(Number(transaction) > 0 ? { transaction: Number(transaction) } : {}),
  }
}
