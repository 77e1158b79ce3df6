import { SefleetError } from '../../errors.ts'
import { didYouMean } from '../../model/nearest.ts'

/** The policy has no symbol of that name. */
export const unknownName = (what: string, name: string, known: Iterable<string>): SefleetError =>
  new SefleetError('policy-name-unknown', `the policy has no ${what} '${name}'${didYouMean(name, known)}`)
