import { createHash, randomBytes } from 'node:crypto'
import type { NodeRecord } from '../../src/model/record.ts'
import type { NewRun } from '../../src/store/open.ts'

/** A record whose only frame says so many bytes; random ones can't be compressed. */
export const madeRecord = (node: string, bytes = 200, isRandom = false): NodeRecord => {
  const stdout = isRandom
    ? randomBytes(bytes).toString('base64').slice(0, bytes)
    : `${node} says yes\n`.repeat(bytes / 16)
  return {
    format: 1,
    node,
    groups: ['storage', 'workers'],
    leafGroups: ['storage'],
    address: '192.0.2.1:22',
    askedAt: 1_795_400_040_000,
    script: 'f'.repeat(64),
    euid: 0,
    status: 'answered',
    frames: [
      {
        ask: 'os',
        exit: 0,
        ms: 12,
        stdout,
        stderr: '',
        sha256: createHash('sha256').update(stdout).digest('hex'),
      },
    ],
  }
}

export const madeRun = (nodes: readonly string[], startedAt = Date.UTC(2026, 10, 23, 2, 14)): NewRun => ({
  tool: '0.1.0',
  startedAt,
  nodes: [...nodes],
  profiles: [{ name: 'longhorn-selinux', sha256: 'a'.repeat(64) }],
  script: 'f'.repeat(64),
})

export const gathered = async <Value>(values: AsyncIterable<Value>): Promise<Value[]> => {
  const all: Value[] = []
  for await (const value of values) all.push(value)
  return all
}
