import { z } from 'zod'
import type { Message } from './message.ts'
import type { Coverage } from './reading.ts'

/** One AVC group on one node: same source type, target type and class. */
export interface Denial {
  readonly source: string
  readonly target: string
  readonly class: string
  /** Sorted union of the denied permissions. */
  readonly permissions: readonly string[]
  readonly count: number
  /** Epoch seconds, the node's clock. */
  readonly firstSeen: number
  readonly lastSeen: number
  /** Seconds of the longest silence between two of its records; absent where there is one only, or in runs of older versions. */
  readonly longestGap?: number
  /** Sorted, distinct `comm=` values. */
  readonly commands: readonly string[]
  /** Some of the `path=` values seen: as the process saw them, in its own mount namespace. */
  readonly paths: readonly string[]
  /** Some of the `name=` values seen: the last part of a path only, `/` is the root of some file system. */
  readonly names?: readonly string[]
  /** Some of the `dev=` values seen: what the object lies on. */
  readonly devices?: readonly string[]
  /** Some of the `exe=` values seen, of the event's SYSCALL record. */
  readonly executables?: readonly string[]
  /** Every event of the group was somebody's login session: auid, ses and a tty are set. */
  readonly interactive?: true
  /** The context that the loaded policy does not know (srawcon=, trawcon=). */
  readonly invalidContext?: { readonly source?: string; readonly target?: string }
  /** Whether the kernel enforced (false: permissive=1 in every record). */
  readonly enforced: boolean
  /** The two ranges name different categories: an MCS constraint may be the cause. */
  readonly categoriesDiffer?: true
  /** One and the same container was refused objects of several levels, of many owners. */
  readonly readsMany?: true
  /** One raw record for the ticket. */
  readonly sample: string
  /** What the loaded policy says of it; put in once the policy was had, never by the node's own answer. */
  readonly policy?: PolicyView
}

/** A denied access in the eyes of a policy. */
export interface PolicyView extends PresentVerdict {
  /** The attributes of the source type. */
  readonly attributes: readonly string[]
}

/** What the node's log said about denials, and when the policy, mode and boot last changed. */
export interface DenialLog {
  readonly denials: readonly Denial[]
  readonly source: 'ausearch' | 'journal' | 'kernel-log'
  /** What SELinux said without a denial; absent where it said nothing. */
  readonly messages?: readonly Message[]
  /** Whether the kernel's own words were read too; absent in runs that did not ask for them. */
  readonly kernelWords?: Coverage
  /** Epoch seconds of the newest MAC_POLICY_LOAD; absent when the log has none. */
  readonly policyLoadedAt?: number
  /** Epoch seconds of the newest change of mode (MAC_STATUS). */
  readonly modeChangedAt?: number
}

const names = z.array(z.string()).min(1)

/** Something of a node that contradicts a signature. What is not certainly so contradicts nothing. */
const contradictionSchema = z
  .strictObject({
    /** This package is installed, in this version or later. */
    package: z.string().optional(),
    from: z.string().optional(),
    /** The boolean is on. */
    booleanOn: z.string().optional(),
    /** This component runs, and every process of it is in this domain. */
    component: z.string().optional(),
    type: z.string().optional(),
    /** This directory belongs to a file system that is mounted read-only. */
    readOnly: z.string().optional(),
    /** Nothing of this family of components lives here. */
    absent: z.string().optional(),
    /** The loaded policy has no automatic transition of processes from one to the other. */
    lacksTransition: z.strictObject({ source: z.string(), target: z.string(), to: z.string() }).optional(),
    /** What to do then; without it the signature does not apply at all. */
    remedy: z.string().optional(),
  })
  .refine(({ package: name, from }) => (name === undefined) === (from === undefined), {
    error: 'package and from go together',
  })
  .refine(({ component, type }) => (component === undefined) === (type === undefined), {
    error: 'component and type go together',
  })
export type Contradiction = z.infer<typeof contradictionSchema>

/** What a denied access was about. `image`: it lies in the storage of images; `named`: the last part of a path is known, and not where it is. */
export const objectKinds = [
  'host-path',
  'container-path',
  'volume',
  'image',
  'named',
  'key',
  'socket',
  'capability',
  'process',
  'other',
] as const
export type ObjectKind = (typeof objectKinds)[number]

/** Whose process was refused. */
export const owners = ['login', 'container', 'unit', 'host'] as const
export type Owner = (typeof owners)[number]

/** A known pattern of denial; data in `profiles/denial-signatures.yaml`. */
export const signatureSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  source: names,
  target: names,
  class: names,
  permissions: names.optional(),
  /** Only where no other permission was denied beside these. */
  onlyPermissions: names.optional(),
  commands: names.optional(),
  /** The last parts of a path, or a name; with a star at the end what one of its parts begins with. */
  paths: names.optional(),
  /** What the object lies on; a record that does not tell it fits. */
  devices: names.optional(),
  object: z.array(z.enum(objectKinds)).optional(),
  /** Same types on both sides and the categories differ: an MCS constraint; `many`: of one container and the files of many. */
  categories: z.enum(['differ', 'many']).optional(),
  /** Only where the record has a context that the loaded policy does not know, of a module that should be loaded. */
  context: z.literal('not-valid').optional(),
  /** A restart of this component ends what was refused on these paths, and on no others: older ones are past. */
  ends: z.strictObject({ restartOf: z.string(), paths: names }).optional(),
  /** What is refused for its label: once these have theirs, and it is silent for much longer than its rhythm, it is past. */
  endsOnceLabelled: z.strictObject({ paths: names, types: names, never: names }).optional(),
  /** What of a node contradicts it, or its remedy. */
  unless: z.array(contradictionSchema).default([]),
  diagnosis: z.string(),
  remedy: z.string(),
  /** What it means for a node: `none`, it only fills the log; `little`, programs do without; absent: it is known to matter. */
  harm: z.enum(['none', 'little']).optional(),
  /** Why no rule of the addendum is ever made of it. */
  noRule: z.string().optional(),
  references: z.array(z.string()).default([]),
})
export type Signature = z.infer<typeof signatureSchema>

