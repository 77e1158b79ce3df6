import type { FacetType } from './facet.ts'
import type { MembershipChange, PolicyItem, TransitionItem } from './policy-item.ts'
import type { RollBackAdvice } from './roll-back.ts'
import type { Severity } from './severity.ts'

/** What is otherwise than in the earlier run. */
export const changeKinds = ['regressed', 'appeared', 'changed', 'lost', 'vanished', 'fixed'] as const
export type ChangeKind = (typeof changeKinds)[number]

/**
 * A difference against the earlier run, with all nodes that share it. Of a check: `regressed` was well and fails; `appeared`
 * fails and was not judged before; `changed` fails with other findings; `lost` was judged and cannot be now; `vanished` is no
 * longer applicable; `fixed` failed and is well.
 */
export interface Change {
  readonly id: string
  readonly subject: {
    readonly type: FacetType | 'check' | 'denial' | 'node'
    readonly name: string
  }
  readonly change: ChangeKind
  readonly before?: string
  readonly after?: string
  /** Of a package. */
  readonly direction?: 'up' | 'down'
  /** Of a check. */
  readonly severity?: Severity
  readonly nodes: readonly string[]
  /** Epoch seconds: since when, where the nodes say so. */
  readonly since?: { readonly earliest: number; readonly latest: number }
}

/** Something that was changed on nodes, and may be why they drifted. */
export interface Cause {
  /** `policy`: the loaded one is another, and nothing that is looked at says why. */
  readonly type: FacetType | 'policy'
  readonly name: string
  readonly from?: string
  readonly to?: string
  /** Of a package whose version is lower now. */
  readonly direction?: 'down'
  /** What came with it, in one transaction, snapshot, deployment or upgrade: all of it together is one cause. */
  readonly together?: { readonly by: Bringer; readonly with: readonly CausePart[] }
}
export type CausePart = Pick<Cause, 'type' | 'name' | 'from' | 'to'>
/** `upgrade`: of the whole system to another release. */
export type Bringer = 'transaction' | 'snapshot' | 'deployment' | 'upgrade'

/** A cause and all that came with it. */
export const partsOf = ({ together, ...first }: Cause): readonly CausePart[] => [
  first,
  ...(together?.with ?? []),
]

/** A cause as text that tells it from every other. */
export const causeKey = (cause: Cause): string =>
  JSON.stringify(partsOf(cause).map(({ type, name, from, to }) => [type, name, from, to]))

/** Nodes counted by whether the cause was at work and whether they drifted. */
export interface CauseTable {
  readonly changedDrifted: number
  readonly changedFine: number
  readonly unchangedDrifted: number
  readonly unchangedFine: number
}

/** When a failure first showed: the first denial that belongs to it. */
export interface Onset {
  readonly check: string
  readonly node: string
  /** Epoch seconds. */
  readonly at: number
}

/** A check that fails again: it failed in an older run, and was well in between. */
export interface Returned {
  readonly check: string
  readonly nodes: readonly string[]
  /** The newest run in which it failed before. */
  readonly run: string
}

/** Nodes that were booted without coming up with what was pending: it neither runs nor is it pending now. */
export interface MissedUpdate {
  /** `container-selinux 2:2.223.0-1.fc39` */
  readonly packages: readonly string[]
  readonly nodes: readonly string[]
}

/** Nodes on which a check fails anew and nothing explains it; with what is known of changes there. */
export interface Unexplained {
  readonly check: string
  readonly nodes: readonly string[]
  readonly isReinstalled: boolean
  /** What changed and is the very thing that the check judges; and when it did so first, where that is known (epoch seconds). */
  readonly itself?: readonly CausePart[]
  readonly since?: number
  /** What else changed, and came after it or does not bear on it. */
  readonly changed: readonly { readonly type: FacetType; readonly name: string }[]
  /** Kinds of facts that could not be read in one of the runs. */
  readonly uncompared: readonly FacetType[]
}

/** What a new policy changed of what a failing check asks, as data. */
export type PolicyEvidence =
  /** The very transition that is asked for, and the membership that took or brought it. */
  | { readonly told: 'transition'; readonly transition: TransitionItem; readonly since?: MembershipChange }
  /** An access that the policy allowed and does not allow now, or the other way round; by a membership, or by a rule. */
  | {
      readonly told: 'access'
      readonly change: 'lost' | 'gained'
      readonly source: string
      readonly target: string
      readonly class: string
      readonly permissions: readonly string[]
      readonly since?: MembershipChange
      readonly rule?: string
      /** What of the difference stands nearest to it, where no answer says which rule it was. */
      readonly item?: PolicyItem
    }
  /** Another answer: lines of the policy that are gone or came. */
  | { readonly told: 'answer'; readonly gone: readonly string[]; readonly came: readonly string[] }
  /** Something that differs and names what the failure names. */
  | { readonly told: 'item'; readonly item: PolicyItem }
  /** The same, among what was not kept: the types alone are known. */
  | { readonly told: 'types'; readonly types: readonly string[] }

/** What shows that a cause bears on a failure. */
export type CauseEvidence =
  | { readonly shows: 'policy'; readonly effect: PolicyEvidence }
  | { readonly shows: 'advisory'; readonly title: string }
  /** The file contexts that changed with it: which paths are labelled otherwise. */
  | { readonly shows: 'file-contexts'; readonly relabels: string }
  /** What the edited file says of this key. */
  | { readonly shows: 'setting'; readonly key: string; readonly from: string; readonly to: string }
  /** The rule hangs on the boolean. */
  | { readonly shows: 'boolean' }
  /** The policies could not be compared, but this type is the package’s own. */
  | { readonly shows: 'own-type'; readonly type: string }

/** A cause that explains a failing check: by how it could, by counting, by time. */
export interface Suspect {
  readonly cause: Cause
  /** The check whose failure it explains. */
  readonly check: string
  readonly nodes: readonly string[]
  /** It explains these nodes better than any other; the others are told beside it, or not at all. */
  readonly leads: boolean
  /** `mechanism`: what changed is what the check reads; `counts`: only the numbers speak for it; `weak`: not even these. */
  readonly basis: 'mechanism' | 'counts' | 'weak'
  readonly table: CauseTable
  /** One-sided exact test (Fisher): how likely such a table is by chance. */
  readonly chance: number
  readonly evidence: readonly CauseEvidence[]
  /** Causes that the evidence cannot tell from this one. */
  readonly tied: readonly Cause[]
  /** How its update is taken back, where it is one. */
  readonly rollBack: readonly RollBackAdvice[]
  /** Epoch seconds: when the cause came to the first and to the last of the nodes. */
  readonly since?: { readonly earliest: number; readonly latest: number }
}
