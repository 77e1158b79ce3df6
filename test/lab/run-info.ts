import { runFormat, type RunInfo } from '../../src/model/run.ts'

/** A finished run of these nodes, at a fixed time. */
export const runInfo = (nodes: readonly string[]): RunInfo => ({
  format: runFormat,
  id: '20261123T021400Z',
  state: 'finished',
  tool: '0.1.0',
  startedAt: Date.UTC(2026, 10, 23, 2, 14),
  endedAt: Date.UTC(2026, 10, 23, 2, 15),
  nodes: [...nodes],
  profiles: [
    { name: 'selinux-baseline', sha256: '0'.repeat(64) },
    { name: 'longhorn-selinux', sha256: '1'.repeat(64) },
  ],
  script: '2'.repeat(64),
})
