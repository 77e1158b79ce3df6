import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultProfiles } from '../../src/checks/default-profiles.ts'
import { loadKnowledge, loadProfiles } from '../../src/checks/load.ts'
import type { FindPolicy } from '../../src/model/policy-keep.ts'
import type { NodeRecord } from '../../src/model/record.ts'
import { collectRun, planRun } from '../../src/pipeline.ts'
import { startLab } from '../../src/lab/lab.ts'
import { policiesIn } from '../../src/store/policies.ts'
import { readRun } from '../../src/store/read.ts'

/** The lab's nodes, collected once over real SSH for all tests of this process. */
export const collectedLab = (): Promise<CollectedLab> => (collected ??= collect())

export interface CollectedLab {
  readonly records: readonly NodeRecord[]
  readonly names: readonly string[]
  readonly policies: FindPolicy
}

let collected: Promise<CollectedLab> | undefined

const collect = async (): Promise<CollectedLab> => {
  const folder = mkdtempSync(join(tmpdir(), 'sefleet-test-lab-'))
  const lab = await startLab({ folder, ports: 'free' })
  try {
    const plan = planRun({
      inventories: [lab.inventory],
      profiles: defaultProfiles,
      nodeSeconds: 120,
      become: false,
      warn: sentence => {
        throw new Error(sentence)
      },
    })
    const run = await collectRun(plan, {
      root: join(folder, 'reports'),
      transport: { privateKeyFiles: [lab.privateKey], knownHostsFiles: [lab.knownHosts], connectSeconds: 10 },
      forks: 12,
      become: false,
      nodeSeconds: 120,
      now: Date.now,
      signal: new AbortController().signal,
      onRecord: () => {},
    })
    const records: NodeRecord[] = []
    for await (const record of (await readRun(run.folder)).records()) records.push(record)
    const kept = new Map<string, Buffer>()
    const find = policiesIn(run.folder)
    for (const file of readdirSync(join(run.folder, 'policies'))) {
      const sha256 = file.replace('.gz', '')
      const policy = await find(sha256)
      if (policy) kept.set(sha256, policy)
    }
    return {
      records,
      names: plan.nodes.map(({ name }) => name),
      policies: sha256 => Promise.resolve(kept.get(sha256)),
    }
  } finally {
    await lab.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

export const knowledge = loadKnowledge()
export const profiles = loadProfiles(defaultProfiles, knowledge)
