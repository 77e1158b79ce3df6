import type { PolicyFiles } from '../model/facts.ts'
import type { Judgement } from '../model/outcome.ts'
import { isComplete, type Reading } from '../model/reading.ts'
import { fail, finding, notApplicable, pass, unknown, unknownBecause } from './judgements.ts'

/**
 * Where an image brings the policy, it is the one in effect: an update replaces below /etc only what nobody changed, so that a policy
 * which was changed once stays as it is, whatever later images bring.
 */
export const judgeImagePolicy = (files: Reading<PolicyFiles>, policyName: string): Judgement => {
  if (files.state === 'unreadable') return unknownBecause('policy files', files)
  const { installed, shipped } = files.value
  if (shipped === undefined && !isComplete(files)) return unknown('not every policy file was told')
  if (shipped === undefined)
    return notApplicable(
      'the policy comes with the image, as its packages do (unless files of it were changed below /etc/selinux: ostree admin config-diff lists them)',
    )
  const own = shipped.filter(({ path }) => path.startsWith(`${image}/etc/selinux/${policyName}/`))
  const pairs = own.map(one => ({
    one,
    here: installed.find(({ path }) => `${image}${path}` === one.path),
  }))
  const changed = pairs.find(({ one, here }) => here && here.sha256 !== one.sha256)
  if (changed?.here)
    return fail({
      ...finding(
        'policy of an earlier image',
        'the policy was changed on this node, so that updates of the image bring no policy any more: what is in effect is not the image’s own',
        [`${changed.here.path} differs from ${changed.one.path}`],
      ),
      remedy: `See what was changed (\`ostree admin config-diff\`, \`semodule -lfull\`, \`semanage export\`) and that the node can do without it. Then \`rsync -rlv ${image}/etc/selinux/ /etc/selinux/\` and a reboot: the image’s policy is in effect again, and stays up to date. What has to differ here is set anew at each boot by a unit (\`setsebool\` without -P), or made part of the image.`,
    })
  if (pairs.every(({ here }) => here === undefined))
    return unknown(`the image’s policy ${policyName} has no counterpart below /etc/selinux`)
  return isComplete(files)
    ? pass('the installed policy is the image’s own')
    : unknown('not every policy file was told')
}

/** Where ostree keeps what an image has below /etc. */
const image = '/usr'
