import { InvalidArgumentError } from 'commander'
import type { AllowMissing } from '../evaluate/verdict.ts'
import { hostKeyPolicies, type HostKeyPolicy } from '../model/host-keys.ts'
import { nearest } from '../model/nearest.ts'
import {
  becomeMethods,
  type BecomeMethod,
  connectionKinds,
  type ConnectionKind,
  type SshClient,
  sshClients,
} from '../model/node.ts'
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

/** `90s`, `30m`, `1h30m`: seconds. */
export const duration = (value: string): number => {
  const [, hours = '0', minutes = '0', seconds = '0'] =
    /^(?=\d)(?:(\d{1,3})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?$/.exec(value) ?? []
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  if (total === 0 || total > longestSeconds)
    throw new InvalidArgumentError('a duration such as 90s, 30m or 1h30m is needed, a week at most.')
  return total
}

const longestSeconds = 7 * 86_400

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

/** Who speaks SSH. */
export const sshClient = (value: string): SshClient => {
  const client = sshClients.find(one => one === value)
  if (client) return client
  const near = nearest(value, sshClients)
  throw new InvalidArgumentError(
    `one of ${sshClients.join(', ')} is needed${near === undefined ? '' : `; did you mean ${near}?`}`,
  )
}

/** A way to become root. */
export const becomeMethod = (value: string): BecomeMethod => {
  const method = becomeMethods.find(one => one === value)
  if (!method) throw new InvalidArgumentError(`one of ${becomeMethods.join(', ')} is needed.`)
  return method
}

/** What is done with host keys. */
export const hostKeyPolicy = (value: string): HostKeyPolicy => {
  const policy = hostKeyPolicies.find(one => one === value)
  if (policy) return policy
  const near = nearest(value, hostKeyPolicies)
  throw new InvalidArgumentError(
    `one of ${hostKeyPolicies.join(', ')} is needed${near === undefined ? '' : `; did you mean ${near}?`}`,
  )
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
