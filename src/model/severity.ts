/** How bad a failing check is; worst first. `info` never gates. */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const
export type Severity = (typeof severities)[number]

/** The levels `--severity` accepts: every severity but `info`. */
export const gateLevels = ['critical', 'high', 'medium', 'low'] as const
export type GateLevel = (typeof gateLevels)[number]

/** Whether an outcome of this severity counts at this gate. */
export const gates = (severity: Severity, level: GateLevel): boolean =>
  severity !== 'info' && severities.indexOf(severity) <= severities.indexOf(level)

/** For sorting: worst first. */
export const bySeverity = (a: Severity, b: Severity): number => severities.indexOf(a) - severities.indexOf(b)
