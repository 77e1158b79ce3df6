/**
 * Whether a shell glob (`*`, `?`, `[abc]`, `[!a-z]`) matches the whole text, case-sensitively, as Python's fnmatch does.
 * Linear in pattern times text, whatever the pattern.
 */
export const globMatches = (pattern: string, text: string): boolean => {
  const steps = compile(pattern)
  const characters = Array.from(text)
  let [step, at] = [0, 0]
  let retry: { step: number; at: number } | undefined
  for (;;) {
    const current = steps[step]
    const character = characters[at]
    if (current === '*') {
      retry = { step: ++step, at }
    } else if (current !== undefined && character !== undefined && current(character)) {
      step++
      at++
    } else if (current === undefined && character === undefined) {
      return true
    } else {
      // Only the last star needs another try: what an earlier one could give up, the last one can take.
      if (!retry || retry.at >= characters.length) return false
      at = ++retry.at
      step = retry.step
    }
  }
}

type Step = '*' | ((character: string) => boolean)

const compile = (pattern: string): readonly Step[] => {
  const characters = Array.from(pattern)
  const steps: Step[] = []
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]
    if (character === '*') {
      if (steps.at(-1) !== '*') steps.push('*')
    } else if (character === '?') {
      steps.push(() => true)
    } else {
      const end = character === '[' ? endOfSet(characters, at) : -1
      if (end < 0) steps.push(other => other === character)
      else {
        steps.push(setOf(characters.slice(at + 1, end)))
        at = end
      }
    }
  }
  return steps
}

// A `]` right after `[` or `[!` belongs to the set; a set that never ends is a plain bracket.
const endOfSet = (characters: readonly string[], start: number): number => {
  const first = characters[start + 1] === '!' ? start + 2 : start + 1
  return characters.indexOf(']', first + 1)
}

const setOf = (inside: readonly string[]): ((character: string) => boolean) => {
  const negated = inside[0] === '!'
  const members = negated ? inside.slice(1) : inside
  const tests: ((character: string) => boolean)[] = []
  for (let at = 0; at < members.length; at++) {
    const low = members[at] ?? ''
    const high = members[at + 2]
    if (members[at + 1] === '-' && high !== undefined) {
      tests.push(character => code(low) <= code(character) && code(character) <= code(high))
      at += 2
    } else tests.push(character => character === low)
  }
  return character => tests.some(test => test(character)) !== negated
}

const code = (character: string): number => character.codePointAt(0) ?? -1
