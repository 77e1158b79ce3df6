/** What SELinux says without denying an access: in audit records without an AVC, and in lines of the kernel. */
export const messageSorts = [
  // a new process may not enter its domain
  'refused-transition',
  // a context that the loaded policy does not know
  'invalid-context',
  // a file may not get another label
  'refused-relabel',
  // a policy that was offered to the kernel and not taken
  'refused-policy',
  // permissions of a domain that the domain which bounds it lacks, taken away without a denial
  'bounded-permissions',
  // a file system that was not taken, as nothing says how its files are labelled
  'refused-mount',
  // a mount with other label options than the one before it
  'mount-conflict',
  // a label that could not be read from its file system
  'unreadable-label',
  // a class or permission of the kernel that the policy does not know, and its setting for these
  'denied-class',
  'allowed-class',
  // an error of SELinux that is none of these
  'other',
] as const
export type MessageSort = (typeof messageSorts)[number]

/** A file as the kernel names it. */
export interface Inode {
  readonly device: string
  readonly number: number
}

/** The same said once or often. */
export interface Message {
  readonly sort: MessageSort
  /** The types of both sides, where it names them. */
  readonly source?: string
  readonly target?: string
  /** The type of the process that was refused, where that is neither side. */
  readonly task?: string
  /** What else it is about: a context, a file system, a class; without what differs every time. */
  readonly about?: string
  /** Why, in the kernel's words: `no_new_privs`, `nosuid`, the operation. */
  readonly reasons: readonly string[]
  /** Some of the files that it is about. */
  readonly inodes?: readonly Inode[]
  readonly count: number
  /** Epoch seconds; absent where the line does not tell. */
  readonly firstSeen?: number
  readonly lastSeen?: number
  /** Every one of them says itself that it was only logged. */
  readonly permissive?: true
  /** Said by the kernel's log and by no audit record: it stays true until the next boot, or until the kernel says otherwise. */
  readonly untilBoot?: true
  /** One raw line for the ticket. */
  readonly sample: string
}
