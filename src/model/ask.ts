import type { DenialLog } from './denial.ts'
import type { Reading } from './reading.ts'
import type {
  AllowRule,
  BooleanState,
  CommandAnswer,
  FileContexts,
  FileFact,
  KernelFacts,
  LabelFact,
  ModuleTable,
  MountFact,
  NextBoot,
  OsFacts,
  PackageTable,
  PolicyFiles,
  ProcessTable,
  RootPlace,
  RuntimeBinary,
  RuntimeSwitches,
  SelinuxState,
  ServiceState,
  PolicyAnswer,
  TransitionRule,
} from './facts.ts'
import type { Roots } from './roots.ts'
import type { Binaries, Switch } from './runtimes.ts'

type NoParams = Readonly<Record<string, never>>

/** What each probe takes; part of an ask's identity. */
export interface ProbeParams {
  os: NoParams
  selinux: NoParams
  'policy-files': NoParams
  'file-contexts': { readonly words: readonly string[] }
  modules: NoParams
  booleans: NoParams
  processes: NoParams
  packages: { readonly names: readonly string[] }
  'next-boot': { readonly names: readonly string[] }
  denials: NoParams
  labels: { readonly paths: readonly string[]; readonly roots?: Roots }
  roots: { readonly roots: Roots }
  runtime: { readonly switches: readonly Switch[]; readonly switchedBy: readonly string[] }
  allow: {
    readonly source: string
    /** Absent: whatever the target is; then each rule tells the types that its target stands for. */
    readonly target?: string
    readonly class: string
    readonly permissions: readonly string[]
  }
  transition: { readonly source: string; readonly class: string }
  attribute: { readonly attribute: string }
  'permissive-types': NoParams
  services: { readonly units: readonly string[] }
  kernel: { readonly modules: readonly string[] }
  mounts: { readonly leaveOut: readonly string[] }
  files: { readonly paths: readonly string[]; readonly digest: boolean }
  versions: { readonly binaries: Binaries }
  command: { readonly run: string; readonly seconds: number; readonly root: boolean }
}

/** What each probe's parser makes of a good answer. */
export interface ProbeValues {
  os: OsFacts
  selinux: SelinuxState
  'policy-files': PolicyFiles
  'file-contexts': FileContexts
  modules: ModuleTable
  booleans: readonly BooleanState[]
  processes: ProcessTable
  packages: PackageTable
  'next-boot': NextBoot
  denials: DenialLog
  labels: readonly LabelFact[]
  roots: readonly RootPlace[]
  runtime: RuntimeSwitches
  allow: PolicyAnswer<AllowRule>
  transition: PolicyAnswer<TransitionRule>
  attribute: PolicyAnswer<string>
  'permissive-types': PolicyAnswer<string>
  services: readonly ServiceState[]
  kernel: KernelFacts
  mounts: readonly MountFact[]
  files: readonly FileFact[]
  versions: readonly RuntimeBinary[]
  command: CommandAnswer
}

export type ProbeName = keyof ProbeValues

/** One question: a probe with its parameters. */
export type Ask<Name extends ProbeName = ProbeName> = {
  [N in Name]: { readonly probe: N; readonly params: ProbeParams[N] }
}[Name]

/** A question about the policy. */
export type PolicyAsk = Ask<'allow' | 'transition' | 'attribute' | 'permissive-types'>

/** The identity of an ask in records: the probe's name, and its parameters, if there are some. */
export const askId = (ask: Ask): string => {
  const params = Object.entries(ask.params as Record<string, unknown>)
  if (params.length === 0) return ask.probe
  return `${ask.probe} ${JSON.stringify(Object.fromEntries(params.toSorted(([a], [b]) => (a < b ? -1 : 1))))}`
}

/** How a judge gets at one node's answers. */
export type ReadAsk = <Name extends ProbeName>(ask: Ask<Name>) => Reading<ProbeValues[Name]>
