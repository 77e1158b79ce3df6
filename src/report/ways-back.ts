import { foldNames } from '../model/fold-names.ts'
import type { RollBackAdvice } from '../model/roll-back.ts'

/** Ways back, each once with all its nodes; those that are known first. */
export const mergedWays = (advice: readonly RollBackAdvice[]): readonly RollBackAdvice[] => {
  const merged = new Map<string, RollBackAdvice>()
  for (const one of advice) {
    const key = JSON.stringify({ ...one, nodes: [] })
    const known = merged.get(key)
    merged.set(key, known ? { ...known, nodes: [...new Set([...known.nodes, ...one.nodes])] } : one)
  }
  return [...merged.values()].toSorted((a, b) => Number('none' in a) - Number('none' in b))
}

/** Taking it back, on these nodes; then keeping it there, and what is left to do. */
export const waySentence = (way: RollBackAdvice, afterwards?: string): string => {
  const who = way.nodes.length <= 12 ? foldNames(way.nodes) : `${way.nodes.length} nodes`
  if ('none' in way) return `${way.none}   on ${who}`
  const { do: command, boots, hold, note } = way
  const steps = [
    ...(boots ? ['reboot'] : []),
    ...(hold === undefined ? [] : [hold]),
    ...(afterwards === undefined ? [] : [afterwards]),
  ]
  const [last, ...before] = steps.toReversed()
  const then =
    last === undefined
      ? ''
      : `; then ${before.length > 0 ? `${before.toReversed().join(', then ')}, and ` : ''}${last}`
  return `${command}   on ${who}${then}${note === undefined ? '' : ` (${note})`}`
}
