import type { ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { Finding, Judgement } from '../model/outcome.ts'
import { isComplete } from '../model/reading.ts'
import { fail, finding, notApplicable, passIfComplete, unknown, unknownBecause } from './judgements.ts'
import { podProcesses } from './pods.ts'
import { policyPackagesAsk } from './policy-packages.ts'

export const modulesAsk = { probe: 'modules', params: {} } as const

/** Every installed policy package has its module installed and enabled; pods without any are a failure too. */
export const judgeModules = (read: ReadAsk, knowledge: Knowledge): Judgement => {
  const { policyModules } = knowledge
  const packages = read(policyPackagesAsk(knowledge))
  if (packages.state === 'unreadable') return unknownBecause('packages', packages)
  const due = policyModules.filter(({ package: name }) =>
    packages.value.packages.some(one => one.name === name),
  )
  const modules = read(modulesAsk)
  if (due.length === 0) return judgeWithoutPackage(read, knowledge)
  if (modules.state === 'unreadable') return unknownBecause('policy modules', modules)
  const state = due.map(one => ({
    ...one,
    found: modules.value.modules.filter(({ name }) => name === one.module),
  }))
  const bad = state.filter(({ found }) => !found.some(({ enabled }) => enabled))
  // A module seen nowhere may be in the part that was cut; a disabled one was seen.
  const certain = bad.filter(({ found }) => found.length > 0 || isComplete(modules))
  if (certain.length > 0)
    return fail(
      ...certain.map(one =>
        wanting(one, {
          ...finding(
            `module ${one.module}`,
            `${one.package} is installed, but its policy module ${one.module} is ${one.found.length > 0 ? 'disabled' : 'not loaded'}`,
            one.found.map(({ priority, name }) => `${priority} ${name} disabled`),
          ),
        }),
      ),
    )
  if (bad.length > 0) return unknown('the list of modules is cut')
  return passIfComplete(packages, `${due.map(({ module }) => module).join(', ')} installed and enabled`)
}

const wanting = (
  {
    package: name,
    module,
    found,
  }: Knowledge['policyModules'][number] & { readonly found: readonly unknown[] },
  one: Finding,
): Finding =>
  found.length > 0
    ? {
        ...one,
        remedy: `\`semodule -e ${module}\` enables it again, once it is known who disabled it and why.`,
      }
    : { ...one, wants: { package: name, state: 'in-effect' } }

// The package may be gone while its containers run on: some module must still bring their types.
const judgeWithoutPackage = (read: ReadAsk, knowledge: Knowledge): Judgement => {
  const { policyModules } = knowledge
  const packages = read(policyPackagesAsk(knowledge))
  const pods = podProcesses(read)
  const modules = read(modulesAsk)
  if (pods.count === 0)
    return pods.isComplete && isComplete(packages)
      ? notApplicable('no policy module package is installed and no pod runs')
      : unknown('whether pods run here could not be seen')
  if (modules.state === 'unreadable') return unknownBecause('policy modules', modules)
  const known = policyModules.map(({ module }) => module)
  const present = modules.value.modules.find(({ name, enabled }) => enabled && known.includes(name))
  if (present) return passIfComplete(packages, `${present.name} is enabled, without a package of its own`)
  if (!isComplete(modules)) return unknown('the list of modules is cut')
  return fail({
    ...finding(
      'no container module',
      `${pods.count} processes of pods run here, but no policy module for containers is installed (${known.join(', ')})`,
    ),
    ...(policyModules[0] ? { wants: { package: policyModules[0].package, state: 'installed' } } : {}),
  })
}
