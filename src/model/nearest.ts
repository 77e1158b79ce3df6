/**
 * The candidate a mistyped word most likely meant, or undefined when none is close: at most a third of its letters
 * wrong (two for words of up to six, one of up to three), swapped neighbours counting once, case not at all.
 * Of equally near ones the first is taken.
 */
export const nearest = (word: string, candidates: Iterable<string>): string | undefined => {
  const wanted = word.toLowerCase()
  const allowed = wanted.length <= 3 ? 1 : Math.max(2, Math.floor(wanted.length / 3))
  let best: { readonly candidate: string; readonly edits: number } | undefined
  for (const candidate of candidates) {
    // Never all of it: a candidate of two letters is not "near" everything short.
    const limit = Math.min(allowed, (best?.edits ?? Infinity) - 1, candidate.length - 1)
    if (limit < 0 || Math.abs(candidate.length - word.length) > limit) continue
    const edits = distance(wanted, candidate.toLowerCase())
    if (edits <= limit) best = { candidate, edits }
  }
  return best?.candidate
}

/** Damerau-Levenshtein (optimal string alignment): insertions, deletions, replacements and swaps of neighbours. */
export const distance = (from: string, to: string): number => {
  const [a, b] = [Array.from(from), Array.from(to)]
  let twoBack: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let edits = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        edits = Math.min(edits, (twoBack[j - 2] ?? 0) + 1)
      }
      row.push(edits)
    }
    twoBack = last
    last = row
  }
  return last[b.length] ?? 0
}

/** ` (did you mean 'X'?)`, or nothing: for the end of an error's sentence. */
export const didYouMean = (word: string, candidates: Iterable<string>): string => {
  const found = nearest(word, candidates)
  return found === undefined ? '' : ` (did you mean '${found}'?)`
}
