import { createHash, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import pLimit from 'p-limit'
import { askId, type Ask, type ProbeName, type ProbeValues } from '../model/ask.ts'
import { SefleetError } from '../errors.ts'
import type { ExecEnd, Session } from '../model/exec.ts'
import { limits } from '../model/limits.ts'
import { installedPolicy, loadedPolicy, type PolicyFile } from '../model/policy-files.ts'
import type { PolicyKeep } from '../model/policy-keep.ts'
import type { Frame } from '../model/record.ts'
import { refusedPolicy } from '../policy/read/read.ts'
import { parseAsk } from '../probes/index.ts'
import type { Command } from './command-line.ts'
import { pullScript } from './pull-script.ts'

/** A policy that a node has and that could not be fetched from it, or cannot be read here. */
export interface PullTrouble {
  readonly sha256: string
  readonly problem: string
}

/** What came of fetching the policies of one node. */
export interface Pulled {
  readonly troubles: readonly PullTrouble[]
  /** The node has a loaded policy, and we do not: only its own tools can answer for it. */
  readonly needsTools: boolean
}

/** Fetches the policies of one node that nobody has fetched before; never throws for the node's trouble. */
export type PullPolicies = (
  session: Session,
  commandFor: CommandFor,
  frames: readonly Frame[],
) => Promise<Pulled>

/** How a script is run there. */
type CommandFor = (script: string) => Command

/** How a flight ended: another node may be tried, or what came is all there is. */
type Flight = { readonly end: 'kept' } | { readonly end: 'failed' | 'unreadable'; readonly problem: string }

/**
 * Each distinct policy is fetched once per fleet: nodes with the same one wait for the first, and the next one tries where that
 * failed. After three failures it is left alone, so that no node waits for the troubles of all the others.
 */
export const policyPuller = ({ find, keep }: PolicyKeep): PullPolicies => {
  const flights = new Map<string, Promise<Flight>>()
  const failures = new Map<string, number>()
  // Policies are held in memory whole, and a hostile node sends as much as it may.
  const limit = pLimit(2)

  const fly = async (file: PolicyFile, session: Session, commandFor: CommandFor): Promise<Flight> => {
    const { sha256 } = file
    const policy = await limit(async () => (await find(sha256)) ?? pull(file, session, commandFor, keep))
    if (typeof policy === 'string') {
      failures.set(sha256, (failures.get(sha256) ?? 0) + 1)
      return { end: 'failed', problem: policy }
    }
    const problem = refusedPolicy(policy)
    if (problem !== undefined)
      return { end: 'unreadable', problem: `${file.path}: it cannot be read here: ${problem}` }
    return { end: 'kept' }
  }

  const once = async (file: PolicyFile, session: Session, commandFor: CommandFor): Promise<Flight> => {
    const { sha256 } = file
    for (;;) {
      const running = flights.get(sha256)
      if (!running) break
      const flight = await running
      if (flight.end !== 'failed') return flight
      // Somebody else may have started the next try meanwhile.
      if (flights.get(sha256) === running) flights.delete(sha256)
    }
    const failed = failures.get(sha256) ?? 0
    if (failed >= mostFailures)
      return { end: 'failed', problem: `not tried: fetching it failed from ${failed} other nodes` }
    const flight = fly(file, session, commandFor)
    flights.set(sha256, flight)
    return flight
  }

  return async (session, commandFor, frames) => {
    const { loaded, installed } = policiesOf(frames)
    const troubles: PullTrouble[] = []
    for (const file of [loaded, installed]) {
      if (typeof file !== 'object') continue
      const flight = await once(file, session, commandFor)
      if (flight.end !== 'kept') troubles.push({ sha256: file.sha256, problem: flight.problem })
    }
    const isHad = typeof loaded === 'object' && !troubles.some(({ sha256 }) => sha256 === loaded.sha256)
    return { troubles, needsTools: loaded !== 'absent' && !isHad }
  }
}

const mostFailures = 3

const filesAsk = { probe: 'policy-files', params: {} } as const
const selinuxAsk = { probe: 'selinux', params: {} } as const

// Both are wanted: their bytes differ even where their meanings do not.
const policiesOf = (
  frames: readonly Frame[],
): { readonly loaded: PolicyFile | 'absent' | undefined; readonly installed: PolicyFile | undefined } => {
  const read = <Name extends ProbeName>(ask: Ask<Name>): ProbeValues[Name] | undefined => {
    const frame = frames.find(one => one.ask === askId(ask as Ask)) // one of the union, whichever it is
    const reading = frame && parseAsk(ask, frame)
    return reading?.state === 'read' ? reading.value : undefined
  }
  const files = read(filesAsk)
  if (!files) return { loaded: undefined, installed: undefined }
  return {
    loaded: files.loaded.state === 'absent' ? 'absent' : loadedPolicy(files),
    installed: installedPolicy(files, read(selinuxAsk)?.policyName),
  }
}

// The policy, or why there is none.
const pull = async (
  { path, sha256 }: PolicyFile,
  session: Session,
  commandFor: CommandFor,
  keep: PolicyKeep['keep'],
): Promise<Buffer | string> => {
  const marker = randomBytes(16).toString('hex')
  const chunks: Buffer[] = []
  let bytes = 0
  let stderr = ''
  const end = await session.exec({
    ...commandFor(pullScript(marker, path)),
    timeoutSeconds: limits.policySeconds,
    onStdout: chunk => {
      bytes += chunk.length
      chunks.push(chunk)
      return bytes <= limits.policyBytes
    },
    onStderr: chunk => {
      stderr = (stderr + chunk.toString('latin1')).slice(0, 300)
      return true
    },
  })
  const bad = badEnd(end, stderr)
  if (bad !== undefined) return `${path}: ${bad}`
  const sent = cutOut(Buffer.concat(chunks), marker)
  if (!sent) return `${path}: what came is not an answer of ours`
  const policy = await unpacked(sent)
  if (!policy) return `${path}: what came cannot be unpacked`
  const found = createHash('sha256').update(policy).digest('hex')
  if (found !== sha256) return `${path}: it came with the sha256 ${found}, not the one asked for`
  try {
    await keep(sha256, sent.isGzip ? sent.body : await promisify(gzip)(policy))
  } catch (error) {
    // No room or no open file here costs the fleet this policy, and no node its answers.
    if (error instanceof SefleetError) return `${path}: it cannot be kept here: ${error.message}`
    throw error
  }
  return policy
}

const badEnd = (end: ExecEnd, stderr: string): string | undefined => {
  switch (end.ended) {
    case 'exited':
      return end.code === 0 ? undefined : `status ${end.code}${stderr === '' ? '' : `, ${stderr.trim()}`}`
    case 'signalled':
      return `ended by signal ${end.signal}`
    case 'stopped':
      return `more than ${limits.policyBytes} bytes`
    case 'failed':
      return end.error.sentence
    default:
      return end satisfies never
  }
}

interface Sent {
  readonly isGzip: boolean
  readonly body: Buffer
}

// A login shell may say something before.
const cutOut = (all: Buffer, marker: string): Sent | undefined => {
  for (const [word, isGzip] of [
    ['gzip', true],
    ['plain', false],
  ] as const) {
    const line = `${marker} ${word}\n`
    const at = all.indexOf(line)
    if (at >= 0) return { isGzip, body: all.subarray(at + line.length) }
  }
  return undefined
}

const unpacked = async ({ isGzip, body }: Sent): Promise<Buffer | undefined> => {
  if (!isGzip) return body
  try {
    return await promisify(gunzip)(body, { maxOutputLength: limits.policyBytes })
  } catch {
    return undefined
  }
}
