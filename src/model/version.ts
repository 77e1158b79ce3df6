/**
 * Orders two version strings as rpm does (rpmvercmp.c): runs of digits by number, runs of letters by ASCII,
 * digits above letters, `~` before everything, `^` after the end but before more. Epochs are not compared:
 * they differ between distributions for the same upstream version.
 */
export const compareVersions = (a: string, b: string): number => {
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    while (i < a.length && !significant.test(a.charAt(i))) i += 1
    while (j < b.length && !significant.test(b.charAt(j))) j += 1
    const [x, y] = [a.charAt(i), b.charAt(j)]
    if (x === '~' || y === '~') {
      if (x !== '~') return 1
      if (y !== '~') return -1
      i += 1
      j += 1
      continue
    }
    if (x === '^' || y === '^') {
      if (x === '') return -1
      if (y === '') return 1
      if (x !== '^') return 1
      if (y !== '^') return -1
      i += 1
      j += 1
      continue
    }
    if (x === '' || y === '') break
    const kind = digit.test(x) ? digit : letter
    const [m, n] = [runEnd(a, i, kind), runEnd(b, j, kind)]
    // Different kinds: digits are newer.
    if (n === j) return kind === digit ? 1 : -1
    const order =
      kind === digit
        ? compareNumbers(a.slice(i, m), b.slice(j, n))
        : compareText(a.slice(i, m), b.slice(j, n))
    if (order !== 0) return order
    i = m
    j = n
  }
  return Math.sign(a.length - i - (b.length - j))
}

const significant = /[A-Za-z0-9~^]/
const digit = /[0-9]/
const letter = /[A-Za-z]/

const runEnd = (text: string, from: number, kind: RegExp): number => {
  let end = from
  while (end < text.length && kind.test(text.charAt(end))) end += 1
  return end
}

const compareNumbers = (a: string, b: string): number => {
  const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')]
  return x.length === y.length ? compareText(x, y) : Math.sign(x.length - y.length)
}

const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)

/** Whether `from <= version < before`, each bound optional. */
export const inRange = (
  version: string,
  range: { readonly from?: string | undefined; readonly before?: string | undefined },
): boolean =>
  (range.from === undefined || compareVersions(version, range.from) >= 0) &&
  (range.before === undefined || compareVersions(version, range.before) < 0)
