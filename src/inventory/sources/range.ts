/** The names a pattern stands for, or what is wrong with it. */
export type Expansion =
  | { readonly state: 'names'; readonly names: readonly string[] }
  | { readonly state: 'wrong'; readonly why: string }

/** More names than this from one pattern is a slip of the keyboard. */
const most = 100_000

/**
 * Expands `[begin:end]` and `[begin:end:step]`, end inclusive, any number per name: `db-[01:03]`, `rack[a:f]-[1:9:2]`.
 * Leading zeros of `begin` set the width; letters run a…z, A…Z; an empty begin is 0. Stricter than Ansible where it
 * would take a mistake for an answer: a range that is empty or whose step is 0.
 */
export const expandRanges = (pattern: string): Expansion => {
  let names = [pattern]
  for (;;) {
    const next: string[] = []
    for (const name of names) {
      const range = /^([^[\]]*)\[([^[\]]*)\](.*)$/s.exec(name)
      if (!range) {
        if (/[[\]]/.test(name)) return wrong(`'${pattern}' has a bracket without its partner`)
        next.push(name)
        continue
      }
      const [, head = '', bounds = '', tail = ''] = range
      const steps = expandOne(bounds)
      if (typeof steps === 'string') return wrong(`range [${bounds}] of '${pattern}' ${steps}`)
      if (next.length + steps.length > most) return wrong(`'${pattern}' stands for more than ${most} hosts`)
      for (const step of steps) next.push(head + step + tail)
    }
    // All names of one pattern hold the same ranges, so they are done together.
    if (!next.some(name => name.includes('['))) return { state: 'names', names: next }
    names = next
  }
}

const wrong = (why: string): Expansion => ({ state: 'wrong', why })

const letters = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ')

/** The members of one range, or what is wrong with it. */
const expandOne = (bounds: string): readonly string[] | string => {
  const [begin = '', end, stepText = '1', ...rest] = bounds.split(':')
  if (end === undefined || rest.length > 0) return 'must be [begin:end] or [begin:end:step]'
  if (end === '') return 'has no end'
  const step = /^[0-9]+$/.test(stepText) ? Number(stepText) : 0
  if (step < 1) return 'must have a step of 1 or more'
  const first = begin === '' ? '0' : begin
  if (first.length > 1 && first.startsWith('0') && first.length !== end.length) {
    return 'must have begin and end of equal length, as begin has leading zeros'
  }
  const [from, to] = [letters.indexOf(first), letters.indexOf(end)]
  if (from >= 0 && to >= 0) {
    return from > to
      ? 'ends before it begins'
      : letters.slice(from, to + 1).filter((_, index) => index % step === 0)
  }
  if (!/^[0-9]+$/.test(first) || !/^[0-9]+$/.test(end)) return 'must run between two numbers or two letters'
  return numbers(Number(first), Number(end), step, first.startsWith('0') ? first.length : 0)
}

const numbers = (from: number, to: number, step: number, width: number): readonly string[] | string => {
  if (from > to) return 'ends before it begins'
  const count = Math.floor((to - from) / step) + 1
  if (count > most) return `stands for more than ${most} hosts`
  return Array.from({ length: count }, (_, index) => String(from + index * step).padStart(width, '0'))
}
