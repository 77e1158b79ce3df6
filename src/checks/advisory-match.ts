import type { Advisory } from '../model/advisory.ts'
import { compileRegex } from '../model/regex.ts'
import { inRange } from '../model/version.ts'

/** A package as advisories see it: their versions are without epoch, which distributions set as they like. */
export interface Versioned {
  readonly name: string
  readonly version: string
  readonly release: string
}

/** Whether an advisory is about this package, beside the others that are installed. */
export const isAdvised = (advisory: Advisory, installed: Versioned, all: readonly Versioned[]): boolean =>
  installed.name === advisory.package &&
  inRange(installed.version, advisory) &&
  (advisory.matches === undefined ||
    compileRegex(advisory.matches).isIn(`${installed.version}-${installed.release}`)) &&
  (advisory.with === undefined ||
    all.some(other => other.name === advisory.with?.package && inRange(other.version, advisory.with))) &&
  !all.some(
    other =>
      other.name === advisory.unless?.package && inRange(other.version, { from: advisory.unless.from }),
  )
