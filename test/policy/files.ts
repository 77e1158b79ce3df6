import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

/** The small policies: all sections of the format in every version, with and without MLS. See the README beside them. */
export const policyFiles: readonly string[] = [
  ...[24, 25, 26, 27, 28, 29, 30, 31, 32, 33].flatMap(version => [
    `kitchen.${version}`,
    `kitchen-nomls.${version}`,
  ]),
  'nomls.33',
  'before.33',
].map(name => `test/fixtures/policies/${name}`)

const debian = '/etc/selinux/default/policy'

/** Debian's own policy, if selinux-policy-default is installed; call it first. With CI=true it must be. */
export const fullPolicy = (context: Mocha.Context): string => {
  const [name] = existsSync(debian) ? readdirSync(debian).filter(file => file.startsWith('policy.')) : []
  if (name !== undefined) return `${debian}/${name}`
  if (process.env.CI === 'true')
    throw new Error('selinux-policy-default is not installed (with CI=true it must be)')
  process.stderr.write('      skipping, not installed: selinux-policy-default\n')
  return context.skip()
}

/** Puts it where the lab looks first for the policies that a file of nodes names: `debian`, loaded and installed. */
export const linkFullPolicy = (context: Mocha.Context, besideNodes: string): void => {
  const policy = fullPolicy(context)
  mkdirSync(join(besideNodes, 'policies'), { recursive: true })
  for (const which of ['loaded', 'installed'])
    symlinkSync(policy, join(besideNodes, 'policies', `debian.${which}`))
}
