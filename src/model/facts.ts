import type { BooleanExpression } from './boolean-expression.ts'
import type { Context } from './context.ts'
import type { PolicyComparison } from './policy-comparison.ts'

/** From os-release, uname and /proc/stat. */
export interface OsFacts {
  readonly id: string
  readonly versionId: string
  readonly name: string
  readonly kernel: string
  readonly architecture: string
  readonly hostname: string
  /** Epoch seconds, the node's clock. */
  readonly bootedAt?: number
  /** Made anew by the kernel at every boot, whatever the clock says. */
  readonly bootId?: string
  readonly machineId?: string
  /** Its /usr is an image of rpm-ostree. */
  readonly ostree?: true
  /** ID_LIKE=: what it is made from, the nearest first. */
  readonly like?: readonly string[]
  /** Its root is mounted read-only; absent where that was not told. */
  readonly readOnlyRoot?: boolean
  /** OpenShift's machine-config operator owns its files. */
  readonly machineConfig?: true
}

export type SelinuxMode = 'enforcing' | 'permissive' | 'disabled'

/** What the node says of SELinux: running, configured, and on the kernel command line. */
export interface SelinuxState {
  /** `absent`: not in this kernel, said by two sources (no selinuxfs in /proc/filesystems, no /sys/fs/selinux). */
  readonly running: SelinuxMode | 'absent'
  /** SELINUX= of /etc/selinux/config; absent when there is no such file or key. */
  readonly configured?: SelinuxMode
  /** SELINUXTYPE=, e.g. `targeted`. */
  readonly policyName?: string
  /** `enforcing=`, `selinux=`, `security=`, `lsm=`, `autorelabel=` words of /proc/cmdline. */
  readonly commandLine: readonly string[]
  /** /sys/kernel/security/lsm; absent where that could not be read. */
  readonly securityModules?: readonly string[]
  /** Whether /.autorelabel asks the next boot to label all files anew, and whether by force (-F in it); absent in older answers. */
  readonly relabel?: 'no' | 'asked' | 'forced'
  /** Highest policy version this kernel takes; not the loaded policy's. */
  readonly maxPolicyVersion?: number
  readonly mls?: boolean
  readonly denyUnknown?: boolean
  /** Policy loads since boot (/sys/fs/selinux/status). */
  readonly policyLoads?: number
  /** The audit's own domain, left out of denials. */
  readonly ownContext?: Context
}

/** The policy as loaded and as installed. The kernel writes its own order: the two never share a sha256. */
export interface PolicyFiles {
  readonly loaded:
    { readonly state: 'read'; readonly sha256: string } | { readonly state: 'denied' | 'absent' }
  readonly installed: readonly { readonly path: string; readonly sha256: string }[]
  /** What the image of an ostree system brings of them, by their paths in it. */
  readonly shipped?: readonly { readonly path: string; readonly sha256: string }[]
  /** Epoch seconds of the newest installed policy file's change. */
  readonly installedAt?: number
  /** Epoch seconds of the last time that the module store was changed and all of it compiled; absent in older answers. */
  readonly storeChangedAt?: number
  /** From the loaded policy to the installed one; there once both were read. */
  readonly comparison?: PolicyComparison
}

/** What the configured policy says of how paths are labelled, as far as it was asked. */
export interface FileContexts {
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly changedAt?: number }[]
  /** A pattern of paths, with the kind of file where it is for one kind, and the type that it gets; of an equivalence the other path. */
  readonly rules: readonly { readonly pattern: string; readonly type: string }[]
}

export interface ModuleTable {
  readonly modules: readonly PolicyModule[]
}
export interface PolicyModule {
  readonly name: string
  readonly priority: number
  readonly enabled: boolean
  /** Whether it is the one that lies packed in the folder of packages; absent where none does, or that could not be seen. */
  readonly packed?: { readonly is: 'same' | 'other'; readonly path: string }
}

export interface BooleanState {
  readonly name: string
  readonly current: boolean
  readonly pending: boolean
}

/** Processes kept by the collector (components and profile patterns), and how many others per type. */
export interface ProcessTable {
  readonly processes: readonly Process[]
  readonly others: readonly { readonly type: string; readonly count: number; readonly pods: number }[]
  /** Epoch seconds on the node when the list was made. */
  readonly at: number
}
export interface Process {
  readonly pid: number
  readonly parent: number
  /** Epoch seconds, to within two; absent where the node did not say. */
  readonly startedAt?: number
  readonly user: string
  readonly label: string
  readonly context?: Context
  /** In a kubepods cgroup; undefined when its cgroup could not be read. */
  readonly pod?: boolean
  /** In a container that is none of a pod: docker's, podman's and their like. */
  readonly container?: true
  readonly argv: string
}

