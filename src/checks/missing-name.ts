import type { Ask, ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { PolicyAnswer } from '../model/facts.ts'
import type { Judgement } from '../model/outcome.ts'
import { isComplete } from '../model/reading.ts'
import { matchesAny } from './denial-domains.ts'
import { fail, finding, notApplicable, unknown } from './judgements.ts'
import { podProcesses } from './pods.ts'
import { policyPackagesAsk } from './policy-packages.ts'
import { ownerAsks, whosePolicy } from './whose-policy.ts'

/** What decides whether a policy without a type has lost it or never had it. */
export const missingTypeAsks = (knowledge: Knowledge): readonly Ask[] => [
  { probe: 'processes', params: {} },
  ...ownerAsks(knowledge),
]

type UnknownName = Extract<PolicyAnswer<never>, { readonly state: 'unknown-name' }>

/**
 * The policy does not know a type. With a *-selinux package installed or pods running, the policy has lost it: a
 * failure, unless the type belongs to containers and this policy never had such types. Not applicable where neither is there too.
 */
export const judgeMissingName = (
  { what, name }: UnknownName,
  read: ReadAsk,
  knowledge: Knowledge,
): Judgement => {
  // What the kernel does then is for deny_unknown to say, if the name is no slip of the profile.
  if (what === 'class' || what === 'permission') return unknown(`the policy has no ${what} ${name}`)
  const isOfContainers = matchesAny(knowledge.containerPolicies.types, name)
  if (isOfContainers) {
    const owner = whosePolicy(read, knowledge, true)
    if (owner.state === 'foreign') return notApplicable(owner.reason)
  }
  const packages = read(policyPackagesAsk(knowledge))
  const key = `no ${what} ${name}`
  const owner =
    packages.state === 'read'
      ? packages.value.packages.find(({ name: its }) => its.endsWith('-selinux'))
      : undefined
  if (owner)
    return fail(
      finding(
        key,
        `the loaded policy has no ${what} ${name}, although ${owner.name} ${owner.version}-${owner.release} is installed`,
      ),
    )
  const pods = podProcesses(read)
  if (pods.count > 0)
    return fail(
      finding(
        key,
        `the loaded policy has no ${what} ${name}, although ${pods.count} processes of pods run here`,
      ),
    )
  if (!isOfContainers) return fail(finding(key, `the loaded policy has no ${what} ${name}`))
  if (!isComplete(packages) || !pods.isComplete)
    return unknown(`the loaded policy has no ${what} ${name}; whether it should could not be seen`)
  return notApplicable(`the loaded policy has no ${what} ${name}: no *-selinux package and no pod is here`)
}
