import type { ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { OsFacts } from '../model/facts.ts'
import type { Judgement } from '../model/outcome.ts'
import { fail, finding, notApplicable, pass, unknown } from './judgements.ts'
import { whosePolicy } from './whose-policy.ts'

/**
 * Guards and judges by whose policy it is. `known`: the policy is of those whose containers are known; `known-or-mapped`: or a profile
 * says what they run as here; `installed`: the package that brings their types was installed at all.
 */
export const judgeContainerTypes = (
  wanted: 'known' | 'known-or-mapped' | 'installed',
  read: ReadAsk,
  knowledge: Knowledge,
): Judgement => {
  const owner = whosePolicy(read, knowledge)
  if (wanted === 'installed') {
    if (owner.state === 'foreign') return notApplicable(owner.reason)
    if (owner.state === 'never-installed') return neverInstalled(owner.os, knowledge)
    return owner.state === 'unsure' ? unknown(owner.reason) : pass('the policy of containers is here, or was')
  }
  if (owner.state === 'unsure' && owner.mayBeForeign) return unknown(owner.reason)
  if (owner.state !== 'foreign') return pass('the policy is not known to be without container types')
  if (wanted === 'known-or-mapped' && knowledge.componentTypes)
    return pass(`a profile says what containers run as under the policy ${owner.policy}`)
  return fail(finding('foreign policy', owner.reason))
}

const neverInstalled = (os: OsFacts | undefined, { containerPolicies: data, policyModules }: Knowledge) => {
  const way = [os?.id ?? '', ...(os?.like ?? [])]
    .map(id => data.install.find(one => one.os.includes(id) && (!one.ostree || os?.ostree)))
    .find(one => one !== undefined)
  const modules = policyModules.map(({ module }) => module).join(', ')
  return fail({
    ...finding(
      'never installed',
      `${data.package} was never installed here: neither a package that brings the types of containers nor its policy module (${modules}) is on this node`,
    ),
    remedy: way
      ? `${way.do}; then restorecon -Rv on the kubelet’s and the runtime’s directories and on the runtime’s binaries, restart the container runtime and recreate the pods.`
      : `Install ${data.package} (no command is known for this system); then restorecon -Rv on the kubelet’s and the runtime’s directories and on the runtime’s binaries, restart the container runtime and recreate the pods.`,
  })
}
