import { createHash, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import pLimit from 'p-limit'
import { askId } from '../model/ask.ts'
import type { ExecEnd, Session } from '../model/exec.ts'
import { limits } from '../model/limits.ts'
import type { PolicyKeep } from '../model/policy-keep.ts'
import type { Frame } from '../model/record.ts'
import { parseAsk } from '../probes/index.ts'
import { pullScript } from './pull-script.ts'

/** A policy that a node has and that could not be fetched from it. */
export interface PullTrouble {
  readonly sha256: string
  readonly problem: string
}

/** Fetches the policies of one node that nobody has fetched before; never throws for the node's trouble. */
export type PullPolicies = (
  session: Session,
  command: string,
  frames: readonly Frame[],
) => Promise<readonly PullTrouble[]>

/**
 * Each distinct policy is fetched once per fleet: nodes with the same one wait for the first, and the next one tries where that
 * failed. After three failures it is left alone, so that no node waits for the troubles of all the others.
 */
export const policyPuller = ({ has, keep }: PolicyKeep): PullPolicies => {
  const flights = new Map<string, Promise<string | undefined>>()
  const failures = new Map<string, number>()
  // Policies are held in memory whole, and a hostile node sends as much as it may.
  const limit = pLimit(2)

  const once = async (file: PolicyFile, session: Session, command: string): Promise<string | undefined> => {
    const { sha256 } = file
    for (;;) {
      const running = flights.get(sha256)
      if (!running) break
      if ((await running) === undefined) return undefined
      // Somebody else may have started the next try meanwhile.
      if (flights.get(sha256) === running) flights.delete(sha256)
    }
    const failed = failures.get(sha256) ?? 0
    if (failed >= mostFailures) return `not tried: ${failed} other nodes with this policy failed to send it`
    const flight = (async () => {
      if (await has(sha256)) return undefined
      const problem = await limit(() => pull(file, session, command, keep))
      if (problem !== undefined) failures.set(sha256, failed + 1)
      return problem
    })()
    flights.set(sha256, flight)
    return flight
  }

  return async (session, command, frames) => {
    const troubles: PullTrouble[] = []
    for (const file of policiesIn(frames)) {
      const problem = await once(file, session, command)
      if (problem !== undefined) troubles.push({ sha256: file.sha256, problem })
    }
    return troubles
  }
}

const mostFailures = 3

interface PolicyFile {
  readonly path: string
  readonly sha256: string
}

// The loaded policy, and the newest installed one: their bytes differ even where their meanings do not.
const policiesIn = (frames: readonly Frame[]): readonly PolicyFile[] => {
  const ask = { probe: 'policy-files', params: {} } as const
  const frame = frames.find(one => one.ask === askId(ask))
  const reading = frame && parseAsk(ask, frame)
  if (reading?.state !== 'read') return []
  const { loaded, installed } = reading.value
  const version = ({ path }: PolicyFile): number => Number(/\.(\d+)$/.exec(path)?.[1] ?? 0)
  const newest = installed.toSorted((a, b) => version(b) - version(a)).slice(0, 1)
  return [...(loaded === undefined ? [] : [{ path: '/sys/fs/selinux/policy', sha256: loaded }]), ...newest]
}

const pull = async (
  { path, sha256 }: PolicyFile,
  session: Session,
  command: string,
  keep: PolicyKeep['keep'],
): Promise<string | undefined> => {
  const marker = randomBytes(16).toString('hex')
  const chunks: Buffer[] = []
  let bytes = 0
  let stderr = ''
  const end = await session.exec({
    command,
    stdin: pullScript(marker, path),
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
  await keep(sha256, sent.isGzip ? sent.body : await promisify(gzip)(policy))
  return undefined
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
