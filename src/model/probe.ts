import type { ProbeName, ProbeParams, ProbeValues } from './ask.ts'
import type { Reading } from './reading.ts'

/** The answer as the parser gets it: decoded, its trailer taken off. */
export interface Answer {
  readonly stdout: string
  readonly stderr: string
  /** Exit status of the fragment. */
  readonly exit: number
  /** False when the trailer is missing: cut, so the last line may be half a line and there may have been more. */
  readonly whole: boolean
}

/** One read-only question: a POSIX sh fragment and its parser. It never judges. */
export interface Probe<Name extends ProbeName> {
  readonly name: Name
  /** Cheap ones are asked first; policy tools last and one at a time (selinuxfs's policy has one reader, EBUSY). */
  readonly cost: 'cheap' | 'moderate' | 'policy'
  readonly seconds?: number
  readonly bytes?: number
  /** Runs under `sh -c` with the prelude's functions, stdin from /dev/null, files below `$R`. */
  readonly fragment: (params: ProbeParams[Name]) => string
  /** What an operator types to see the same. */
  readonly byHand: (params: ProbeParams[Name]) => string
  readonly parse: (answer: Answer, params: ProbeParams[Name]) => Reading<ProbeValues[Name]>
  /** Takes out, at the collector, what must not be stored. */
  readonly redact?: (stdout: string, keep: Keep) => string
}

/** Which argv may be stored, and what of it: undefined for nothing. Credentials are taken out of that afterwards. */
export interface Keep {
  readonly argv: (argv: string) => string | undefined
}
