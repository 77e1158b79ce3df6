import type { Ask, ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { Package, PolicyModule } from '../model/facts.ts'
import type { Finding, Judgement } from '../model/outcome.ts'
import { wholeVersion } from '../model/package-version.ts'
import { isComplete } from '../model/reading.ts'
import { judgeImagePolicy } from './image-policy.ts'
import { policyFilesAsk } from './installed-policy.ts'
import { fail, finding, notApplicable, pass, unknown, unknownBecause } from './judgements.ts'
import { selinuxAsk } from './no-selinux.ts'
import { policyPackagesAsk } from './policy-packages.ts'
import { modulesAsk } from './selinux-modules.ts'
import { ownerAsks, whosePolicy } from './whose-policy.ts'

const osAsk = { probe: 'os', params: {} } as const

/** What judging whether the policy followed its packages asks. */
export const packagedPolicyAsks = (knowledge: Knowledge): readonly Ask[] => [
  ...ownerAsks(knowledge),
  policyFilesAsk,
  modulesAsk,
]

/** A package is stamped while its transaction runs, and the policy is built within it, by its scripts or by another’s. */
const slack = 15 * 60

/**
 * The installed policy was built since its packages were installed: a module that does not compile leaves the package updated and
 * the policy as it was, and nothing else tells.
 */
export const judgePackagedPolicy = (read: ReadAsk, knowledge: Knowledge): Judgement => {
  const [os, selinux] = [read(osAsk), read(selinuxAsk)]
  if (os.state === 'unreadable') return unknownBecause('operating system', os)
  if (!isComplete(os)) return unknown('what kind of system this is was not read to its end')
  // As libselinux has it without the key.
  const policyName = (selinux.state === 'read' ? selinux.value.policyName : undefined) ?? 'targeted'
  // Its packages and its policy are built elsewhere, and come as one.
  if (os.value.ostree) return judgeImagePolicy(read(policyFilesAsk), policyName)
  const packages = read(policyPackagesAsk(knowledge))
  if (packages.state === 'unreadable') {
    const owner = whosePolicy(read, knowledge)
    return owner.state === 'foreign' ? notApplicable(owner.reason) : unknownBecause('packages', packages)
  }
  if (!isComplete(selinux)) return unknown('which policy is configured was not read to its end')
  const due = packages.value.packages.filter(({ name }) => bringsPolicy(name, policyName, knowledge))
  const files = read(policyFilesAsk)
  if (due.length === 0)
    return isComplete(packages)
      ? notApplicable('no package that brings policy is installed')
      : unknown('the list of packages is cut')
  const others = due.flatMap(
    one => overridden(one, read, knowledge) ?? otherModule(one, read, knowledge) ?? [],
  )
  if (others.length > 0) return fail(...others)
  if (files.state === 'unreadable') return unknownBecause('policy files', files)
  const built = Math.max(files.value.installedAt ?? 0, files.value.storeChangedAt ?? 0)
  if (built === 0) return unknown('when the installed policy was built could not be read')
  const late = due.filter(({ installedAt }) => installedAt !== undefined && installedAt > built + slack)
  if (late.length > 0) return fail(...late.map(one => toFinding(one, built)))
  if (!isComplete(packages)) return unknown('the list of packages is cut')
  if (!isComplete(files)) return unknown('not every policy file was told')
  const modules = read(modulesAsk)
  if (due.some(({ name }) => moduleOf(name, knowledge) !== undefined)) {
    if (modules.state === 'unreadable') return unknownBecause('policy modules', modules)
    if (!isComplete(modules)) return unknown('the list of modules is cut')
  }
  return pass(`the installed policy was built ${timeOf(built)}, since its packages were installed`)
}

const bringsPolicy = (name: string, policyName: string, { policyModules }: Knowledge): boolean =>
  policyModules.some(one => one.package === name) || name === `selinux-policy-${policyName}`

const toFinding = (one: Package, built: number) =>
  finding(
    `${one.name} without its policy`,
    `${one.name} ${wholeVersion(one)} was installed or updated at ${timeOf(one.installedAt ?? 0)}, and the policy did not change with it: the installed one was built ${timeOf(built)}`,
  )

// Of one name the highest priority counts; packages come in below what is installed by hand.
const overridden = (one: Package, read: ReadAsk, knowledge: Knowledge): Finding | undefined => {
  const [top, next] = heldOf(one, read, knowledge)
  if (!top || !next || top.packed?.is === 'same') return undefined
  return {
    ...finding(
      `${top.name} overridden`,
      `the module ${top.name} at priority ${top.priority} overrides the one that ${one.name} brought, at ${next.priority}: updates of the package have no effect`,
      [`${top.priority} ${top.name}`, `${next.priority} ${next.name}`],
    ),
    ...(/^[\w-]+$/.test(top.name)
      ? {
          remedy: `Find out who installed it and what for; then \`semodule -X ${top.priority} -r ${top.name}\` lets the package’s count again. What is needed beside it belongs into a module of another name.`,
        }
      : {}),
  }
}

const moduleOf = (name: string, { policyModules }: Knowledge): string | undefined =>
  policyModules.find(one => one.package === name)?.module

const heldOf = (one: Package, read: ReadAsk, knowledge: Knowledge): readonly PolicyModule[] => {
  const modules = read(modulesAsk)
  const module = moduleOf(one.name, knowledge)
  if (modules.state === 'unreadable' || module === undefined) return []
  return modules.value.modules
    .filter(({ name, enabled }) => enabled && name === module)
    .toSorted((a, b) => b.priority - a.priority)
}

// The store's own module is told apart from the package's: building anew, as every change of a boolean does, takes the one it has.
const otherModule = (one: Package, read: ReadAsk, knowledge: Knowledge): Finding | undefined => {
  const held = heldOf(one, read, knowledge)
  const other = held.find(isOther)
  if (!other || held.some(({ packed }) => packed?.is === 'same')) return undefined
  return {
    ...finding(
      `${one.name} without its policy`,
      `${one.name} ${wholeVersion(one)} is installed, and the policy has another module ${other.name} than the one it brought: ${other.packed.path} was not taken`,
      [`${other.priority} ${other.name} differs from ${other.packed.path}`],
    ),
    ...(/^\/[\w./-]*\w$/.test(other.packed.path)
      ? {
          remedy: `\`semodule -X ${other.priority} -i ${other.packed.path}\` gives the policy the package’s module, or says why it cannot: most often it conflicts with another module (\`semodule -lfull\`: an older one of another package, or one at priority 400), or needs a newer policycoreutils or selinux-policy; update that with it. \`semodule -B\` would only build the old module again. Then restart what runs in the domains concerned.`,
        }
      : {}),
  }
}

type Other = PolicyModule & { readonly packed: { readonly is: 'other'; readonly path: string } }
const isOther = (one: PolicyModule): one is Other => one.packed?.is === 'other'

const timeOf = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 16)}Z`
