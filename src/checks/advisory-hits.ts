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
      packages.filter(found => isHit(advisory, found, packages)).map(found => ({ advisory, found })),
    )

const isHit = (advisory: Advisory, found: Package, all: readonly Package[]): boolean =>
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
