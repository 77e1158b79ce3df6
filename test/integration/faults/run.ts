import { collect } from '../../../src/collect/collect.ts'
import { buildScripts } from '../../../src/collect/script.ts'
import { keepFor } from '../../../src/checks/keep.ts'
import { loadKnowledge } from '../../../src/checks/load.ts'
import type { Ask } from '../../../src/model/ask.ts'
import type { Connect } from '../../../src/model/exec.ts'
import type { Node, SshConnection } from '../../../src/model/node.ts'
import { Secret } from '../../../src/model/secret.ts'
import type { NodeRecord } from '../../../src/model/record.ts'
import { openTransport, type TransportOptions } from '../../../src/transport/transport.ts'
import { gunzipSync } from 'node:zlib'
import type { Home } from '../../transport/home.ts'
import { addressOf, hostKeys, jumpOf, type NodeServer } from './node-server.ts'
import { type Fault, titleOf } from './table.ts'

export const nodeName = (index: number): string => `node-${String(index + 1).padStart(2, '0')}`

export interface Place {
  readonly home: Home
  readonly server: NodeServer
  /** A port where nothing listens, and one whose queue is full. */
  readonly nowhere: number
  readonly full: number
}

export interface RunRequest {
  readonly nodes: number
  readonly bad: ReadonlyMap<number, Fault>
  readonly forks: number
  readonly options: TransportOptions
  /** How long a command may take. */
  readonly execSeconds: number
  readonly deadlineSeconds?: number
  /** The run is interrupted once so many nodes have a record. */
  readonly interruptAfter?: number
}

const asks: readonly Ask[] = [
  { probe: 'os', params: {} },
  { probe: 'policy-files', params: {} },
  { probe: 'command', params: { run: 'true', seconds: 20, root: false } },
]
const knowledge = loadKnowledge()
const keep = keepFor([], knowledge)
const policyAsk: Ask = { probe: 'permissive-types', params: {} }

/** Asks a fleet of which some are in trouble; gives the records by name. */
export const runFleet = async (
  place: Place,
  request: RunRequest,
): Promise<ReadonlyMap<string, NodeRecord>> => {
  const { home, server } = place
  const { nodes: count, bad, forks, options, execSeconds, deadlineSeconds, interruptAfter } = request
  server.troubles.clear()
  const lines: string[] = []
  const known = (address: string, pair = hostKeys.good) =>
    lines.push(`[${address}]:${server.port} ${pair.public}`)
  const nodes = Array.from({ length: count }, (_, index): Node => {
    const fault = bad.get(index)
    const at = addressOf(index)
    const shows = fault && 'shows' in fault.does ? fault.does.shows : 'good'
    if (shows !== 'unknown') known(at)
    if (shows === 'revoked') lines.push(`@revoked [${at}]:${server.port} ${hostKeys.revoked.public}`)
    return {
      name: nodeName(index),
      groups: [],
      leafGroups: [],
      connection: connectionOf(index, fault, place, known),
    }
  })
  home.write('known_hosts', `${[...new Set(lines)].join('\n')}\n`)
  const records = new Map<string, NodeRecord>()
  const interruption = new AbortController()
  const transport = openTransport(options, nodes)
  const kept = new Map<string, Buffer>()
  await collect({
    nodes,
    ...buildScripts([...asks, policyAsk]),
    connect: withBugs(transport.connect, bad),
    keep,
    policies: {
      find: sha256 => Promise.resolve(kept.has(sha256) ? gunzipSync(kept.get(sha256) ?? '') : undefined),
      keep: (sha256, bytes) => Promise.resolve(void kept.set(sha256, bytes)),
    },
    forks,
    become: false,
    // A command is given 15 seconds more than the script that it runs.
    nodeSeconds: execSeconds - 15,
    now: Date.now,
    signal: interruption.signal,
    ...(deadlineSeconds === undefined ? {} : { deadlineSeconds }),
    onRecord: record => {
      records.set(record.node, record)
      if (records.size === interruptAfter) interruption.abort()
    },
  }).finally(transport.close)
  return records
}

const withBugs =
  (connect: Connect, bad: ReadonlyMap<number, Fault>): Connect =>
  (node, signal) => {
    const fault = [...bad].find(([index]) => nodeName(index) === node.name)?.[1]
    if (fault && 'ours' in fault.does) throw new TypeError('undefined is not a node')
    return connect(node, signal)
  }

const shared = new Map<string, string>()
/** One jump host for all nodes that have the same trouble with it. */
const sharedJump = (title: string): string => {
  const known = shared.get(title) ?? `127.0.41.${shared.size + 1}`
  shared.set(title, known)
  return known
}

const connectionOf = (
  index: number,
  fault: Fault | undefined,
  { home, server, nowhere, full }: Place,
  known: (address: string) => void,
): SshConnection => {
  const at = addressOf(index)
  const plain: SshConnection = { kind: 'ssh', host: at, port: server.port }
  const through = (jump: string, port = server.port): SshConnection => ({
    ...plain,
    words: { first: [], last: ['-J', `ada@${jump}:${port}`] },
  })
  if (!fault) {
    // Some of the good ones lie behind a jump host, too.
    if (index % 10 !== 9) return plain
    known('127.0.43.1')
    return through('127.0.43.1')
  }
  const { does } = fault
  if ('jump' in does) {
    const isOwn = does.jump === 'goes-away' || does.jump === 'resets-once'
    const jump = isOwn ? jumpOf(at) : sharedJump(titleOf(fault))
    if (does.jump !== 'unknown') known(jump)
    server.troubles.set(jump, does)
    if (does.jump === 'goes-away') server.troubles.set(at, does)
    return through(jump, does.jump === 'nowhere' ? nowhere : server.port)
  }
  if ('host' in does) return { ...plain, host: does.host }
  if ('listens' in does)
    return { ...plain, host: '127.0.0.1', port: does.listens === 'full' ? full : nowhere }
  server.troubles.set(at, does)
  const words = 'words' in does && does.words ? { words: { first: [], last: does.words } } : {}
  const key = 'key' in does ? { privateKeyFile: `${home.path}/.ssh/id_${does.key}` } : {}
  const password = 'password' in does ? { password: new Secret('not this one') } : {}
  const program = 'program' in does ? { sshProgram: does.program } : {}
  const become = 'refused' in does ? { become: true } : {}
  return { ...plain, ...words, ...key, ...password, ...program, ...become }
}
