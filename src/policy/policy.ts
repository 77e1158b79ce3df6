/*
 * The kernel’s binary policy as plain data. Every symbol has a value from 1 on; rules refer to values, and values differ
 * from one build of a policy to the next: only names may cross from one policy to another.
 */

import type { BooleanExpression } from '../model/boolean-expression.ts'

/** What the kernel does with classes and permissions that the policy does not know. */
export type HandleUnknown = 'deny' | 'reject' | 'allow'

/** Symbols by value and by name. Values may have holes. */
export interface Table<T> {
  /** Index is the value; index 0 is never used. */
  readonly byValue: readonly (T | undefined)[]
  /** Aliases too. */
  readonly byName: ReadonlyMap<string, T>
  /** Other names, in the file’s order. */
  readonly aliases: readonly { readonly name: string; readonly value: number }[]
}

export interface Named {
  readonly value: number
  readonly name: string
}

/** Permission names by bit; a bit without a name is not in use. */
export type PermissionNames = readonly (string | undefined)[]

export interface Common extends Named {
  readonly permissions: PermissionNames
}

/** Which of the two contexts a new object’s part comes from, in the words of the policy language. */
export type DefaultFrom = 'source' | 'target'
export type DefaultRange = `${DefaultFrom} ${'low' | 'high' | 'low-high'}` | 'glblub'

export interface ObjectClass extends Named {
  readonly common: Common | undefined
  /** The common’s first, then its own. */
  readonly permissions: PermissionNames
  readonly constraints: readonly Constraint[]
  readonly validateTransitions: readonly Constraint[]
  readonly defaults: {
    readonly user: DefaultFrom | undefined
    readonly role: DefaultFrom | undefined
    readonly type: DefaultFrom | undefined
    readonly range: DefaultRange | undefined
  }
}

export interface Constraint {
  /** Bit mask over the class’s permissions; of no meaning for validatetrans. */
  readonly permissions: number
  /** Postfix. */
  readonly expression: readonly ConstraintNode[]
  /** Written as mlsconstrain: it compares levels. */
  readonly isMls: boolean
}

export type Compare = '==' | '!=' | 'dom' | 'domby' | 'incomp'
export type ConstraintSide = 1 | 2 | 3
export type ConstraintNode =
  | { readonly node: 'not' | 'and' | 'or' }
  | {
      readonly node: 'pair'
      readonly compare: Compare
      readonly left: ConstraintWord
      readonly right: ConstraintWord
    }
  | {
      readonly node: 'names'
      readonly compare: Compare
      readonly what: 'user' | 'role' | 'type'
      readonly side: ConstraintSide
      /** Values; for types the members of the attributes that were written. */
      readonly values: Uint16Array
      /** The types as they were written, attributes unexpanded (version 29 on). */
      readonly written: Uint16Array | undefined
    }
/** u1, r2, t3, l1, h2: as the policy language writes the operands. */
export type ConstraintWord = `${'u' | 'r' | 't' | 'l' | 'h'}${ConstraintSide}`

export interface Role extends Named {
  readonly bounds: number
  readonly dominates: Uint16Array
  readonly types: Uint16Array
}

export interface Type extends Named {
  readonly isAttribute: boolean
  /** Value of the type that bounds this one, or 0. */
  readonly bounds: number
}

export interface Level {
  readonly sensitivity: number
  readonly categories: Uint16Array
}

export interface Range {
  readonly low: Level
  readonly high: Level
}

export interface Context {
  readonly user: number
  readonly role: number
  readonly type: number
  readonly range: Range
}

export interface User extends Named {
  readonly bounds: number
  readonly roles: Uint16Array
  readonly range: Range
  readonly level: Level
}

export interface PolicyBoolean extends Named {
  readonly state: boolean
}

/** A sensitivity and the categories that may go with it. */
export interface Sensitivity extends Named {
  readonly categories: Uint16Array
}

/** Bits of an avtab key’s `specified`. */
export const ruleBits = {
  allow: 0x0001,
  auditallow: 0x0002,
  /** Stored as auditdeny, inverted; here already turned round and cut to the class’s permissions. */
  dontaudit: 0x0004,
  type_transition: 0x0010,
  type_member: 0x0020,
  type_change: 0x0040,
  allowxperm: 0x0100,
  auditallowxperm: 0x0200,
  dontauditxperm: 0x0400,
} as const
export type RuleKind = keyof typeof ruleBits

/** Extended permissions: those of one driver, or whole drivers. 256 bits in eight words. */
export interface Xperm {
  readonly kind: 'ioctl-functions' | 'ioctl-drivers' | 'nlmsg'
  readonly driver: number
  readonly bits: Uint32Array
}

