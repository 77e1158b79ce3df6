import type { Knowledge } from '../model/check.ts'
import type { Denial, DenialDomains, Keeps } from '../model/denial.ts'
import { isContainer, matchesAny, podStarterOf } from './denial-domains.ts'
import { fileClasses } from './denied-object.ts'
import { namesOf } from './denied-start.ts'

/** What a pod, the control plane, the runtime or a daemon of storage was refused of its own files, or a host of one that a pod took. */
export const keptFiles = (denial: Denial, knowledge: Knowledge): Keeps | undefined =>
  fileClasses.has(denial.class) && denial.permissions.some(one => uses.has(one))
    ? (keptControlPlane(denial, knowledge.domains) ??
      keptPods(denial, knowledge) ??
      keptDaemon(denial, knowledge.domains) ??
      keptHost(denial, knowledge.domains))
    : undefined

const writes = ['write', 'append', 'create', 'add_name', 'remove_name', 'unlink', 'rename', 'setattr']
// Looking at something (getattr, ioctl) is no use of it.
const uses = new Set(['read', 'open', 'search', 'map', 'lock', ...writes])

/** Without its data there is no control plane: a type of its own meets one that files get of which the policy knows nothing. */
const keptControlPlane = (denial: Denial, domains: DenialDomains): Keeps | undefined => {
  const { source, commands, target, policy } = denial
  const { controlPlane } = domains
  const isOwn =
    matchesAny(controlPlane.types, source) ||
    (isContainer(source, policy?.attributes, domains) &&
      commands.length > 0 &&
      commands.every(one => controlPlane.commands.includes(one)))
  return isOwn && matchesAny(domains.fallbacks, target)
    ? {
        what: `${whoOf(denial)} may not reach ${whatOf(denial)}, labelled ${target}, and the control plane does not run without it`,
        containers: true,
        mend: 'data',
      }
    : undefined
}

/** What the kubelet makes for each pod: its token, its configuration, its empty volumes. */
const keptPods = (denial: Denial, knowledge: Knowledge): Keeps | undefined => {
  const { domains } = knowledge
  const { class: className, permissions, source, target, policy, paths, devices = [] } = denial
  const { podStarterFiles, podStarterNames, fallbacks } = domains
  if (!isContainer(source, policy?.attributes, domains)) return undefined
  const isOfStarter = matchesAny(podStarterFiles, target)
  if (!isOfStarter && !matchesAny(fallbacks, target)) return undefined
  // What shows the pods of others is no path of a pod's own.
  const own = paths.filter(one => !one.includes('/pods/'))
  const names = namesOf({ ...denial, paths: own })
  const isToken = own.some(one => givenPath.test(one))
  // Some keep files of these names elsewhere: the kubelet's are in memory.
  const inMemory = devices.length === 0 || devices.includes('tmpfs')
  const isGiven =
    isToken ||
    names.some(
      one => /^\.\.(?:data|20\d\d_)/.test(one) || (inMemory && podStarterNames.token.includes(one)),
    ) ||
    // Whoever walks the kubelet's folders is refused the folders before: a link there is a pod's own configuration.
    (isOfStarter && (className === 'lnk_file' || names.some(one => podStarterNames.pods.includes(one))))
  if (isGiven)
    return {
      what: `pods may not reach what ${podStarterOf(knowledge)} gives them (${whatOf(denial)})`,
      containers: true,
      mend: 'pods',
    }
  const isVolume =
    isOfStarter &&
    className === 'dir' &&
    permissions.some(one => writes.includes(one)) &&
    !names.some(one => podStarterNames.folders.includes(one))
  return isVolume
    ? {
        what: `a pod may not write to what ${podStarterOf(knowledge)} made (${whatOf(denial)})`,
        containers: true,
        lacking: true,
        mend: 'pods',
      }
    : undefined
}

// /var/run/secrets/kubernetes.io/serviceaccount/..2022_12_29_10_05_35.1005894857/token
const givenPath = /\/run\/secrets\/|\/\.\.(?:data|20\d\d_)[^/]*(?:\/|$)/

/** The runtime and the daemons of storage run, and do without what lost its label. */
const keptDaemon = (denial: Denial, domains: DenialDomains): Keeps | undefined => {
  const { source, target } = denial
  const isDaemon = matchesAny([...domains.runtimes, ...domains.storageDaemons], source)
  return isDaemon && matchesAny(domains.fallbacks, target)
    ? {
        what: `${whoOf(denial)} may not reach ${whatOf(denial)}, labelled ${target}`,
        lacking: true,
        mend: 'data',
        ...(denial.commands.length === 1 ? { program: denial.commands[0] as string } : {}), // there is one
      }
    : undefined
}

/** A file of the host that a container runtime relabelled for a pod: nobody else may use it any more. */
const keptHost = (denial: Denial, domains: DenialDomains): Keeps | undefined => {
  const { source, target, policy, paths, devices = [] } = denial
  const { containerFiles, hostFiles } = domains
  const others = [...domains.privileged, ...domains.runtimes, ...domains.podStarters, ...hostFiles.walkers]
  if (!matchesAny(containerFiles, target) || matchesAny(others, source) || devices.includes('overlay'))
    return undefined
  if (isContainer(source, policy?.attributes, domains)) return undefined
  const isHosts =
    paths.some(
      one =>
        (hostFiles.places.some(place => one.startsWith(place)) && !isWithin(one, hostFiles.not)) ||
        hostFiles.parts.some(part => one.includes(part)),
    ) || (denial.names ?? []).some(one => hostFiles.names.includes(one))
  return isHosts
    ? {
        what: `${whoOf(denial)} may not reach a file of the host that carries the label of containers’ files (${whatOf(denial)})`,
        lacking: true,
        mend: 'host-file',
      }
    : undefined
}

const isWithin = (path: string, folders: readonly string[]): boolean =>
  folders.some(one => path === one || path.startsWith(`${one}/`))

const whoOf = ({ commands, source }: Denial): string =>
  commands.length > 0 ? commands.slice(0, mostTold).join(', ') : source
const whatOf = (denial: Denial): string => {
  const names = [...new Set(namesOf(denial))]
  return names.length > 0 ? names.slice(0, mostTold).join(', ') : `what is labelled ${denial.target}`
}
const mostTold = 3
