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
 * second.
 */
export const spending = (limit: number): Spend => {
  let left = limit
  return looks => {
    left -= looks
    if (left < 0) throw new TooMuchWork()
  }
}
