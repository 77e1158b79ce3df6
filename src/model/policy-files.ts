import type { PolicyFiles } from './facts.ts'

/** A policy on a node’s disk, or the loaded one. */
export interface PolicyFile {
  readonly path: string
  readonly sha256: string
}

/** The kernel’s own copy of the loaded policy. */
export const loadedPath = '/sys/fs/selinux/policy'

/** The loaded policy, where it could be read. */
export const loadedPolicy = ({ loaded }: PolicyFiles): PolicyFile | undefined =>
  loaded.state === 'read' ? { path: loadedPath, sha256: loaded.sha256 } : undefined

/**
 * The installed policy that the next boot or load_policy loads: of the configured name (SELINUXTYPE), the highest version
 * (libselinux’s load_policy.c counts down from the highest that it knows). Undefined where several are installed and none is
 * known to be configured.
 */
export const installedPolicy = (
  files: PolicyFiles,
  policyName: string | undefined,
): PolicyFile | undefined => {
  const own =
    policyName === undefined
      ? files.installed
      : files.installed.filter(({ path }) => folderOf(path) === `/etc/selinux/${policyName}/policy`)
  if (new Set(own.map(({ path }) => folderOf(path))).size !== 1) return undefined
  return own.toSorted((a, b) => versionOf(b.path) - versionOf(a.path))[0]
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))
const versionOf = (path: string): number => Number(/\.(\d+)$/.exec(path)?.[1] ?? 0)
