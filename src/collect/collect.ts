import { randomBytes } from 'node:crypto'
import pLimit from 'p-limit'
import { askId } from '../model/ask.ts'
import type { Connect } from '../model/exec.ts'
import { limits } from '../model/limits.ts'
import { maskerOf } from '../model/mask-secrets.ts'
import { becomingOf, type Becoming, type Connection, type Node } from '../model/node.ts'
import type { Keep } from '../model/probe.ts'
import type { PolicyKeep } from '../model/policy-keep.ts'
import { recordFormat, type NodeError, type NodeRecord } from '../model/record.ts'
import { redactorOf } from '../probes/index.ts'
import { refusalOf } from './become/refusal.ts'
import { commandFor } from './command-line.ts'
import { deadlineOf } from './deadline.ts'
import { firstWords } from './first-words.ts'
import { frameReader, toFrame } from './frames.ts'
import { policyPuller, type PullPolicies } from './pull-policies.ts'
import { scriptFor, type Script } from './script.ts'

export interface CollectOptions {
  readonly nodes: readonly Node[]
  readonly script: Script
  /** For nodes whose policy cannot be had. */
  readonly policyScript?: Script
  readonly connect: Connect
  readonly keep: Keep
  /** Where the policies of the nodes go; each distinct one is fetched once. */
  readonly policies: PolicyKeep
  readonly forks: number
  /** `-b`: become root where the inventory does not say. */
  readonly become: boolean
  readonly nodeSeconds: number
  readonly now: () => number
  readonly signal: AbortSignal
  /** What the whole run may take, from now on: what has not answered then is missing. */
  readonly deadlineSeconds?: number
  /** Called once per node, in the order they answer; the next answers wait for it. */
  readonly onRecord: (record: NodeRecord) => void | Promise<void>
}

/**
 * Asks every node, `forks` at a time. A node's trouble ends in its own record, be it a bug of ours; only `onRecord`
 * may throw. Nothing runs on when this returns or throws.
 */
export const collect = async (options: CollectOptions): Promise<void> => {
  const limit = pLimit(options.forks)
  const stop = new AbortController()
  const deadline = deadlineOf(options.deadlineSeconds)
  const signal = AbortSignal.any([options.signal, stop.signal, deadline.signal])
  const pull = policyPuller(options.policies)
  let written: Promise<void> = Promise.resolve()
  const write = (record: NodeRecord): Promise<void> => {
    const before = written
    written = (async () => {
      await before
      if (!stop.signal.aborted) await options.onRecord(record)
    })()
    return written
  }
  const askOne = async (node: Node): Promise<void> => {
    // Nodes that never had their turn before an interruption get no record: they were not asked.
    if (options.signal.aborted || stop.signal.aborted) return
    const record = deadline.signal.aborted
      ? deadline.neverAsked(baseOf(node, options))
      : maskedRecord(
          deadline.judge(await askNode(node, { ...options, signal, pull })),
          maskOf(node.connection),
        )
    // A store that cannot write ends the run; no further node is touched.
    await write(record).catch((error: unknown) => {
      stop.abort()
      throw error
    })
  }
  const ends = await Promise.allSettled(options.nodes.map(node => limit(askOne, node)))
  deadline.clear()
  const failed = ends.find(end => end.status === 'rejected')
  if (failed) throw failed.reason
}

type Mask = (text: string) => string

/** Takes the passwords for a node out of what it says. */
const maskOf = (connection: Connection): Mask =>
  maskerOf([connection.kind === 'ssh' ? connection.password : undefined, connection.becoming?.password])

// Frames are masked where they are made, before their digest.
const maskedRecord = (record: NodeRecord, mask: Mask): NodeRecord => ({
  ...record,
  ...(record.error ? { error: { ...record.error, sentence: mask(record.error.sentence) } } : {}),
  ...(record.notRoot ? { notRoot: { ...record.notRoot, sentence: mask(record.notRoot.sentence) } } : {}),
  ...(record.notPulled
    ? { notPulled: record.notPulled.map(one => ({ ...one, problem: mask(one.problem) })) }
    : {}),
})

interface AskOptions extends CollectOptions {
  readonly pull: PullPolicies
}

const askNode = async (node: Node, options: AskOptions): Promise<NodeRecord> => {
  const base = baseOf(node, options)
  try {
    return await askOpenly(node, base, options)
  } catch (error) {
    // One node's answer may not cost the others theirs.
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    const sentence = `node ${node.name}: sefleet failed while it asked: ${said.slice(0, 300)}`
    return { ...base, status: 'missing', error: { code: 'internal', stage: 'collect', sentence }, frames: [] }
  }
}

type Base = Omit<NodeRecord, 'status' | 'frames'>

const baseOf = (node: Node, options: CollectOptions): Base => ({
  format: recordFormat,
  node: node.name,
  groups: [...node.groups],
  leafGroups: [...node.leafGroups],
  ...(node.peers === undefined ? {} : { peers: node.peers }),
  address: addressOf(node.connection),
  askedAt: options.now(),
  script: options.script.sha256,
})

// As far as the inventory says it; ssh_config may know another.
const addressOf = (connection: Connection): string =>
  connection.kind === 'local' ? 'this machine' : `${connection.host}:${connection.port ?? 22}`

