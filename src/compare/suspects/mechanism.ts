import { isAdvised } from '../../checks/advisory-hits.ts'
import { isPolicyPackage } from '../../checks/policy-packages.ts'
import type { PolicyAsk } from '../../model/ask.ts'
import type { CheckInfo } from '../../model/audit.ts'
import type { Knowledge } from '../../model/check.ts'
import type { Cause, CauseEvidence } from '../../model/drift.ts'
import { isPackagedContextFile } from '../../model/context-files.ts'
import type { FacetType, FactName } from '../../model/facet.ts'
import { globMatches } from '../../model/glob.ts'
import type { NodeChange } from '../facet-changes.ts'
import type { Pair } from '../pairs.ts'
import type { Candidate } from './candidates.ts'
import { causalTypes } from '../uncompared.ts'
import { contextChanges } from './context-changes.ts'
import type { PolicyEffect, PolicyEffects } from './policy-effect.ts'
import { isJudged, namesWord } from './judged.ts'
import { modeBearings } from './mode-bearing.ts'
import { denialsOf } from './signs.ts'

/**
 * How a candidate bears on a check on one node: `reaches` it, with what shows that; `cannot`, as what the check reads is the same as
 * before, or came before it; or it is `open`, and only counting can tell.
 */
export type Bearing =
  | { readonly on: 'reaches'; readonly evidence: readonly CauseEvidence[]; readonly advised?: true }
  | { readonly on: 'cannot' | 'open' }

interface Deciding {
  readonly type: FacetType
  /** Only where a finding names it. */
  readonly named?: true
  /** Only those of these names. */
  readonly like?: (name: string, knowledge: Knowledge) => boolean
}

/** What of a node decides the answers that a check reads. */
const deciding: Readonly<Record<string, readonly Deciding[]>> = {
  selinux: [{ type: 'command-line', named: true }],
  modules: [{ type: 'package', named: true }],
  packages: [{ type: 'package', named: true }],
  runtime: [
    { type: 'runtime' },
    {
      type: 'file',
      like: (name, { runtimes }) => runtimes.configuration.some(one => globMatches(one, name)),
    },
  ],
  labels: [{ type: 'file', like: name => name.startsWith('/etc/selinux/') }],
  processes: [
    { type: 'runtime' },
    { type: 'component' },
    {
      type: 'package',
      like: (name, { runtimes }) =>
        !isPolicyPackage(name) && runtimes.packages.some(one => globMatches(one, name)),
    },
  ],
  kernel: [{ type: 'kernel' }],
  'next-boot': [{ type: 'pending', named: true }],
}

/** A package is stamped when its transaction is done or before; a policy is loaded within it. */
const slack = 15 * 60

export interface Bearings {
  readonly check: CheckInfo
  readonly asks: readonly PolicyAsk[]
  /** The types that the check names. */
  readonly about: ReadonlySet<string>
  /** The facts that it judges. */
  readonly judged: readonly FactName[]
  readonly effects: PolicyEffects
  readonly knowledge: Knowledge
  /** When the earlier run began, epoch seconds: a policy that changed was loaded after it. */
  readonly comparedSince: number
}

