/** What `auditctl -s` and `-l` say: whether records are made, who takes them, how many were lost since the boot. */
export interface AuditStatus {
  readonly enabled?: number
  readonly pid?: number
  readonly lost?: number
  /** Rules of the exclude list that concern what SELinux says. */
  readonly excluding: readonly string[]
}

/**
 * Parses what the fragment made of them, in the words of either age:
 *   #audit enabled 1 failure 1 pid 812 rate_limit 0 backlog_limit 8192 lost 0 backlog 0
 *   #audit AUDIT_STATUS: enabled=1 flag=1 pid=812 rate_limit=0 backlog_limit=320 lost=0 backlog=0
 *   #rule -a always,exclude -F msgtype=AVC
 */
export const parseAuditStatus = (text: string): AuditStatus | undefined => {
  const line = /^#audit (.*)$/m.exec(text)?.[1]
  if (line === undefined) return undefined
  const numbers = new Map(
    [...line.matchAll(/\b([a-z_]{1,40})[ =](\d{1,10})(?= |$)/g)].map(([, name, value]) => [
      name,
      Number(value),
    ]),
  )
  const [enabled, pid, lost] = ['enabled', 'pid', 'lost'].map(name => numbers.get(name))
  return {
    ...(enabled === undefined ? {} : { enabled }),
    ...(pid === undefined ? {} : { pid }),
    ...(lost === undefined ? {} : { lost }),
    excluding: [...text.matchAll(/^#rule (.*)$/gm)].map(([, rule = '']) => rule).filter(excludesDenials),
  }
}

// -a always,exclude -F msgtype=CWD leaves nothing out that matters here; ranges and rules without a type may.
const excludesDenials = (rule: string): boolean => {
  if (!/\bexclude\b/.test(rule)) return false
  const types = [...rule.matchAll(/\bmsgtype *(!?=|[<>]=?) *([\w]+)/g)]
  if (types.length === 0) return true
  return types.some(
    ([, operator, type = '']) =>
      operator !== '=' || /^(?:(?:USER_)?AVC|(?:USER_)?SELINUX_ERR|MAC_.*|1107|1108|140\d)$/.test(type),
  )
}
