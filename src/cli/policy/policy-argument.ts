import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { SefleetError } from '../../errors.ts'
import { didYouMean } from '../../model/nearest.ts'
import { forTerminal } from '../../model/printable.ts'
import type { Policy } from '../../policy/policy.ts'
import { readPolicyFile } from './policy-file.ts'

/** Which policy a command is about: where runs are, and which policy of a node. */
export interface PolicyPlace {
  readonly output: string
  readonly installed?: true
}

export const policyWords = 'policy file (also gzipped), or RUN:NODE'

/** Adds the options that go with `RUN:NODE`. */
export const addPolicyPlace = (command: Command): Command =>
  command
    .option('-o, --output <root>', 'folder that holds the runs', 'reports')
    .option('--installed', 'of RUN:NODE the installed policy, not the loaded one')

/** A policy, and the domains that matter where it runs, if that is known. */
export interface LoadedPolicy {
  readonly policy: Policy
  readonly domains: readonly string[]
  /** The states of the booleans that the same run read from the node, where it is the policy loaded there. */
  readonly booleans: ReadonlyMap<string, boolean>
}

/** Reads a policy file, or the policy that a node had in a run: `last:worker-1`. */
export const loadPolicy = async (argument: string, place: PolicyPlace): Promise<LoadedPolicy> => {
  const match = /^([^:]+):([^/]+)$/.exec(argument)
  if (existsSync(argument) || !match)
    return { policy: readPolicyFile(argument), domains: [], booleans: new Map() }
  const [, run = '', node = ''] = match
  const { path, ...more } = await policyOfNode(run, node, place)
  return { policy: readPolicyFile(path), ...more }
}

const policyOfNode = async (
  run: string,
  node: string,
  { output, installed }: PolicyPlace,
): Promise<Omit<LoadedPolicy, 'policy'> & { readonly path: string }> => {
  const { findRun } = await import('../../store/find.ts')
  const { readRun } = await import('../../store/read.ts')
  const { policyFile } = await import('../../store/policies.ts')
  const { policiesOf } = await import('../../evaluate/policies/node-policies.ts')
  const { memoisedReader } = await import('../../evaluate/read-record.ts')
  const { typesSeen } = await import('../../evaluate/policies/seen-types.ts')
  const folder = await findRun(output, run)
  const { info, records } = await readRun(folder)
  const refuse = (sentence: string): never => {
    throw new SefleetError('policy-unreadable', `run ${info.id}, node ${forTerminal(node)}: ${sentence}`)
  }
  for await (const record of records()) {
    if (record.node !== node) continue
    const policies = policiesOf(record)
    if (!policies) return refuse('it was not asked for its policy, or did not answer')
    const { sha256 } = (installed ? policies.installed : policies.loaded) ?? {}
    if (sha256 === undefined)
      return refuse(installed ? 'it has no policy installed' : 'it did not let its loaded policy be read')
    const path = join(folder, policyFile(sha256))
    if (existsSync(path)) {
      const read = memoisedReader([])(record)
      const reading = installed ? undefined : read({ probe: 'booleans', params: {} })
      const states = reading?.state === 'read' ? reading.value : []
      return {
        path,
        domains: typesSeen(read),
        booleans: new Map(states.map(({ name, current }) => [name, current])),
      }
    }
    const problem = record.notPulled?.find(one => one.sha256 === sha256)?.problem
    return refuse(`its policy was not fetched: ${forTerminal(problem ?? 'the run has no such file')}`)
  }
  return refuse(`no record of such a node${didYouMean(node, info.nodes)}`)
}