export interface PackageTable {
  readonly packages: readonly Package[]
  readonly manager: 'rpm' | 'dpkg'
}
export interface Package {
  readonly name: string
  readonly epoch: number
  readonly version: string
  readonly release: string
  readonly architecture: string
  /** Epoch seconds. */
  readonly installedAt?: number
  /** rpm's transaction id: equal ids were one transaction. */
  readonly transaction?: number
  /** dpkg unpacked it, and its scripts did not run to their end. */
  readonly unfinished?: true
}

/**
 * What the next boot brings: on most systems what is installed now; where updates go into another snapshot or deployment,
 * the running one again, or the pending one with these packages.
 */
export type NextBoot =
  | { readonly state: 'in-place' }
  | { readonly state: 'as-running'; readonly system: 'snapshots' | 'ostree' }
  | {
      readonly state: 'pending'
      readonly system: 'snapshots' | 'ostree'
      /** `snapshot 12`, `deployment 53d1b1ba5a2e.0 (staged)`. */
      readonly where: string
      readonly packages: readonly Package[]
    }

export type LabelFact =
  | {
      readonly path: string
      readonly state: 'labelled'
      readonly context: string
      readonly kind: string
      readonly expected?: string
      /** The question that it is one answer of, where that is no single path. */
      readonly asked?: string
    }
  | { readonly path: string; readonly state: 'absent' }
  | { readonly path: string; readonly state: 'denied' }
  | { readonly path: string; readonly state: 'unlabelled' }

/** Where a program keeps its files on this node, and the policy’s defaults there and at the place that it knows. */
export interface RootPlace {
  /** As the domain’s data call it. */
  readonly name: string
  readonly path: string
  readonly expected?: string
  readonly usual?: string
}

/** Single keys of container runtime configuration; never whole files. */
export interface RuntimeSwitches {
  readonly files: readonly string[]
  readonly switches: readonly { readonly file: string; readonly key: string; readonly value: string }[]
}

/** A binary of a container runtime or a Kubernetes distribution; without a version where it did not tell one. */
export interface RuntimeBinary {
  /** As its file is called: `k3s`, `crio`. */
  readonly name: string
  readonly path: string
  readonly version?: string
  /** Its mtime, epoch seconds: when it was written for what installs itself, when it was built for what was unpacked. */
  readonly changedAt?: number
}

/** An answer of the policy, or the name that the policy does not know. */
export type PolicyAnswer<Value> =
  | { readonly state: 'known'; readonly values: readonly Value[] }
  | { readonly state: 'unknown-name'; readonly what: PolicyNoun; readonly name: string }
export type PolicyNoun = 'type' | 'attribute' | 'class' | 'permission'

/** What booleans decide about a rule. */
export interface RuleCondition {
  /** Absent where the answer does not tell it beyond doubt: setools' text of two and more booleans can be ambiguous. */
  readonly expression?: BooleanExpression<string>
  /** Whether the rule holds where the expression does, or where it does not. */
  readonly branch: boolean
}

export interface AllowRule {
  readonly source: string
  readonly target: string
  readonly class: string
  readonly permissions: readonly string[]
  readonly condition?: RuleCondition
  readonly text: string
  /** The types that the target stands for, itself or the members of an attribute; told where the question left the target open. */
  readonly targets?: readonly string[]
}

export interface TransitionRule {
  readonly source: string
  readonly target: string
  readonly class: string
  readonly to: string
  /** Present for name-based transitions. */
  readonly name?: string
  readonly condition?: RuleCondition
  readonly text: string
}

export interface ServiceState {
  readonly unit: string
  /** `loaded`, `not-found`, `masked`, … */
  readonly load: string
  /** `active`, `inactive`, `failed`, … */
  readonly active: string
  readonly enabled?: string
}

export interface KernelFacts {
  readonly release: string
  readonly modules: readonly { readonly name: string; readonly state: 'loaded' | 'built-in' | 'absent' }[]
}

export interface MountFact {
  /** What the kernel calls what it lies on, as records of denials do: `sdb`, `dm-7`, or `0:45` where there is no device; absent where that was not told. */
  readonly device?: string
  readonly target: string
  readonly source: string
  readonly type: string
  readonly options: readonly string[]
}

export type FileFact =
  | {
      readonly path: string
      readonly state: 'present'
      readonly kind: string
      /** Octal, e.g. `0644`. */
      readonly mode: string
      readonly owner: string
      readonly group: string
      readonly sha256?: string
      /** Its mtime, epoch seconds; absent in answers of the first versions. */
      readonly changedAt?: number
    }
  | { readonly path: string; readonly state: 'absent' }
  | { readonly path: string; readonly state: 'denied' }

export interface CommandAnswer {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}
