/**
 * Whether a comma list of known_hosts covers a name, as match_pattern_list of OpenSSH has it: without regard to case,
 * `*` and `?` are wild, and one negated match cancels the line wherever it stands. `name` is in lower case.
 */
export const matchesHostList = (list: string, name: string): boolean =>
  matchesPatternList(list.toLowerCase(), name)

/** The same with regard to case, as `Host` lines of ssh_config have it. */
export const matchesPatternList = (list: string, name: string): boolean => {
  let matched = false
  for (const pattern of list.split(',')) {
    const isNegated = pattern.startsWith('!')
    if (!matchesGlob(isNegated ? pattern.slice(1) : pattern, name)) continue
    if (isNegated) return false
    matched = true
  }
  return matched
}

/** Whether a comma list needs matching at all, or is a list of plain names that an index can hold. */
export const hasPattern = (list: string): boolean => /[*?!]/.test(list)

// On a mismatch only the latest star takes one more character: no pattern makes this slow.
const matchesGlob = (pattern: string, name: string): boolean => {
  let at = 0
  let star = -1
  let starAt = 0
  let next = 0
  while (at < name.length) {
    const wanted = pattern[next]
    if (wanted === '*') {
      star = next++
      starAt = at
    } else if (wanted === '?' || wanted === name[at]) {
      next++
      at++
    } else if (star >= 0) {
      next = star + 1
      at = ++starAt
    } else return false
  }
  while (pattern[next] === '*') next++
  return next === pattern.length
}
