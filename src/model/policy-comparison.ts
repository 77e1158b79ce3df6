/** How one policy differs from another, in words, for the domains that the checks name (all, where little differs). */
export type PolicyComparison =
  | { readonly state: 'same' }
  | {
      readonly state: 'differs'
      /** The cause first, a sentence each, at most a dozen. */
      readonly lines: readonly string[]
      /** How many more there are. */
      readonly more: number
      /** Booleans that both have, in another state. */
      readonly booleans: readonly {
        readonly name: string
        readonly before: boolean
        readonly after: boolean
      }[]
    }
  | { readonly state: 'unknown'; readonly why: string }
