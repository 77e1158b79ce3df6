import { isPolicyPackage } from '../../checks/policy-packages.ts'
import type { CauseEvidence } from '../../model/drift.ts'
import type { FactName } from '../../model/facet.ts'
import type { NodeChange } from '../facet-changes.ts'
import type { Pair } from '../pairs.ts'
import type { Candidate } from './candidates.ts'
import { isJudged } from './judged.ts'
import { modeFile } from './mode-file.ts'

/** Words of the kernel's command line that decide the mode, whatever the file says. */
const decides: ReadonlySet<string> = new Set(['enforcing', 'selinux', 'security', 'lsm'])

/** Seconds from the boot in which the kernel may note the mode that it begins with. */
const beginning = 120

/** Seconds around a package's transaction in which what its scripts write is written. */
const sameTransaction = 300

export type ModeBearing =
  { readonly on: 'reaches'; readonly evidence: readonly CauseEvidence[] } | { readonly on: 'cannot' | 'open' }

/**
 * How a candidate bears on the mode of a node. A boot brings what the kernel's command line says, or else the file; what is said at
 * run time is nowhere written. Undefined where the check judges no mode, or the mode is none of the candidate's business.
 */
export const modeBearings = (
  pair: Pair,
  judged: readonly FactName[],
): ((candidate: Candidate) => ModeBearing | undefined) => {
  const isOf = (name: string): boolean => isJudged({ type: 'mode', name }, judged)
  if (!isOf('running')) return () => undefined
  const { facts, after } = pair
  const found = (type: NodeChange['type'], name?: string): NodeChange | undefined =>
    facts.find(one => one.type === type && one.change !== 'lost' && (name === undefined || one.name === name))
  const boot = found('boot')
  const changedAt = after.denialLog?.modeChangedAt
  const isLater = boot?.since !== undefined && changedAt !== undefined && changedAt > boot.since + beginning
  const atBoot = boot !== undefined && !isLater
  const words = facts.filter(
    ({ type, name, change }) => type === 'command-line' && decides.has(name) && change !== 'lost',
  )
  const configured = found('mode', 'configured')
  const file = found('file', modeFile)
  const written = file ?? configured
  // A word that stands there now wins over the file.
  const byFile = isOf('configured') || (atBoot && words.every(({ change }) => change === 'vanished'))
  const isWithout = after.facts.mode === 'absent'
  const isOther =
    found('os') !== undefined || words.length > 0 || written !== undefined || (isWithout && found('kernel'))
  const setting: readonly CauseEvidence[] =
    configured?.before === undefined || configured.after === undefined
      ? []
      : [{ shows: 'setting', key: 'SELINUX', from: configured.before, to: configured.after }]
  const wrote = (at: number | undefined): boolean =>
    byFile && file?.since !== undefined && at !== undefined && Math.abs(at - file.since) <= sameTransaction
  return ({ cause: { type, name }, nodes }) => {
    // The file says it, where it could be read; the mode itself explains nothing.
    if (type === 'mode') return on(name === 'configured' && !isOf(name) && file === undefined && byFile)
    if (type === 'command-line') return on(decides.has(name) && atBoot)
    if (type === 'file') return on(name === modeFile && byFile, setting)
    // A boot is only the moment of what else explains it.
    if (type === 'boot') return on(atBoot && !isOther)
    if (type === 'os' && atBoot) return on(true)
    if (type === 'kernel' && isWithout) return on(atBoot)
    return type === 'package' && isPolicyPackage(name) && wrote(nodes.get(pair.node)) ? on(true) : undefined
  }
}

const on = (reaches: boolean, evidence: readonly CauseEvidence[] = []): ModeBearing =>
  reaches ? { on: 'reaches', evidence } : { on: 'cannot' }
