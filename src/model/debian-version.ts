/**
 * Orders two Debian versions, `[epoch:]upstream[-revision]`, as dpkg does (deb-version(7); dpkg's lib/dpkg/version.c): runs of
 * other characters by their order (`~` before the end, letters before the rest), runs of digits by number.
 */
export const compareDebianVersions = (a: string, b: string): number => {
  const [left, right] = [parts(a), parts(b)]
  return (
    Math.sign(left.epoch - right.epoch) ||
    comparePart(left.upstream, right.upstream) ||
    comparePart(left.revision, right.revision)
  )
}

const parts = (version: string) => {
  const [, epoch = '0', rest = ''] = /^(?:(\d+):)?(.*)$/s.exec(version) ?? []
  const dash = rest.lastIndexOf('-')
  return {
    epoch: Number(epoch),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '' : rest.slice(dash + 1),
  }
}

const comparePart = (a: string, b: string): number => {
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a[i])) || (j < b.length && !isDigit(b[j]))) {
      const order = orderOf(a[i]) - orderOf(b[j])
      if (order !== 0) return Math.sign(order)
      i += 1
      j += 1
    }
    const [m, n] = [digitsEnd(a, i), digitsEnd(b, j)]
    const [x, y] = [withoutZeros(a.slice(i, m)), withoutZeros(b.slice(j, n))]
    if (x.length !== y.length) return Math.sign(x.length - y.length)
    if (x !== y) return x < y ? -1 : 1
    i = m
    j = n
  }
  return 0
}

const isDigit = (character: string | undefined): boolean => character !== undefined && /[0-9]/.test(character)

// The end counts 0, and so does a digit: the run of others is over there.
const orderOf = (character: string | undefined): number => {
  if (character === undefined || isDigit(character)) return 0
  if (character === '~') return -1
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256
}

const digitsEnd = (text: string, from: number): number => {
  let end = from
  while (isDigit(text[end])) end += 1
  return end
}

const withoutZeros = (digits: string): string => digits.replace(/^0+/, '')
