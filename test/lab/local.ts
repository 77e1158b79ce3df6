import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { collect } from '../../src/collect/collect.ts'
import { buildScripts } from '../../src/collect/script.ts'
import { plannedAsks } from '../../src/evaluate/evaluate.ts'
import { keepFor } from '../../src/checks/keep.ts'
import type { LabNode } from '../../src/lab/data.ts'
import { makeRoot, type MadeRoot } from '../../src/lab/root.ts'
import type { ExecEnd, ExecRequest } from '../../src/model/exec.ts'
import type { NodeRecord } from '../../src/model/record.ts'
import { knowledge, profiles } from './fleet.ts'
import { lightScript } from './light.ts'

export interface LocalOptions {
  /** For the made-up roots. */
  readonly folder: string
  /** The programs of this machine that nodes may use. */
  readonly tools: string
  /** Epoch seconds: the nodes' present. */
  readonly now: number
  /** Epoch seconds: this machine’s present, where the node’s clock is off. */
  readonly asked?: number
  /** Policies by sha256; those that come are put in. */
  readonly policies: Map<string, Buffer>
  /** Changes the made-up root further. */
  readonly patch?: (made: MadeRoot) => void
  /** Answers a command instead of the node, or leaves it to the node. */
  readonly intercept?: (request: ExecRequest) => ExecEnd | undefined
}

/** Asks one made-up node: the script in a real sh, without SSH. */
export const askLocally = async (name: string, node: LabNode, options: LocalOptions): Promise<NodeRecord> => {
  const { folder, tools, now, asked = now, policies, intercept, patch } = options
  const made = makeRoot(mkdtempSync(join(folder, 'root-')), name, node, { now })
  patch?.(made)
  const { root, bin } = made
  const environment = { R: root, PATH: `${bin}:${tools}`, HOME: root }
  const records: NodeRecord[] = []
  await collect({
    ...buildScripts(plannedAsks(profiles, knowledge)),
    nodes: [
      {
        name,
        groups: ['all'],
        leafGroups: ['all'],
        connection: { kind: 'ssh', host: '127.0.0.1', port: 22 },
      },
    ],
    connect: () =>
      Promise.resolve({
        session: {
          exec: request => {
            const end = intercept?.(request)
            return end ? Promise.resolve(end) : inShell(request, environment)
          },
          close: () => undefined,
        },
      }),
    keep: keepFor(profiles, knowledge),
    policies: {
      find: sha256 => Promise.resolve(policies.get(sha256)),
      keep: (sha256, gzipped) => Promise.resolve(void policies.set(sha256, gunzipSync(gzipped))),
    },
    forks: 1,
    become: false,
    nodeSeconds: 120,
    now: () => asked * 1000,
    signal: new AbortController().signal,
    onRecord: record => void records.push(record),
  })
  const [record] = records
  if (!record) throw new Error(`no record of ${name}`)
  return record
}

const inShell = (
  { stdin, onStdout, onStderr }: ExecRequest,
  env: Readonly<Record<string, string>>,
): Promise<ExecEnd> =>
  new Promise(resolve => {
    const child = spawn('/bin/sh', ['-s'], { env: { ...env }, stdio: 'pipe' })
    child.stdout.on('data', onStdout)
    child.stderr.on('data', onStderr)
    child.stdin.on('error', () => undefined)
    child.on('close', code => resolve({ ended: 'exited', code: code ?? 255 }))
    child.stdin.end(lightScript(stdin))
  })
