import type { JudgedDenial, DenialLog } from './denial.ts'
import type { HostKeyNote } from './host-keys.ts'
import type { Outcome, Status } from './outcome.ts'
import type { Change, MissedUpdate, Onset, Returned, Suspect, Unexplained } from './drift.ts'
import type { FacetType } from './facet.ts'
import type { PolicyComparison } from './policy-comparison.ts'
import type { NodeError, NodeStatus, NotRoot } from './record.ts'
import type { RunInfo } from './run.ts'
import type { GateLevel, Severity } from './severity.ts'
import type { Waiver } from './waiver.ts'

export const auditFormat = 1

/** What a check is, for whoever renders outcomes. */
export interface CheckInfo {
  readonly id: string
  readonly profile: string
  readonly title: string
  /** The title when it fails. */
  readonly failureTitle?: string
  /** What the operator notices when it fails. */
  readonly symptom?: string
  readonly severity: Severity
  readonly why?: string
  readonly remedy?: string
  /** Taking an update back would not mend it. */
  readonly takeBack?: 'never'
  /** What is left to do once a cause is taken back. */
  readonly afterwards?: string
  /** What must not be done, although it seems to help. */
  readonly avoid?: string
  readonly references: readonly string[]
  /** Commands an operator can type on a node to see the same evidence. */
  readonly byHand: readonly string[]
  /** What its answer is made of: probes, and `policy` for whatever the policy itself answers. */
  readonly reads: readonly string[]
  /** The checks whose failure would explain this one. */
  readonly consequenceOf: readonly string[]
}

/** A handful of facts for the node's page and the table of nodes; absent when not read. */
export interface NodeFacts {
  readonly os?: string
  /** ID= of os-release. */
  readonly osId?: string
  /** ID_LIKE=: what it is made from, the nearest first. */
  readonly osLike?: readonly string[]
  readonly osVersion?: string
  /** Its system is changed by booting another snapshot or deployment, not in place. */
  readonly updates?: 'snapshots' | 'ostree'
  /** What owns its system, and undoes what is changed by hand. */
  readonly managedBy?: 'machine-config'
  readonly kernel?: string
  readonly mode?: string
  readonly policy?: string
  /** Containers run here under a policy that never had their types: why they are not judged. */
  readonly foreignPolicy?: string
  /** sha256 of the loaded policy, as this kernel writes it. */
  readonly policySha256?: string
  readonly packages?: readonly { name: string; version: string; installedAt?: number }[]
  readonly euid?: number
  /** Why it was asked without root although root was wanted. */
  readonly notRoot?: NotRoot
  readonly bootedAt?: number
}

/** One node's part of the audit. Moments are epoch seconds by the clock of the machine that asked. */
export interface NodeAudit {
  readonly name: string
  readonly address: string
  readonly status: NodeStatus
  readonly error?: NodeError
  readonly groups: readonly string[]
  /** Its peer group: nodes that ought to be alike; absent where its system is not known. */
  readonly peers?: string
  /** Seconds that its clock is ahead (behind: negative), where that is a minute or more. */
  readonly clockAhead?: number
  /** Host keys on the way to it, its own among them, that were let in without being known. */
  readonly hostKeys?: readonly HostKeyNote[]
  readonly facts: NodeFacts
  /** One per check, in the order of `checks`; empty for a missing node. */
  readonly outcomes: readonly Outcome[]
  readonly denials: readonly JudgedDenial[]
  readonly denialLog?: {
    readonly source: DenialLog['source']
    readonly since?: number
    /** It was not read to its end, or goes back less far than it should. */
    readonly isPartial?: true
    /** The newest policy load that it tells of. */
    readonly policyLoadedAt?: number
    /** The newest change of mode that it tells of. */
    readonly modeChangedAt?: number
  }
}

