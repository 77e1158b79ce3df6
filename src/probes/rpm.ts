import type { Package } from '../model/facts.ts'
import { isWord, optionalMoment, wholeNumber } from '../model/ranges.ts'
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
  if (tag !== 'rpm' || !isWord(name) || !isWord(version) || release === undefined) return undefined
  if (![release, architecture].every(word => !word || isWord(word))) return undefined
  const [number, installedAt] = [wholeNumber(epoch, 0, mostEpoch), optionalMoment(time)]
  if (number === undefined || installedAt === 'nonsense') return undefined
  // Older frames have none; rpm says (none) of a package without.
  const tid = transaction && transaction !== '(none)' ? wholeNumber(transaction, 0, mostEpoch) : 0
  if (tid === undefined) return undefined
  return {
    name,
    epoch: number,
    version,
    release,
    architecture: architecture ?? '',
    ...(installedAt === 'none' ? {} : { installedAt }),
    ...(tid > 0 ? { transaction: tid } : {}),
  }
}

// Both are unsigned numbers of 32 bits in rpm's header.
const mostEpoch = 0xffff_ffff
