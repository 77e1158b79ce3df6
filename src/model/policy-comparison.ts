import type { PolicyItem } from './policy-item.ts'

/** How one policy differs from another, as data, for the domains that the checks name (all, where little differs). */
export type PolicyComparison =
  | { readonly state: 'same' }
  | {
      readonly state: 'differs'
      /** The most harmful first, some hundreds at most. */
      readonly items: readonly PolicyItem[]
      /** How many more there are, and the types that are named by these alone. */
      readonly more: { readonly items: number; readonly types: readonly string[] }
      /** Booleans that both have, in another state. */
      readonly booleans: readonly {
        readonly name: string
        readonly before: boolean
        readonly after: boolean
      }[]
    }
  | { readonly state: 'unknown'; readonly why: string }