/** One policy and who runs it, among the nodes of one operating system. */
export interface AuditPolicy {
  readonly sha256: string
  /** ID and major version; ID alone where versions are dates. */
  readonly os: string
  readonly nodes: readonly string[]
  /** Absent where the policy could not be had or read. */
  readonly facts?: {
    readonly version: number
    readonly mls: boolean
    readonly types: number
    readonly rules: number
  }
  /** From the policy that most nodes of this system run to this one; absent for that one itself. */
  readonly comparison?: PolicyComparison
}

/** Nodes that run another policy than in the run that was compared with. */
export interface PolicyChange {
  readonly from: string
  readonly to: string
  readonly nodes: readonly string[]
  /** From the one to the other. */
  readonly comparison: PolicyComparison
}

/** The earlier run that this one was compared with, and what differs; or why it could not be. */
export type Baseline =
  | {
      readonly state: 'compared'
      readonly run: string
      /** Epoch milliseconds. */
      readonly startedAt: number
      /** Another version of the tool, or other profiles, collected it; both runs are judged by today’s. */
      readonly sameTool: boolean
      readonly sameProfiles: boolean
      /** The nodes that answered both times. */
      readonly compared: readonly string[]
      readonly policies: readonly PolicyChange[]
      /** Checks, facts and nodes, what went wrong first. */
      readonly changes: readonly Change[]
      /** Per check that fails now and did not, what may be why, the likeliest first. */
      readonly suspects: readonly Suspect[]
      readonly unexplained: readonly Unexplained[]
      readonly onsets: readonly Onset[]
      readonly returned: readonly Returned[]
      /** Checks whose questions that run did not ask, and the nodes where they fail now: neither new failures nor known ones. */
      readonly newlyAsked: readonly { readonly check: string; readonly nodes: readonly string[] }[]
      /** Absent where none was missed. */
      readonly missed?: readonly MissedUpdate[]
    }
  | { readonly state: 'unreadable'; readonly problem: string }

/** A node that is unlike most of its peers, and in what. */
export interface Outlier {
  readonly node: string
  readonly peers: string
  readonly facts: readonly {
    readonly type: FacetType | 'check'
    readonly name: string
    readonly value: string
    /** What `count` of the `of` peers have, itself counted among these. */
    readonly usual: string
    readonly count: number
    readonly of: number
  }[]
}

/** A waiver, and what became of it: it counts for so many failures, has expired, or matches none. */
export interface AuditWaiver extends Waiver {
  /** `elsewhere`: it is about a check that this run does not ask. */
  readonly state: 'counts' | 'expired' | 'idle' | 'elsewhere'
  /** The nodes whose failure it sets aside. */
  readonly waives: readonly string[]
}

/** Nodes with the same vector of (check, status); never of findings. */
export interface Cohort {
  /** `c1`, `c2`, … worst first; stable within an audit. */
  readonly id: string
  readonly nodes: readonly string[]
  /** In the order of `checks`. */
  readonly statuses: readonly Status[]
  /** The worst severity among its members' outcomes of each check, in the order of `checks`. */
  readonly severities: readonly Severity[]
}

/** What the exit code says, and why in sentences. */
export interface Verdict {
  readonly gate: GateLevel
  readonly exit: 0 | 1 | 3
  readonly reasons: readonly string[]
  /** Missing nodes that the run was allowed to have. */
  readonly allowedMissing: number
}

/** The result object: everything a reporter may know. */
export interface Audit {
  readonly format: typeof auditFormat
  readonly run: RunInfo
  readonly verdict: Verdict
  readonly checks: readonly CheckInfo[]
  readonly nodes: readonly NodeAudit[]
  readonly cohorts: readonly Cohort[]
  /** The loaded policies: of each system the one that most run first. */
  readonly policies: readonly AuditPolicy[]
  readonly outliers: readonly Outlier[]
  /** Those that were given, the first to expire first. */
  readonly waivers: readonly AuditWaiver[]
  /** Sentences on the run itself: waivers that expired, an earlier run that is old. */
  readonly notes: readonly string[]
  /** Absent where there was nothing to compare with. */
  readonly baseline?: Baseline
}
