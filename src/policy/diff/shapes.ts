import type { DeclarationChanges } from './declarations.ts'
import type { Telling } from './telling.ts'

/** What a policy update changed, by cause, in names. */
export interface PolicyDifference extends DeclarationChanges {
  /** The domains that were looked at and for which something differs. */
  readonly domains: readonly string[]
  /** How many other types have differences that were not looked at. */
  readonly others: number
  readonly transitions: readonly NamedTransition[]
  readonly memberships: readonly Membership[]
  readonly rules: readonly RuleChange[]
  /** Differences in what is logged only, for the domains that were looked at: source, target and class each. */
  readonly logging: { readonly auditallow: number; readonly dontaudit: number }
}

/** A transition that was lost, gained or leads elsewhere now. */
export interface NamedTransition {
  readonly change: 'lost' | 'gained' | 'changed'
  readonly source: string
  readonly target: string
  readonly class: string
  readonly name?: string
  readonly condition?: string
  readonly before?: string
  readonly after?: string
}

/** A type left or joined an attribute, and what that did. */
export interface Membership {
  readonly change: 'left' | 'joined'
  readonly type: string
  readonly attribute: string
  readonly transitions: number
  /** Permissions of the domains looked at, on so many pairs of target and class. */
  readonly permissions: number
  readonly pairs: number
  /** Permissions beyond these that a boolean gives or withholds. */
  readonly conditional: number
  /** A few of the permissions, those that say most. */
  readonly among: readonly Telling[]
}

/** A rule that is gone, new, or holds under another condition, and for which of the domains that matters. */
export interface RuleChange {
  readonly change: 'removed' | 'added' | 'condition'
  readonly source: string
  /** `self` stands for rules of several types, each on itself. */
  readonly target: string
  readonly class: string
  readonly permissions: readonly string[]
  readonly domains: readonly string[]
  /** How many types the rule was written for. */
  readonly sources: number
  /** When it held and when it holds, if that is what changed: `always`, or conditions. */
  readonly when?: { readonly before: readonly string[]; readonly after: readonly string[] }
}
