import type { z } from 'zod'
import type { Advisory } from './advisory.ts'
import type { Ask, ReadAsk } from './ask.ts'
import type { Components } from './component.ts'
import type { ComponentTypes, ContainerPolicies } from './container-policies.ts'
import type { DenialDomains, Signature } from './denial.ts'
import type { EnableSelinux } from './enable-selinux.ts'
import type { FactName } from './facet.ts'
import type { Judgement } from './outcome.ts'
import type { RollBack } from './roll-back.ts'
import type { Roots } from './roots.ts'
import type { Runtimes } from './runtimes.ts'
import type { Severity } from './severity.ts'
import type { WritingCommand } from './writing-commands.ts'

/** A requirement as the profile states it, validated. */
export interface Check {
  readonly id: string
  readonly profile: string
  readonly title: string
  readonly severity: Severity
  readonly why?: string
  readonly remedy?: string
  /** Taking an update back would not mend it. */
  readonly takeBack?: 'never'
  /** What is left to do once a cause is taken back: `restart the pods`. */
  readonly afterwards?: string
  /** What must not be done, although it seems to help. */
  readonly avoid?: string
  readonly references: readonly string[]
  /** Replaces the kind's own words when the check fails. */
  readonly finding?: string
  readonly when?: Expression
  readonly requirement: Expression
  /** Where a failure weighs less: the first whose condition certainly holds. */
  readonly lowered: readonly { readonly when: Expression; readonly to: Severity; readonly because: string }[]
  /** Where another remedy is right: the first whose condition certainly holds. */
  readonly instead: readonly { readonly when: Expression; readonly remedy: string }[]
  /** Checks whose failure explains this one's; the first that fails on the node is named. */
  readonly consequenceOf: readonly string[]
  /** The title when it fails. */
  readonly failureTitle?: string
  /** What the operator notices when it fails; the headline of the report, also where another check is the cause. */
  readonly symptom?: string
}

/** A kind with its parameters, or a combination in strong Kleene logic. */
export type Expression =
  | { readonly kind: string; readonly params: unknown }
  | { readonly all: readonly Expression[] }
  | { readonly any: readonly Expression[] }
  | { readonly not: Expression }

export interface Profile {
  readonly name: string
  readonly title?: string
  /** As it was written; what a run keeps of it. */
  readonly text: string
  /** It is the operator's own, none of the shipped ones. */
  readonly own?: true
  readonly sha256: string
  /** What containers run as under a policy that does not know spc_t and container_t. */
  readonly componentTypes?: ComponentTypes
  readonly checks: readonly Check[]
}

/** The domain's data, which kinds consult. */
export interface Knowledge {
  readonly components: Components
  readonly signatures: readonly Signature[]
  /** Whose types these are, for the judgement of denials. */
  readonly domains: DenialDomains
  readonly advisories: readonly Advisory[]
  /** Policy package → the module it must load, and globs over the types that it brings. */
  readonly policyModules: readonly {
    readonly package: string
    readonly module: string
    readonly types: readonly string[]
  }[]
  /** How each distribution takes a package back. */
  readonly rollBack: readonly RollBack[]
  /** How each distribution runs SELinux again where the kernel does without it. */
  readonly enableSelinux: readonly EnableSelinux[]
  /** Programs that change the machine they run on. */
  readonly writingCommands: readonly WritingCommand[]
  /** Files whose edits are facts. */
  readonly watchedFiles: readonly string[]
  /** Words of the file contexts whose lines are facts. */
  readonly contextWords: readonly string[]
  readonly containerPolicies: ContainerPolicies
  /** Where programs keep their files, and what is labelled anew once the policy for containers is there. */
  readonly roots: Roots
  readonly relabelled: readonly string[]
  /** Where layers of images are mounted or kept beside the roots. */
  readonly layers: readonly string[]
  /** The packages that decide what the policy is and who relies on it; globs. */
  readonly packages: readonly string[]
  readonly runtimes: Runtimes
  /** What the profiles in use say that containers run as where the policy has other types. */
  readonly componentTypes?: ComponentTypes
}

/** A name that must be in the domain's data, and under which key it stands. */
export interface Reference {
  readonly to: 'component' | 'family' | 'advisory' | 'root'
  readonly name: string
  readonly key?: string
}

/** A check kind: what it asks and how it judges. It never reaches a node itself. */
export interface Kind<Params> {
  readonly name: string
  /** Its parameters as a profile writes them; the JSON Schema for editors is made from it. */
  readonly schema: z.ZodType<Params>
  /** What its parameters name of the domain's data: names that must exist. */
  readonly refersTo?: (params: Params) => readonly Reference[]
  /** The command of the profile's own that it runs on a node. */
  readonly runs?: (params: Params) => string
  /** Patterns of command lines that it must see, so that the collector may keep those. */
  readonly keepsArgv?: (params: Params) => readonly string[]
  readonly asks: (params: Params, knowledge: Knowledge) => readonly Ask[]
  /** The facts that it judges: that one of them changed is what it says, and no reason for it. */
  readonly judges?: (params: Params) => readonly FactName[]
  /** What it tells of, and what an operator types to see it, where its asks serve other kinds too. */
  readonly tells?: { readonly reads: readonly string[]; readonly byHand: readonly string[] }
  readonly judge: (params: Params, read: ReadAsk, knowledge: Knowledge) => Judgement
}
