import type { Knowledge } from '../model/check.ts'
import type { Denial, JudgedDenial, Keeps } from '../model/denial.ts'
import { matchesAny, podStarterOf } from './denial-domains.ts'
import { placeOf } from './kept-runtime.ts'
import { setsebool } from './denial-rule.ts'
import type { DeniedObject } from './denied-object.ts'
import { modulesOf, type Fitting } from './signatures.ts'

interface Judged {
  readonly fitting: Fitting | undefined
  readonly keeps: Keeps | undefined
  readonly object: DeniedObject
  readonly knowledge: Knowledge
}

/**
 * What a denial means and what helps. What the node itself proves comes before what a pattern supposes: a context that is not valid, a
 * boolean, a constraint; then the pattern; then what is seen of its effect.
 */
export const adviceOf = (
  denial: Denial,
  { fitting, keeps, object, knowledge }: Judged,
): Pick<JudgedDenial, 'diagnosis' | 'remedy'> => {
  const { policy, invalidContext, interactive } = denial
  if (interactive)
    return { diagnosis: 'Typed by somebody in a login session: a test, and none of the node’s own doing.' }
  if (invalidContext) return invalidAdvice(invalidContext, knowledge)
  if (policy?.booleans)
    return {
      diagnosis: `The loaded policy allows it with ${policy.booleans.length === 1 ? 'a boolean' : 'booleans'} set otherwise: ${policy.booleans.join(', ')}.`,
      remedy: `\`${setsebool(policy.booleans)}\`, if that is wanted on this node.`,
    }
  if (fitting) return { diagnosis: fitting.diagnosis, remedy: fitting.remedy }
  if (policy?.broadBooleans && !keeps)
    return {
      diagnosis: `The loaded policy would allow it with ${policy.broadBooleans.join(', ')}, which opens far more than this access: leave that as it is.`,
    }
  if (policy?.constraint !== undefined)
    return {
      diagnosis:
        'The types may; a constraint on categories, roles or users refuses it, and no rule and no boolean changes that.',
      remedy:
        object.kind === 'container-path' || object.kind === 'volume'
          ? 'Recreate the pod, so that the runtime gives it and its volumes the same categories.'
          : 'Compare the two contexts of the record: the categories, the role or the user do not fit.',
    }
  if (!keeps) return {}
  if (denial.permissions.some(one => one === 'nnp_transition' || one === 'nosuid_transition'))
    return {
      diagnosis: `A process of ${denial.source} with no_new_privs set, or on a file system mounted nosuid, may not enter ${denial.target}: ${keeps.what}.`,
      remedy: matchesAny(knowledge.domains.starters, denial.source) ? nnpUnitRemedy : nnpRemedy,
    }
  return {
    diagnosis: `Because of this refusal ${keeps.what}: ${denial.source} may not ${denial.permissions.join(', ')} ${denial.target}.`,
    remedy:
      keeps.mend !== undefined
        ? mendings[keeps.mend](knowledge)
        : keeps.program !== undefined
          ? unitRemedy(keeps.program)
          : placeOf(denial) === undefined
            ? containerRemedy
            : placeRemedy,
  }
}

const nnpRemedy =
  'Compare the policy packages and their modules with those of a node that works: the policy must allow this transition under no_new_privs and nosuid (process2). Until it does, pods without allowPrivilegeEscalation: false start, and those with it do not.'

const nnpUnitRemedy =
  'Take no_new_privs away from its unit (`systemctl show -p NoNewPrivileges` with its name; several other settings of a unit imply it), or nosuid from the file system that its program lies on (`findmnt -T`); then restart the unit. No label is concerned.'

const containerRemedy =
  'Compare the labels of what is refused with those of a node that works (`ls -Z`, `matchpathcon`) and the versions of the policy packages; then mend the label where it was made: in the image or the volume, or of the runtime’s own storage.'

const placeRemedy =
  'Find the volume or directory of the pod by the names and the device of the record (`findmnt`), and see what it is labelled. One that was filled under another policy, or that is the host’s own, gets the label of containers’ files where it is made, or the pod is given another; where it has that label already, compare the versions of the policy packages and of the runtime with those of a node that works.'