/** Which types are whose, and what a rule may never be made of. Names ending in * are prefixes. */
export const denialDomainsSchema = z.strictObject({
  /** Confined containers: the policy is asked for its attributes, the names are for where it cannot be had. */
  containers: z.strictObject({ attributes: names, types: names }),
  privileged: names,
  runtimes: names,
  /** What the programs of a runtime call themselves, for where its domain is another. */
  runtimeCommands: names,
  /** What starts units of systemd, and what its children call themselves that become no unit. */
  starters: names,
  starterHelpers: names,
  /** What lies in homes: a unit that runs it is somebody's own. */
  homes: names,
  /** What the agents that start pods run as, and their family of components, by which they are known where that is another. */
  podStarters: names,
  podStarterFamily: z.string(),
  /** What groups of processes are labelled. */
  cgroups: names,
  /** Families of components without which no container runs, and others that a node needs. */
  startContainers: names,
  needed: names,
  /** What the control plane runs as, and what its programs call themselves. */
  controlPlane: z.strictObject({ types: names, commands: names }),
  /** Daemons that storage needs. */
  storageDaemons: names,
  /** What files are labelled of which the policy knows nothing of their own. */
  fallbacks: names,
  /** What the own files of what starts pods are labelled, and those of containers. */
  podStarterFiles: names,
  containerFiles: names,
  /** What that calls what it gives to pods: a token, which is in memory, other files of each; and its own folders. */
  podStarterNames: z.strictObject({ token: names, pods: names, folders: names }),
  /** Files that are the host's own: beginnings and parts of paths, but not below these, and names; and who looks at every file there is. */
  hostFiles: z.strictObject({ places: names, parts: names, not: names, names, walkers: names }),
  /** What the layers of images are labelled. */
  images: names,
  /** Never the source, the target or the permission of a rule that would be loaded. */
  tooBroad: z.strictObject({
    sources: names,
    targets: names,
    permissions: names,
    classes: names,
    /** Never the advice: by name, and by the number of types that the loaded policy gives something with it. */
    booleans: names,
    booleanTypes: z.number().int().min(1),
  }),
})
export type DenialDomains = z.infer<typeof denialDomainsSchema>

export const signaturesFileSchema = z.strictObject({
  domains: denialDomainsSchema,
  signatures: z.array(signatureSchema),
})

/** What the loaded policy says now of an access that was denied. */
export interface PresentVerdict {
  /** The permissions that are still denied; none, and nothing undecided: it is allowed meanwhile. */
  readonly denied: readonly string[]
  /** `NAME=on`: these booleans would allow them. */
  readonly booleans?: readonly string[]
  /** How many types these booleans give something; absent in audits of older versions. */
  readonly opens?: number
  /** `NAME=on`: what would allow them too, and is not advised, as it opens far more than this access. */
  readonly broadBooleans?: readonly string[]
  /** The types may, and a constraint on ranges, roles or users forbids it: its text. */
  readonly constraint?: string
  /** What hangs on ranges, roles or numbers that one record does not tell for all. */
  readonly undecided?: readonly string[]
}

/** What a refusal keeps from working, whatever signature it has. */
export interface Keeps {
  /** `systemd may not start containerd` */
  readonly what: string
  /** The family of components that does not start, where it is one. */
  readonly family?: string
  /** No container starts for it, or not this one. */
  readonly containers?: true
  /** The program that does not start, where it is known. */
  readonly program?: string
  /** A unit of systemd that is none of what containers and storage need. */
  readonly unit?: true
  /** Nothing is kept from starting: something runs, and does without files that it needs. */
  readonly lacking?: true
  /** Where it has to be mended, where that is not the label of a program, an image or a volume. */
  readonly mend?: 'unit-file' | 'unit-folder' | 'mount' | 'policy' | 'kernel' | 'pods' | 'data' | 'host-file'
}

/** A denial as the report shows it: judged active or past, and explained where it is known. */
export interface JudgedDenial extends Omit<Denial, 'policy'> {
  readonly active: boolean
  /** Why it is past, or since when it is active, in words. */
  readonly because: string
  /** Absent where the policy could not be had, or does not know the names. */
  readonly present?: PresentVerdict
  readonly owner?: Owner
  /** What it was about, in words, where the record tells more than types. */
  readonly object?: string
  readonly keeps?: Keeps
  readonly signature?: string
  /** Of a signature that is known not to matter much. */
  readonly harm?: NonNullable<Signature['harm']>
  /** What it means and what cures it, where that is known. */
  readonly diagnosis?: string
  readonly remedy?: string
  /** Why no rule that allows it is to be loaded; empty: one may be, after a review. Absent in audits of older versions: none. */
  readonly withheld?: readonly string[]
}

/** What a finding on a denial is known by: its signature, if any, and its rule. */
export const denialKey = ({
  signature,
  source,
  target,
  class: className,
  permissions,
}: Pick<JudgedDenial, 'signature' | 'source' | 'target' | 'class' | 'permissions'>): string =>
  `${signature ?? 'denied'} ${source} → ${target}:${className} ${permissions.join(' ')}`

/** Whether it is known to matter: by its signature, or by what it keeps from working. */
export const isKnown = ({
  signature,
  harm,
  keeps,
}: Pick<JudgedDenial, 'signature' | 'harm' | 'keeps'>): boolean =>
  (signature !== undefined && harm === undefined) || keeps !== undefined
