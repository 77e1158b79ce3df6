import type { Advisory } from '../model/advisory.ts'
import type { Package } from '../model/facts.ts'
import { compileRegex } from '../model/regex.ts'
import { inRange } from '../model/version.ts'

/** Packages of one system: those that are there, and whether that is all of them. */
export interface PackageSet {
  readonly os: string
  readonly packages: readonly Package[]
  readonly isComplete: boolean
}

export interface AdvisoryHit {
  readonly advisory: Advisory
  readonly found: Package
}

/** Which of a system's packages are versions known to be bad. */
export const advisoryHits = (
  advisories: readonly Advisory[],
  { os, packages, isComplete }: PackageSet,
): readonly AdvisoryHit[] =>
  advisories
    .filter(one => one.os === undefined || one.os.includes(os))
    // What would excuse a version may be in the part that was cut.
    .filter(one => one.unless === undefined || isComplete)
    .flatMap(advisory =>
      packages.filter(found => isAdvised(advisory, found, packages)).map(found => ({ advisory, found })),
    )

/** A package as advisories see it: their versions are without epoch, which distributions set as they like. */
export type Versioned = Pick<Package, 'name' | 'version' | 'release'>

/** Whether an advisory is about this package, beside the others that are there. */
export const isAdvised = (advisory: Advisory, found: Versioned, all: readonly Versioned[]): boolean =>
  found.name === advisory.package &&
  inRange(found.version, advisory) &&
  (advisory.matches === undefined ||
    compileRegex(advisory.matches).isIn(`${found.version}-${found.release}`)) &&
  (advisory.with === undefined ||
    all.some(other => other.name === advisory.with?.package && inRange(other.version, advisory.with))) &&
  !all.some(
    other =>
      other.name === advisory.unless?.package && inRange(other.version, { from: advisory.unless.from }),
  )
