import { readFileSync } from 'node:fs'
import { sections } from '../../src/policy/info/sections.ts'
import { statisticsText } from '../../src/policy/info/statistics.ts'
import { PolicyFault } from '../../src/policy/read/cursor.ts'
import { readPolicy } from '../../src/policy/read/read.ts'
import { ruleText } from '../../src/policy/rule.ts'
import { foundRules } from '../../src/policy/search/lines.ts'
import { searchRangeTransitions } from '../../src/policy/search/range-rules.ts'
import { searchRoleRules } from '../../src/policy/search/role-rules.ts'
import { searchRules } from '../../src/policy/search/search.ts'
import { ruleBits, type Policy, type RuleKind } from '../../src/policy/policy.ts'
import { mutated, randomFrom } from './mutations.ts'

/*
 * Reads mutations of policies, and where one can still be read asks it everything. A process of its own, so that its
 * memory is its own: `fuzz.js SEED COUNT FILE…` prints one JSON line.
 */
export interface Fuzzed {
  readonly refused: number
  readonly read: number
  /** CPU of the slowest one, as a multiple of the slowest original’s in the same process. */
  readonly slowest: number
  readonly largestMb: number
  /** The first exception that is not the reader’s own. */
  readonly crash?: string
}

const askEverything = (policy: Policy): void => {
  statisticsText(policy, 'mutated')
  for (const one of sections) one.statements(policy)
  // Object.keys widens the keys to string
  const kinds = Object.keys(ruleBits) as RuleKind[]
  for (const rule of foundRules(policy, searchRules(policy, { kinds }))) ruleText(rule)
  searchRoleRules(policy, { kinds: ['allow', 'role_transition'] })
  searchRangeTransitions(policy, {})
}

const cpuMs = (work: () => void): number => {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const fuzz = (seed: number, count: number, files: readonly string[]): Fuzzed => {
  const random = randomFrom(seed)
  const originals = files.map(file => readFileSync(file))
  const plainMs = Math.max(1, ...originals.map(bytes => cpuMs(() => askEverything(readPolicy(bytes)))))
  let [refused, read, slowest] = [0, 0, 0]
  for (let index = 0; index < count; index += 1) {
    const bytes = mutated(originals[index % originals.length] ?? Buffer.alloc(0), random)
    let crash: string | undefined
    const ms = cpuMs(() => {
      try {
        askEverything(readPolicy(bytes))
        read += 1
      } catch (error) {
        refused += 1
        if (!(error instanceof PolicyFault))
          crash = `mutation ${index} of seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`
      }
    })
    slowest = Math.max(slowest, ms / plainMs)
    if (crash !== undefined) return { refused, read, slowest, largestMb: 0, crash }
  }
  return { refused, read, slowest, largestMb: process.resourceUsage().maxRSS / 1024 }
}

const [seed = '1', count = '1000', ...files] = process.argv.slice(2)
if (process.argv[1] === import.meta.filename)
  process.stdout.write(`${JSON.stringify(fuzz(Number(seed), Number(count), files))}\n`)
