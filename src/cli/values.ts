import { InvalidArgumentError } from 'commander'
import type { AllowMissing } from '../evaluate/verdict.ts'
import { nearest } from '../model/nearest.ts'
import { becomeMethods, type BecomeMethod, connectionKinds, type ConnectionKind } from '../model/node.ts'
import { gateLevels, type GateLevel } from '../model/severity.ts'

/** Collects a repeatable option. */
export const repeated = (value: string, previous: readonly string[] | undefined): readonly string[] => [
  ...(previous ?? []),
  value,
]

/** A positive whole number. */
export const wholeNumber = (value: string): number => {
  if (!/^\d{1,6}$/.test(value) || Number(value) === 0)
    throw new InvalidArgumentError('a whole number above 0 is needed.')
  return Number(value)
}

/** The number of an ioctl, as 0x5401 or 21505. */
export const xpermNumber = (value: string): number => {
  const number = /^(0x[\da-f]{1,4}|\d{1,5})$/i.test(value) ? Number(value) : Number.NaN
  if (!(number <= 0xffff)) throw new InvalidArgumentError('a number from 0 to 0xffff is needed.')
  return number
}

/** A level of `--severity`. */
export const gateLevel = (value: string): GateLevel => {
  const level = gateLevels.find(one => one === value)
  if (level) return level
  if (value === 'info') throw new InvalidArgumentError('info never gates; the lowest level is low.')
  const near = nearest(value, gateLevels)
  throw new InvalidArgumentError(
    `one of ${gateLevels.join(', ')} is needed${near === undefined ? '' : `; did you mean ${near}?`}`,
  )
}

/** A way to reach nodes. */
export const connectionKind = (value: string): ConnectionKind => {
  const kind = connectionKinds.find(one => one === value)
  if (!kind) throw new InvalidArgumentError(`one of ${connectionKinds.join(', ')} is needed.`)
  return kind
}

/** A way to become root. */
export const becomeMethod = (value: string): BecomeMethod => {
  const method = becomeMethods.find(one => one === value)
  if (!method) throw new InvalidArgumentError(`one of ${becomeMethods.join(', ')} is needed.`)
  return method
}

/** `--allow-missing N|P%`. */
export const allowMissing = (value: string): AllowMissing => {
  const match = /^(\d{1,6})(%?)$/.exec(value)
  const count = Number(match?.[1])
  if (!match || (match[2] === '%' && count > 100))
    throw new InvalidArgumentError('a number of nodes, or a percentage such as 5%, is needed.')
  return match[2] === '%' ? { percent: count } : { nodes: count }
}

/** A comma-separated choice out of known words. */
export const choices =
  <Word extends string>(words: readonly Word[]) =>
  (value: string): readonly Word[] =>
    value.split(',').map(part => {
      const word = words.find(one => one === part.trim())
      if (word) return word
      const near = nearest(part.trim(), words)
      throw new InvalidArgumentError(
        `'${part.trim()}' is none of ${words.join(', ')}${near === undefined ? '' : `; did you mean ${near}?`}`,
      )
    })
