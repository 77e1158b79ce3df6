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
  /** One raw record for the ticket. */
  readonly sample: string
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

/** A known pattern of denial; data in `profiles/denial-signatures.yaml`. */
export const signatureSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  source: z.array(z.string()).min(1),
  target: z.array(z.string()).min(1),
  class: z.array(z.string()).min(1),
  permissions: z.array(z.string()).optional(),
  commands: z.array(z.string()).optional(),
  paths: z.array(z.string()).optional(),
  /** Same types on both sides and the categories differ: an MCS constraint. */
  categories: z.literal('differ').optional(),
  /** A restart of this component ends what the denial speaks of: older ones are past. */
  endsWithRestartOf: z.string().optional(),
  diagnosis: z.string(),
  remedy: z.string(),
  references: z.array(z.string()).default([]),
})
export type Signature = z.infer<typeof signatureSchema>
export const signaturesFileSchema = z.strictObject({ signatures: z.array(signatureSchema) })

/** What the loaded policy says now of an access that was denied. */
export interface PresentVerdict {
  /** The permissions that are still denied; none: it is allowed meanwhile. */
  readonly denied: readonly string[]
  /** `NAME=on`: these booleans would allow them. */
  readonly booleans?: readonly string[]
}

/** A denial as the report shows it: judged active or past, and explained where it is known. */
export interface JudgedDenial extends Denial {
  readonly active: boolean
  /** Why it is past, or since when it is active, in words. */
  readonly because: string
  /** Absent where the policy could not be had, or does not know the names. */
  readonly present?: PresentVerdict
  readonly signature?: string
  /** What a known one means and what cures it. */
  readonly diagnosis?: string
  readonly remedy?: string
}
