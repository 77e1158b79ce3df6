/** Two policies that cannot be compared within the limit: no distribution’s are like that, so somebody made them so. */
export class TooMuchWork extends Error {
  constructor() {
    super('comparing them is more work than any two policies of a distribution are')
    this.name = 'TooMuchWork'
  }
}

/** Counts work in looks at a rule; throws TooMuchWork beyond the limit. */
export type Spend = (looks: number) => void

/**
 * Attributes multiply: a few hundred bytes can say as many permissions as all of Fedora. The focused difference of two such
 * policies with hundreds of edits takes some twenty million looks and the full one fewer than a hundred; ten million take a
 * second. What is counted is what it costs, in time or in memory.
 */
export const spending = (limit: number): Spend => {
  let left = limit
  return looks => {
    left -= looks
    if (left < 0) throw new TooMuchWork()
  }
}

/** What a fleet's comparisons may take together. */
export interface WorkOfFleet {
  /** For one more pair. */
  readonly ofPair: () => Spend
}

/**
 * A pair may spend `pair` looks as long as all pairs together have not spent `fleet`, and `assured` ones always: what a hostile node
 * makes others spend is bounded, and the comparison of two real policies is never refused because of it.
 */
export const workOfFleet = (limits: {
  readonly pair: number
  readonly fleet: number
  readonly assured: number
}): WorkOfFleet => {
  let left = limits.fleet
  return {
    ofPair: () => {
      let mine = Math.max(limits.assured, Math.min(limits.pair, left))
      return looks => {
        mine -= looks
        left -= looks
        if (mine < 0) throw new TooMuchWork()
      }
    },
  }
}
