import type { Place } from '../../model/yaml-tree.ts'
import { mistake } from '../problem.ts'

/** More than this come from aliases of aliases or from ranges of ranges, not from a fleet. */
const mostGroups = 100_000
const mostHosts = 1_000_000

/** Counts what one inventory file defines; throws where that is too much. */
export interface Tally {
  readonly addGroup: (place: Place) => void
  readonly addHosts: (count: number, place: Place) => void
}

export const createTally = (file: string): Tally => {
  let groups = 0
  let hosts = 0
  return {
    addGroup: place => {
      if (++groups > mostGroups)
        throw mistake(file, place, `this inventory defines more than ${mostGroups} groups`)
    },
    addHosts: (count, place) => {
      hosts += count
      if (hosts > mostHosts) throw mistake(file, place, `this inventory defines more than ${mostHosts} hosts`)
    },
  }
}