/** Says how each candidate bears on a check on a drifted node. */
export const bearingsOn = async (
  pair: Pair,
  column: number,
  { check, asks, about, judged, effects, knowledge, comparedSince }: Bearings,
): Promise<(candidate: Candidate) => Bearing> => {
  const findings = pair.after.outcomes[column]?.findings ?? []
  const said = findings.flatMap(({ key, message }) => [key, message])
  const readsTypes = ['denials', 'messages', 'processes'].some(one => check.reads.includes(one))
  const readsPolicy = check.reads.includes('policy') || readsTypes
  const effect: PolicyEffect = readsPolicy
    ? await effects.effectOn(pair.after, { asks, about, readsTypes, said })
    : { state: 'untouched' }
  const booleans = readsPolicy ? await effects.booleansBehind(pair.after, asks) : new Set<string>()
  // Where the policy answers, processes only say whether the question arises.
  const byPolicy = asks.length > 0 || effect.state === 'touched'
  const decidingReads = check.reads.filter(probe => probe !== 'processes' || !byPolicy)
  // A file that is labelled otherwise is refused otherwise.
  const readsLabels = check.reads.includes('labels') || check.reads.includes('denials')
  const relabelled = contextChanges(pair.facts, said)
  const packages = (pair.after.facts.packages ?? []).map(versionedOf)
  const had = (pair.before.facts.packages ?? []).map(versionedOf)
  // A load that the log does not tell of, as at boot before auditd, is none that it tells of.
  const told = pair.after.denialLog?.policyLoadedAt
  const loadedAt = told !== undefined && told > comparedSince ? told : undefined
  const changedBesides = pair.facts.some(({ type }) => causalTypes.has(type) && type !== 'boot')
  const tookModules = pair.facts.some(
    ({ type, name, after }) => type === 'module' && after === undefined && isJudged({ type, name }, judged),
  )
  const onMode = modeBearings(pair, judged)
  return candidate => {
    const {
      cause: { type, name, to },
      nodes,
    } = candidate
    const modeBearing = onMode(candidate)
    if (modeBearing) return modeBearing
    // A module that went with its package was taken away by that.
    if (tookModules && type === 'package' && to === undefined && isPolicyPackage(name))
      return { on: 'reaches', evidence: [] }
    // That what a check judges is otherwise now is what it says.
    if (isJudged(candidate.cause, judged)) return { on: 'cannot' }
    if (type === 'domain')
      return !changedBesides &&
        effect.state !== 'touched' &&
        check.reads.includes('denials') &&
        isNamed(to, said)
        ? { on: 'reaches', evidence: [] }
        : { on: 'cannot' }
    // What the next boot brings has done nothing yet.
    if (type === 'pending' && !check.reads.includes('next-boot')) return { on: 'cannot' }
    // What an edit changed is said by the key that it changed.
    if (type === 'file' && pair.facts.some(one => one.type === 'runtime' && one.name.endsWith(` in ${name}`)))
      return { on: 'cannot' }
    const came = nodes.get(pair.node)
    const advisory =
      type === 'package' && to !== undefined
        ? knowledge.advisories.find(
            one =>
              one.checks.includes(check.id) &&
              (one.os === undefined || one.os.includes(pair.after.facts.osId ?? '')) &&
              packages.some(installed => installed.name === name && isAdvised(one, installed, packages)) &&
              // A version that was as bad before is no news.
              !had.some(installed => installed.name === name && isAdvised(one, installed, had)),
          )
        : undefined
    if (type === 'boolean' && booleans.has(name)) return { on: 'reaches', evidence: [{ shows: 'boolean' }] }
    const changesPolicy = changesPolicyOf({ type, name, change: 'changed' })
    if (changesPolicy && effect.state === 'touched') {
      // Installed after the newest load of the policy: it is not what was loaded.
      if (came !== undefined && loadedAt !== undefined && came > loadedAt + slack) return { on: 'cannot' }
      return {
        on: 'reaches',
        evidence: [
          { shows: 'policy', effect: effect.evidence },
          ...(advisory ? [{ shows: 'advisory', title: advisory.title } as const] : []),
        ],
        ...(advisory ? { advised: true } : {}),
      }
    }
    const relabels = readsLabels ? relabelled : undefined
    if (relabels !== undefined && (type === 'file' ? isPackagedContextFile(name) : changesPolicy))
      return { on: 'reaches', evidence: [{ shows: 'file-contexts', relabels }] }
    if (type === 'policy') {
      const isExplained = pair.facts.some(
        one => changesPolicyOf(one) || one.type === 'boolean' || one.type === 'boot',
      )
      if (isExplained) return { on: 'cannot' }
      if (effect.state === 'touched')
        return { on: 'reaches', evidence: [{ shows: 'policy', effect: effect.evidence }] }
      return check.reads.includes('policy-files') ? { on: 'reaches', evidence: [] } : { on: 'cannot' }
    }
    // A boot loads what was installed before it, if nothing else explains the new policy.
    if (type === 'boot' && effect.state === 'touched' && !pair.facts.some(changesPolicyOf))
      return { on: 'reaches', evidence: [{ shows: 'policy', effect: effect.evidence }] }
    if (advisory)
      return { on: 'reaches', evidence: [{ shows: 'advisory', title: advisory.title }], advised: true }
    const isDeciding = decidingReads.some(probe =>
      deciding[probe]?.some(
        one =>
          one.type === type &&
          (one.named === undefined || said.some(text => namesWord(text, name))) &&
          one.like?.(name, knowledge) !== false,
      ),
    )
    if (isDeciding) return { on: 'reaches', evidence: [] }
    if (check.reads.includes('policy-files') && (changesPolicy || type === 'boolean'))
      return { on: 'reaches', evidence: [] }
    if (!changesPolicy) return { on: 'open' }
    if (effect.state === 'unknown') return ownerBearing(name, pair, asks, knowledge)
    // Only the policy answers this check, and it answers as it did.
    return { on: check.reads.every(probe => probe === 'policy') ? 'cannot' : 'open' }
  }
}

const changesPolicyOf = ({
  type,
  name,
  change,
}: Pick<NodeChange, 'name' | 'change'> & { readonly type: Cause['type'] }): boolean =>
  change !== 'lost' && (type === 'module' || (type === 'package' && isPolicyPackage(name)))

// The domains of a component that a denial names.
const isNamed = (domains: string | undefined, said: readonly string[]): boolean =>
  domains?.split(', ').some(domain => said.some(text => namesWord(text, domain))) === true

// 2.222.0-1.fc39: a release has no hyphen.
const versionedOf = ({ name, version }: { readonly name: string; readonly version: string }) => {
  const at = version.lastIndexOf('-')
  return at < 0
    ? { name, version, release: '' }
    : { name, version: version.slice(0, at), release: version.slice(at + 1) }
}

// Where the policies cannot be compared, whose types are concerned is what is left.
const ownerBearing = (
  name: string,
  { after }: Pair,
  asks: readonly PolicyAsk[],
  { policyModules }: Knowledge,
): Bearing => {
  const globs = policyModules.find(one => one.package === name || one.module === name)?.types ?? []
  const types = [
    ...denialsOf(after).flatMap(({ source, target }) => [source, target]),
    ...asks.flatMap(({ params }) => Object.values(params).filter(value => typeof value === 'string')),
  ]
  const own = types.find(type => globs.some(glob => globMatches(glob, type)))
  return own === undefined ? { on: 'open' } : { on: 'reaches', evidence: [{ shows: 'own-type', type: own }] }
}
