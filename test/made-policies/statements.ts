/** What a made-up policy says beyond the one it is built on; names only, so that a statement can be left out, changed or put elsewhere. */
export type Statement =
  | { readonly type: string; readonly attributes?: readonly string[] }
  /** A new role, or more types for one that is there. */
  | { readonly role: string; readonly types: readonly string[] }
  /** A new attribute, or more members for one that is there. */
  | { readonly attribute: string; readonly members: readonly string[] }
  | { readonly boolean: string; readonly state: boolean }
  | RuleStatement
  /** Between types with this attribute (or one of them) only if the first one's level dominates the other's. */
  | { readonly constrained: string; readonly class: string; readonly permissions: readonly string[] }
  | {
      readonly rule: 'type_transition'
      readonly source: string
      readonly target: string
      readonly class: string
      readonly to: string
      /** Of the new file. */
      readonly name?: string
    }

export interface RuleStatement {
  readonly rule: 'allow' | 'auditallow' | 'dontaudit'
  readonly source: string
  readonly target: string
  readonly class: string
  readonly permissions: readonly string[]
  /** All of these booleans are on, or not all of them. */
  readonly when?: { readonly booleans: readonly string[]; readonly branch: boolean }
}

/** Whether a statement gives permissions. */
export const isRule = (one: Statement): one is RuleStatement => 'rule' in one && 'permissions' in one