/** The access vector and type rules in columns; a rule is an index. 16 bytes a rule instead of an object. */
export interface Rules {
  readonly count: number
  readonly source: Uint16Array
  readonly target: Uint16Array
  readonly class: Uint16Array
  /** One of {@link ruleBits}. */
  readonly kind: Uint16Array
  /** Access vector, default type, or index into `xperms`. */
  readonly datum: Uint32Array
  /** −1 without condition, else 2 × index of the condition, + 1 in its false branch. */
  readonly condition: Int32Array
  readonly xperms: readonly Xperm[]
}

/** Of a conditional block. */
export type Condition = BooleanExpression<number>

/** A type transition that also asks for the name of the new object, and all types it holds for. */
export interface NameTransition {
  readonly name: string
  /** Ascending. */
  readonly sources: Uint16Array
  readonly target: number
  readonly class: number
  readonly default: number
}

/**
 * The transitions by name in columns: real policies have a quarter of a million, most of them of a few attributes' members times
 * file names. Those that differ by their source only are one entry, in all versions of the format; those of one name, target and
 * class follow one another.
 */
export interface NameTransitions {
  readonly count: number
  /** Each name once. */
  readonly names: readonly string[]
  /** By entry: index into `names`. */
  readonly name: Uint32Array
  readonly target: Uint16Array
  readonly class: Uint16Array
  readonly default: Uint16Array
  /** By entry: where its sources begin in `sources`; they end where the next one's begin. */
  readonly starts: Uint32Array
  readonly sources: Uint16Array
}

export interface RoleTransition {
  readonly role: number
  readonly type: number
  readonly class: number
  readonly newRole: number
}

export interface RoleAllow {
  readonly role: number
  readonly newRole: number
}

export interface RangeTransition {
  readonly source: number
  readonly target: number
  readonly class: number
  readonly range: Range
}

/** What objects without a label of their own get. */
export interface ObjectContexts {
  readonly initialSids: readonly { readonly sid: number; readonly context: Context }[]
  readonly ports: readonly {
    readonly protocol: number
    readonly low: number
    readonly high: number
    readonly context: Context
  }[]
  readonly interfaces: readonly {
    readonly name: string
    readonly context: Context
    readonly packets: Context
  }[]
  /** Four or sixteen bytes each. */
  readonly nodes: readonly {
    readonly address: Uint8Array
    readonly mask: Uint8Array
    readonly context: Context
  }[]
  readonly fsUses: readonly {
    readonly behaviour: 'xattr' | 'trans' | 'task'
    readonly name: string
    readonly context: Context
  }[]
  readonly partitionKeys: readonly {
    readonly prefix: Uint8Array
    readonly low: number
    readonly high: number
    readonly context: Context
  }[]
  readonly endPorts: readonly { readonly name: string; readonly port: number; readonly context: Context }[]
  /** `class` 0 stands for any. */
  readonly genfs: readonly {
    readonly fs: string
    readonly path: string
    readonly class: number
    readonly context: Context
  }[]
}

/** The eight symbol tables, in the file’s order. */
export interface Symbols {
  readonly commons: Table<Common>
  readonly classes: Table<ObjectClass>
  readonly roles: Table<Role>
  readonly types: Table<Type>
  readonly users: Table<User>
  readonly booleans: Table<PolicyBoolean>
  readonly sensitivities: Table<Sensitivity>
  readonly categories: Table<Named>
}

/** What names stand for, and the constraints of classes: a small part of a policy that can be kept when the rules are let go. */
export type PolicyNames = Symbols & Pick<Policy, 'mls'>

/** A kernel policy, read whole. */
export interface Policy extends Symbols {
  readonly version: number
  readonly mls: boolean
  readonly handleUnknown: HandleUnknown
  /** Numbers of the capabilities that are switched on. */
  readonly capabilities: Uint16Array
  /** By type value: the attributes a type has. */
  readonly attributesOf: readonly Uint16Array[]
  /** By attribute value: the types that have it. */
  readonly membersOf: readonly Uint16Array[]
  /** Values of the types whose denials are logged only. */
  readonly permissive: Uint16Array
  readonly neverAudited: Uint16Array
  readonly rules: Rules
  readonly conditions: readonly Condition[]
  readonly nameTransitions: NameTransitions
  readonly roleTransitions: readonly RoleTransition[]
  readonly roleAllows: readonly RoleAllow[]
  readonly rangeTransitions: readonly RangeTransition[]
  readonly contexts: ObjectContexts
}
