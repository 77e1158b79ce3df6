import type { Knowledge } from '../model/check.ts'

type Known = Pick<Knowledge, 'runtimes'>

/** What binaries of runtimes and distributions say of their version. */
export const versionsAsk = ({ runtimes: { binaries } }: Known) =>
  ({ probe: 'versions', params: { binaries } }) as const

/** What decides whether the runtime labels its containers. */
export const runtimeAsk = ({ runtimes: { switches, switchedBy } }: Known) =>
  ({ probe: 'runtime', params: { switches, switchedBy } }) as const

/** What is mounted on the host. */
export const mountsAsk = ({ runtimes: { ownMounts } }: Known) =>
  ({ probe: 'mounts', params: { leaveOut: ownMounts } }) as const
