import type { Ask, PolicyAsk, ProbeName, ProbeValues } from '../model/ask.ts'
import { limits } from '../model/limits.ts'
import type { Keep, Probe } from '../model/probe.ts'
import type { Reading } from '../model/reading.ts'
import type { Frame } from '../model/record.ts'
import { booleans } from './booleans.ts'
import { command } from './command.ts'
import { denials } from './denials.ts'
import { fileContexts } from './file-contexts.ts'
import { files } from './files.ts'
import { kernel } from './kernel.ts'
import { labels } from './labels.ts'
import { modules } from './modules.ts'
import { mounts } from './mounts.ts'
import { nextBoot } from './next-boot.ts'
import { os } from './os.ts'
import { packages } from './packages.ts'
import { parseFrame } from './parse.ts'
import { policyFiles } from './policy-files.ts'
import { processes } from './processes.ts'
import { roots } from './roots.ts'
import { runtime } from './runtime.ts'
import { selinux } from './selinux.ts'
import { services } from './services.ts'
import { allow, attribute, permissiveTypes, transition } from './setools.ts'
import { versions } from './versions.ts'

/** Every probe by its name. */
export const probes: { readonly [Name in ProbeName]: Probe<Name> } = {
  os,
  selinux,
  'policy-files': policyFiles,
  'file-contexts': fileContexts,
  modules,
  booleans,
  processes,
  packages,
  'next-boot': nextBoot,
  denials,
  labels,
  roots,
  runtime,
  allow,
  transition,
  attribute,
  'permissive-types': permissiveTypes,
  services,
  kernel,
  mounts,
  files,
  versions,
  command,
}

/** One ask as the script needs it. */
export interface AskPlan {
  readonly fragment: string
  readonly cost: Probe<ProbeName>['cost']
  readonly seconds: number
  readonly bytes: number
}

/** The shell fragment of an ask with its limits. */
export const planOf = (ask: Ask): AskPlan => {
  // A union of asks cannot be matched with its probe by the compiler: the name picks both.
  const probe = probes[ask.probe] as Probe<ProbeName>
  const params = ask.params as never
  return {
    fragment: probe.fragment(params),
    cost: probe.cost,
    seconds: ask.probe === 'command' ? ask.params.seconds : (probe.seconds ?? limits.askSeconds),
    bytes: probe.bytes ?? limits.askBytes,
  }
}

/** Whether the policy itself answers: the node is asked only where its policy cannot be had. */
export const isPolicyAsk = (ask: Ask): ask is PolicyAsk => probes[ask.probe].cost === 'policy'

/** The command an operator can type to see the same. */
export const byHandOf = (ask: Ask): string => (probes[ask.probe] as Probe<ProbeName>).byHand(ask.params) // as in planOf

/** Parses one frame of an ask. */
export const parseAsk = <Name extends ProbeName>(
  ask: Ask<Name>,
  frame: Frame,
): Reading<ProbeValues[Name]> => {
  const probe = probes[ask.probe] as unknown as Probe<Name> // as in planOf
  return parseFrame(probe, ask.params as never, frame)
}

/** The collector's redaction of an ask's answer, where its probe has one. */
export const redactorOf = (ask: Ask, keep: Keep): ((stdout: string) => string) | undefined => {
  const { redact } = probes[ask.probe]
  return redact && (stdout => redact(stdout, keep))
}
