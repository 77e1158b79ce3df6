import { compareDebianVersions } from './debian-version.ts'
import type { PackageManager } from './facet.ts'
import type { Package } from './facts.ts'
import { compareVersions } from './version.ts'

/** A package’s whole version, as people write it: `[epoch:]version[-release]`. */
export const wholeVersion = ({ epoch, version, release }: Package): string =>
  `${epoch > 0 ? `${epoch}:` : ''}${version}${release === '' ? '' : `-${release}`}`

/** Orders two whole versions of one package, `[epoch:]version[-release]`, as its package manager does: −1, 0, 1. */
export const comparePackageVersions = (a: string, b: string, manager: PackageManager): number => {
  if (manager === 'dpkg') return compareDebianVersions(a, b)
  const [left, right] = [parts(a), parts(b)]
  return (
    Math.sign(left.epoch - right.epoch) ||
    compareVersions(left.version, right.version) ||
    compareVersions(left.release, right.release)
  )
}

// rpm allows no dash in versions and releases.
const parts = (text: string) => {
  const [, epoch = '0', version = '', release = ''] = /^(?:(\d+):)?([^-]*)(?:-(.*))?$/s.exec(text) ?? []
  return { epoch: Number(epoch), version, release }
}
