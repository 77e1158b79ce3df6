import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { labPolicy } from '../../src/lab/data.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { readPolicy } from '../../src/policy/read/read.ts'
import { randomFrom } from '../policy/mutations.ts'
import { withStatements } from './build.ts'
import { edited } from './edits.ts'
import { realShape } from './shape.ts'
import type { Statement } from './statements.ts'
import { writePolicy } from './write.ts'

/**
 * Which policy: what all nodes have, without the transition of Longhorn 5348, with the membership of Longhorn 5627, or with so many
 * edits at random.
 */
export type Variant =
  'healthy' | 'longhorn-5348' | 'longhorn-5627' | { readonly edits: number; readonly seed: number }

/** A policy of real shape. */
export const realPolicy = (variant: Variant): Policy => withStatements(baseOf(variant), statementsOf(variant))

/** As a compiler of other habits makes it: the same statements, other numbers. */
export const renumbered = (variant: Variant, seed: number): Policy => {
  const random = randomFrom(seed)
  const shuffled = statementsOf(variant)
    .map(one => ({ one, place: random(2 ** 30) }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ one }) => one)
  return withStatements(baseOf(variant), shuffled)
}

const statementsOf = (variant: Variant): readonly Statement[] => {
  shape ??= realShape(1)
  if (typeof variant === 'object') return edited(shape, variant.seed, variant.edits)
  return variant === 'longhorn-5627' ? [...shape, { attribute: 'initrc_domain', members: ['spc_t'] }] : shape
}
let shape: readonly Statement[] | undefined

const baseOf = (variant: Variant): Policy =>
  readPolicy(labPolicy(variant === 'longhorn-5348' ? variant : 'healthy', 'installed'))

/**
 * Writes `NAME.installed` and, as a kernel writes it, in another order, `NAME.loaded`, below a folder that is gone at the end of the
 * process; each variant once. Returns the path without the ending.
 */
export const policyFiles = (variant: Variant, version = 33): string => {
  const name = `${typeof variant === 'string' ? variant : `edits-${variant.edits}-${variant.seed}`}.${version}`
  const path = join(folder(), name)
  if (made.has(name)) return path
  const policy = realPolicy(variant)
  writeFileSync(`${path}.installed`, writePolicy(policy, version))
  writeFileSync(`${path}.loaded`, writePolicy(policy, version, 7))
  made.add(name)
  return path
}
const made = new Set<string>()

const folder = (): string => {
  if (place !== undefined) return place
  place = mkdtempSync(join(tmpdir(), 'sefleet-policies-'))
  const mine = place
  process.on('exit', () => rmSync(mine, { recursive: true, force: true }))
  return place
}
let place: string | undefined

/** The bytes of a variant. */
export const policyBytes = (variant: Variant, which: 'loaded' | 'installed', version = 33): Buffer =>
  readFileSync(`${policyFiles(variant, version)}.${which}`)
