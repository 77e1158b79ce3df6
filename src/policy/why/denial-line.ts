/** What a denial in the audit log was about. */
export interface DeniedAccess {
  readonly source: string
  readonly target: string
  readonly class: string
  readonly permissions: readonly string[]
  /** The contexts as they are written on disk or were asked for, where the policy that denied it did not know these. */
  readonly raw?: readonly string[]
  /** Of an ioctl or a netlink message, where the kernel says it. */
  readonly number?: number
}

/**
 * Reads `avc:  denied  { connectto } for  pid=… scontext=… tcontext=… tclass=unix_stream_socket permissive=0`; undefined for
 * anything else. Contexts are taken from their last place: a command line that stands before them is not to be believed.
 */
export const parseDenial = (line: string): DeniedAccess | undefined => {
  const permissions = /avc:\s+denied\s+\{ ([^{}]+) \}/.exec(line)?.[1]
  const last = (field: string): string | undefined =>
    [...line.matchAll(new RegExp(`(?<=\\s)${field}=(\\S+)`, 'g'))].at(-1)?.[1]
  const [source, target, objectClass] = [last('scontext'), last('tcontext'), last('tclass')]
  if (permissions === undefined || !source || !target || !objectClass) return undefined
  // ioctlcmd=0x5401, nl-msgtype=16 (linux security/selinux and lsm_audit.c)
  const [ioctl, message] = [last('ioctlcmd'), last('nl-msgtype')]
  // srawcon="…" and trawcon="…" stand at the end: the kernel had no such context, and took another for it.
  const raw = [...line.matchAll(/(?<=\s)[st]rawcon="?([^\s"]+)"?/g)].flatMap(([, context]) => context ?? [])
  const number = Number(ioctl ?? message ?? Number.NaN)
  return {
    source,
    target,
    class: objectClass,
    permissions: permissions.trim().split(/\s+/),
    ...(raw.length > 0 ? { raw: raw.slice(-2) } : {}),
    ...(Number.isInteger(number) && number >= 0 && number <= 0xffff ? { number } : {}),
  }
}
