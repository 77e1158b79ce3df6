import type { CauseTable } from '../../model/drift.ts'

/**
 * Fisher’s exact test, one-sided: the chance that at least so many of the drifted nodes are among the changed ones if the two
 * had nothing to do with each other (hypergeometric tail; R. A. Fisher, 1922).
 */
export const chanceOf = ({
  changedDrifted,
  changedFine,
  unchangedDrifted,
  unchangedFine,
}: CauseTable): number => {
  const changed = changedDrifted + changedFine
  const drifted = changedDrifted + unchangedDrifted
  const all = drifted + changedFine + unchangedFine
  const total = logChoose(all, drifted)
  let chance = 0
  for (let hits = changedDrifted; hits <= Math.min(changed, drifted); hits += 1)
    chance += Math.exp(logChoose(changed, hits) + logChoose(all - changed, drifted - hits) - total)
  return Math.min(1, chance)
}

const logChoose = (n: number, k: number): number =>
  k < 0 || k > n ? Number.NEGATIVE_INFINITY : logFactorial(n) - logFactorial(k) - logFactorial(n - k)

const logs: number[] = [0]
const logFactorial = (n: number): number => {
  for (let next = logs.length; next <= n; next += 1) logs.push((logs[next - 1] ?? 0) + Math.log(next))
  return logs[n] ?? 0
}
