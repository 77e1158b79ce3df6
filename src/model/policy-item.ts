/*
 * What differs between two policies, as data: plain, in names, ready to be saved. Words are made of it where it is shown, and
 * causes are looked for in it.
 */

/** A few of many names. */
export interface Names {
  readonly names: readonly string[]
  /** How many there are. */
  readonly count: number
}

/** A condition, as sesearch writes it (`[ kb1 ]:True`), and how its booleans stand: before and now, where they are there. */
export interface When {
  readonly text: string
  readonly booleans: readonly {
    readonly name: string
    readonly before?: boolean
    readonly after?: boolean
  }[]
}

/** How a rule holds: always, or under a condition. */
export type Way = 'always' | When

/** A type that left or joined an attribute. */
export interface MembershipChange {
  readonly change: 'left' | 'joined'
  readonly type: string
  readonly attribute: string
}

/** What a new process enters or a new object becomes. */
export interface Leading {
  readonly to: string
  readonly ways: readonly Way[]
}

/** A process’s transition, or another that hangs on a condition: lost, gained, or leading elsewhere or under other conditions. */
export interface TransitionItem {
  readonly kind: 'transition'
  readonly change: 'lost' | 'gained' | 'changed'
  readonly source: string
  readonly target: string
  readonly class: string
  /** Of the new file, where the rule asks for it. */
  readonly name?: string
  readonly before?: Leading
  readonly after?: Leading
}

/** What types create under a directory: alike ones together, however many names and creators there are. */
export interface CreationItem {
  readonly kind: 'creation'
  readonly change: TransitionItem['change']
  readonly sources: Names & {
    /** The attribute whose members are just these. */
    readonly attribute?: string
  }
  readonly target: string
  readonly class: string
  readonly before?: string
  readonly after?: string
  /** Names of files, where the rules ask for them. */
  readonly files?: Names
}

/** A permission on a target that says what it was for. */
export interface Telling {
  readonly permission: string
  readonly target: string
  readonly class: string
  /** Who has or had it, where that is another than the one spoken of. */
  readonly source?: string
}

/** Permissions that came or went, of the domains looked at. */
export interface PermissionSum {
  /** So many, held in no way on the other side, on so many pairs of target and class. */
  readonly permissions: number
  readonly pairs: number
  /** So many beyond these that a boolean gives or withholds. */
  readonly conditional: number
  /** So many that hang on a boolean on one side and are held always on the other. */
  readonly unbound: number
  /** A few of the permissions, those that say most. */
  readonly among: readonly Telling[]
}

/** A type left or joined an attribute, and what that did: to itself, and to others with regard to it. */
export interface MembershipItem extends MembershipChange {
  readonly kind: 'membership'
  /** Its transitions of processes, those first whose result is a domain looked at. */
  readonly transitions: readonly { readonly target: string; readonly to: string }[]
  /** How many transitions of processes there are, and how many others. */
  readonly processes: number
  readonly creations: number
  readonly own: PermissionSum
  /** What others have, or lost, on it. */
  readonly others: PermissionSum & { readonly domains: Names }
}

/** A rule that is gone, new, or holds in other ways, and for which of the domains that matters. */
export interface RuleItem {
  readonly kind: 'rule'
  readonly change: 'removed' | 'added' | 'condition'
  readonly source: string
  /** `self` stands for rules of several types, each on itself. */
  readonly target: string
  readonly class: string
  readonly permissions: readonly string[]
  /** How the rule gives these permissions: on the side that has them; on both where the condition changed. */
  readonly before: readonly Way[]
  readonly after: readonly Way[]
  /** How the domains have them by all rules together, where that is more than this rule says. */
  readonly together?: { readonly before: readonly Way[]; readonly after: readonly Way[] }
  readonly domains: Names
  /** How many types the rule was written for. */
  readonly sources: number
}

/** Something that only one side declares. */
export interface Came {
  readonly change: 'removed' | 'added'
  readonly name: string
}

/** A boolean in another state, and how many conditional rules hold, or no longer hold, because of it. */
export interface Switched {
  readonly change: 'on' | 'off'
  readonly name: string
  readonly rulesOn: number
  readonly rulesOff: number
}

/** Types, or classes and permissions, that came or went together. */
export interface ListedItem {
  readonly kind: 'types' | 'classes'
  readonly change: Came['change']
  readonly listed: Names
  /** The most frequent first word of the names, where it is that of several: as of a module’s types. */
  readonly family?: { readonly word: string; readonly count: number }
}

/** A statement that is declared otherwise: constraints, ranges, contexts, users, extended permissions. */
export type StatementItem =
  | {
      readonly kind: 'statement'
      readonly change: 'removed' | 'added'
      readonly text: string
      readonly when?: When
    }
  | {
      readonly kind: 'statement'
      readonly change: 'changed'
      /** What the statement is about; `before` and `after` are what it says of it. */
      readonly about: string
      readonly before: string
      readonly after: string
    }

/** A role that came or went, or whose types are others. */
export type RoleItem =
  | {
      readonly kind: 'role'
      readonly change: 'removed' | 'added'
      readonly name: string
      readonly types: number
    }
  | {
      readonly kind: 'role'
      readonly change: 'changed'
      readonly name: string
      readonly gained: Names
      readonly lost: Names
    }

/** The sensitivities and categories are others: another kind of policy. */
export interface LevelsItem {
  readonly kind: 'levels'
  readonly before: { readonly sensitivities: number; readonly categories: number }
  readonly after: { readonly sensitivities: number; readonly categories: number }
}

/** Rules that decide only what is logged, between two types. */
export interface LoggingItem {
  readonly kind: 'logging'
  readonly rule: 'dontaudit' | 'auditallow'
  readonly count: number
}

/** One thing that differs. */
export type PolicyItem =
  | TransitionItem
  | CreationItem
  | MembershipItem
  | RuleItem
  | ({ readonly kind: 'permissive' | 'never-audited' } & Came)
  | ({ readonly kind: 'boolean' } & (Came | Switched))
  | ListedItem
  | StatementItem
  | RoleItem
  | LevelsItem
  | LoggingItem
