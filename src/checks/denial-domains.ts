import type { Knowledge } from '../model/check.ts'
import type { Denial, DenialDomains, Owner } from '../model/denial.ts'

/** Whether a name is one of these; those that end in * are prefixes. */
export const matchesAny = (names: readonly string[], name: string): boolean =>
  names.some(one => one === '*' || one === name || (one.endsWith('*') && name.startsWith(one.slice(0, -1))))

/** Whether a type is one of confined containers: by the policy's own attributes where it could be had, else by its name. */
export const isContainer = (
  type: string,
  attributes: readonly string[] | undefined,
  { containers }: DenialDomains,
): boolean =>
  attributes?.some(one => containers.attributes.includes(one)) === true || matchesAny(containers.types, type)

/** Whether a type is one of these: names, prefixes with a *, `@containers` (privileged ones too) and `@runtimes`. */
export const isOfTypes = (types: readonly string[], type: string, domains: DenialDomains): boolean =>
  matchesAny(types, type) ||
  (types.includes('@containers') &&
    (isContainer(type, undefined, domains) || matchesAny(domains.privileged, type))) ||
  (types.includes('@runtimes') && matchesAny(domains.runtimes, type))

/** What the agent that starts pods is called. */
export const podStarterOf = ({ domains, components }: Knowledge): string =>
  components.families.find(({ id }) => id === domains.podStarterFamily)?.title ?? 'what starts pods'

/** Whose process was refused: somebody's at a terminal, a container's, one that systemd is about to start, or the host's own. */
export const ownerOf = ({ interactive, source, commands, policy }: Denial, domains: DenialDomains): Owner => {
  if (interactive) return 'login'
  if (isContainer(source, policy?.attributes, domains) || matchesAny(domains.privileged, source))
    return 'container'
  return matchesAny(domains.starters, source) && commands.some(one => one.startsWith('(')) ? 'unit' : 'host'
}