const mendings: Readonly<Record<NonNullable<Keeps['mend']>, (knowledge: Knowledge) => string>> = {
  'unit-file': () =>
    'See what the file is labelled and what it should be: `ls -Z` and `matchpathcon` on the path that the record names, or below /etc/systemd/system and /usr/lib/systemd/system (`systemctl cat` names what the unit reads beside its own file). One that was moved there keeps the label of where it was made until `restorecon -v` on that very path; then `systemctl daemon-reload` and start the unit.',
  'unit-folder': () =>
    'See what the folders of units are labelled (`ls -dZ /etc/systemd/system /etc/systemd/system/*.wants`) and what they should be (`matchpathcon` on each); `restorecon -Rv /etc/systemd/system` mends them. Only then enable the unit.',
  mount: () =>
    'See which directory it is (the record’s name and device; `findmnt`), and compare its label with that on a node that works. What the unit asks to be mounted stands in its settings (`systemctl cat`: ProtectSystem, PrivateTmp, ReadWritePaths and their like); then start the unit again.',
  kernel: () =>
    'Newer kernels ask this of the domain that mounted a program’s files too, which older policies do not allow. See whether the kernel is new (`uname -r`): then start the one of before, or update the policy packages to versions of its time; else compare the policy packages with those of a node that works. No label of a file is concerned.',
  pods: knowledge =>
    `For each pod ${podStarterOf(knowledge)} makes these, and the container runtime gives them the label of containers’ files when the pod starts. See what they are labelled (\`ls -Z\` below ${podStarterOf(knowledge)}’s folder of pods), and compare the versions of the container runtime and of the policy packages with those of a node that works; where one of them changed, take it back to the version before, then recreate the pods.`,
  data: () =>
    'Find what it is by the names and the device of the record (`findmnt`). What was moved or restored keeps the label of its former place: compare `ls -Z` with `matchpathcon`, then `restorecon -Rv` on that very path. Where it lies elsewhere than the policy expects, tell the policy first (`semanage fcontext -a -e`, with the usual path and then the path here); then start it again.',
  'host-file': () =>
    'A container runtime gave it that label for a pod or container that mounts it (a hostPath that is relabelled, or `-v` with `:z`). `restorecon -Fv` on that very path gives it back to the host; then mount a copy of it into that pod, or mount it without relabelling. Only on a file of the host, never below the storage of containers or a volume.',
  policy: () =>
    'See which domain it runs in (`ps -eZ`) and whether the container policy module is loaded (`semodule -l`); compare both, and the versions of the policy packages and of the container runtime and its helpers, with those of a node that works: where one of these changed alone, update the other or take it back. No label of a file is concerned.',
}

const unitRemedy = (program: string): string =>
  `See what ${program} is labelled and what it should be: \`ls -Z\` and \`matchpathcon\` on the path that its unit names (\`systemctl cat\`). A binary that was copied or unpacked keeps another label until \`restorecon -v\` on that very path; then start the unit again.`

const invalidAdvice = (
  invalid: NonNullable<Denial['invalidContext']>,
  knowledge: Knowledge,
): Pick<JudgedDenial, 'diagnosis' | 'remedy'> => {
  const contexts = [invalid.source, invalid.target].filter(one => one !== undefined)
  const owners = modulesOf(invalid, knowledge)
  return {
    diagnosis: `The loaded policy does not know ${contexts.join(' and ')}: whatever carries ${contexts.length === 1 ? 'it' : 'them'} counts as unlabelled.`,
    remedy:
      owners.length > 0
        ? `\`semodule -l\` shows whether the module ${owners.map(one => one.module).join(' or ')} is loaded; where it is not, ${owners.map(one => one.package).join(' or ')} has to be installed again (on an image, the image’s own policy has to be in effect again). Do not relabel before it is.`
        : 'Find the policy module that defines it, and load it; do not relabel before it is.',
  }
}
