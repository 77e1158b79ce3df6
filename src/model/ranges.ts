/*
 * What a number, a time or a name may be when somebody else says it. Every parser of a node's answer reads them through
 * here: outside of its range a word is nonsense, however well-formed it looks, and nobody behind the parser checks again.
 */

/** The years 1990 to 2200, in epoch seconds: no node of ours has run before, and none runs after. */
export const firstMoment = Date.UTC(1990, 0, 1) / 1000
export const lastMoment = Date.UTC(2200, 0, 1) / 1000

/** Whether epoch seconds lie where clocks can be. */
export const isMoment = (seconds: number): boolean => seconds >= firstMoment && seconds <= lastMoment

/** Epoch seconds in plain decimals, with or without a fraction; undefined for whatever lies outside of the range. */
export const epochSeconds = (text: string | undefined): number | undefined => {
  if (text === undefined || !/^\d{1,12}(?:\.\d{1,9})?$/.test(text)) return undefined
  const seconds = Number(text)
  return isMoment(seconds) ? seconds : undefined
}

/**
 * The time of something that need not have one: none where nothing is said, and where it lies before the range, as images
 * and reproducible builds set it (0, 1, 1980); nonsense where it lies beyond, or is no number at all.
 */
export const optionalMoment = (text: string | undefined): number | 'none' | 'nonsense' => {
  if (text === undefined || text === '' || text === '(none)') return 'none'
  const seconds = wholeNumber(text, 0, lastMoment)
  if (seconds === undefined) return 'nonsense'
  return seconds < firstMoment ? 'none' : seconds
}

/** A whole number in plain decimals between two bounds, both included: no sign, exponent, blank or base. */
export const wholeNumber = (text: string | undefined, from: number, to: number): number | undefined => {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined
  const value = Number(text)
  return value >= from && value <= to ? value : undefined
}

/** Of processes: Linux counts to 2^22, and leaves room for none beyond. */
export const mostPid = 4_194_304

/** Of things on one node: processes, loads of a policy, denials. */
export const mostCount = 1_000_000_000

/** Whether a text may be one name or version: some characters, all visible, none of them a blank. */
export const isWord = (text: string | undefined, longest = 255): text is string =>
  text !== undefined && text.length > 0 && text.length <= longest && !/[\p{C}\p{Z}]/u.test(text)

/** Whether a text may be a path or a title: visible characters and blanks, on one line. */
export const isPhrase = (text: string | undefined, longest = 4096): text is string =>
  text !== undefined && text.length > 0 && text.length <= longest && !/[\p{C}\p{Zl}\p{Zp}]/u.test(text)