const askOpenly = async (node: Node, early: Base, options: AskOptions): Promise<NodeRecord> => {
  const opened = await options.connect(node, options.signal)
  const { address, hostKeys } = opened
  const base = {
    ...early,
    ...(address === undefined ? {} : { address }),
    ...(hostKeys ? { hostKeys: [...hostKeys] } : {}),
  }
  if ('error' in opened) return { ...base, status: 'missing', error: opened.error, frames: [] }
  try {
    const asked = { ...options, mask: maskOf(node.connection) }
    const becoming = becomingOf(node.connection, options.become)
    const wanted = hostKeys?.some(({ isOther }) => isOther) ? withoutPassword(becoming) : becoming
    const answered = await askSession(node, opened.session, { ...asked, root: wanted }, options.script)
    // A node whose script ended badly is not asked for more.
    if (answered.status !== 'answered') return { ...base, ...answered }
    // What was refused once is not asked for again: servers count wrong passwords.
    const root = answered.notRoot ? undefined : wanted
    const { troubles, needsTools } = await options.pull(
      opened.session,
      script => commandFor(script, root, limits.policySeconds),
      answered.frames,
    )
    const record = { ...base, ...answered, ...(troubles.length > 0 ? { notPulled: [...troubles] } : {}) }
    if (!needsTools || !options.policyScript) return record
    const more = await askSession(node, opened.session, { ...asked, root }, options.policyScript)
    return {
      ...record,
      policyScript: options.policyScript.sha256,
      frames: [...record.frames, ...more.frames],
      ...(more.error ? { status: 'partial', error: more.error } : {}),
    }
  } finally {
    opened.session.close()
  }
}

// As no password logs in there.
const withoutPassword = (becoming: Becoming | undefined): Becoming | undefined => {
  if (!becoming) return undefined
  const { password: _, ...rest } = becoming
  return rest
}

type Answered = Pick<NodeRecord, 'status' | 'frames' | 'error' | 'clock' | 'euid' | 'notRoot'>

const askSession = async (
  node: Node,
  session: Extract<Awaited<ReturnType<Connect>>, { session: unknown }>['session'],
  {
    keep,
    nodeSeconds,
    now,
    root,
    mask,
  }: CollectOptions & { readonly root: Becoming | undefined; readonly mask: Mask },
  script: Script,
): Promise<Answered> => {
  const marker = randomBytes(16).toString('hex')
  const reader = frameReader(marker, script.askBytes, limits.askStderrBytes, now)
  const { hear, words } = firstWords()
  let bytes = 0
  const take = (push: (chunk: Buffer) => void) => (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= limits.nodeBytes) push(chunk)
    return bytes <= limits.nodeBytes
  }
  const end = await session.exec({
    ...commandFor(scriptFor(script, marker), root, nodeSeconds),
    timeoutSeconds: nodeSeconds + 15,
    onStdout: take(chunk => {
      hear('stdout', chunk)
      reader.stdout(chunk)
    }),
    onStderr: take(chunk => {
      hear('stderr', chunk)
      reader.stderr(chunk)
    }),
  })
  const { hello, refused, frames: raw, done } = reader.finish()
  const frames = raw.map(frame => {
    const ask = script.asks[frame.index]
    if (!ask) throw new Error(`frame ${frame.index} answers no question`) // frameReader only gives known ones
    return toFrame(askId(ask), frame, redactorOf(ask, keep), mask)
  })
  const error = troubleOf(node.name, { end, done, answered: frames.length > 0, bytes, words })
  return {
    status: !error ? 'answered' : frames.length > 0 ? 'partial' : 'missing',
    ...(error ? { error } : {}),
    ...(hello ? { clock: { epoch: hello.epoch, zone: hello.zone }, euid: hello.euid } : {}),
    // Who logs in as root needs no sudo.
    ...(root && refused !== undefined && hello?.euid !== 0 ? { notRoot: refusalOf(refused, root) } : {}),
    frames,
  }
}

/** What went wrong after the login, if anything; a script that said `done` and ended with status 0 is the only good end. */
const troubleOf = (
  name: string,
  seen: {
    readonly end: Awaited<
      ReturnType<Extract<Awaited<ReturnType<Connect>>, { session: unknown }>['session']['exec']>
    >
    readonly done: boolean
    readonly answered: boolean
    readonly bytes: number
    readonly words: () => string
  },
): NodeError | undefined => {
  const { end, done, answered, bytes, words } = seen
  const trouble = (code: string, sentence: string): NodeError => ({
    code,
    stage: 'collect',
    sentence: `node ${name}: ${sentence}`,
  })
  switch (end.ended) {
    case 'failed':
      return end.error
    case 'stopped':
      return trouble(
        'output-flood',
        `it sent more than ${Math.round(limits.nodeBytes / 1024 / 1024)} MiB and reading stopped after ${bytes} bytes`,
      )
    case 'signalled':
      return trouble('script-ended', `the script was ended by signal ${end.signal}`)
    case 'exited':
      if (done && answered) return undefined
      if (!answered)
        return trouble(
          'answer-nonsense',
          `the command ended with status ${end.code} and not one answer of ours among its ${bytes} bytes${words()}`,
        )
      return trouble('script-ended', `the script ended with status ${end.code} before its last question`)
    default:
      return end satisfies never
  }
}
