import type { Ask, ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { Contradiction, Denial, DenialDomains, ObjectKind, Signature } from '../model/denial.ts'
import { rangeIn } from '../model/context.ts'
import { globMatches } from '../model/glob.ts'
import { isComplete } from '../model/reading.ts'
import { inRange } from '../model/version.ts'
import { familyPresence, matcherOf, tracesAsk } from './components.ts'
import { booleansAsk } from './condition.ts'
import { isContainer, matchesAny } from './denial-domains.ts'
import { policyPackagesAsk } from './policy-packages.ts'
import { mountsAsk } from './runtimes.ts'
import { atRoots, namingRoots, rootsAsk } from './roots.ts'

const processesAsk = { probe: 'processes', params: {} } as const

/** What may contradict a signature, and what its remedy names. */
export const signatureAsks = (knowledge: Knowledge): readonly Ask[] => [
  policyPackagesAsk(knowledge),
  booleansAsk,
  mountsAsk(knowledge),
  processesAsk,
  ...knowledge.components.families.filter(({ traces }) => traces.length > 0).map(tracesAsk),
  rootsAsk(knowledge),
  ...knowledge.signatures.flatMap(({ unless }) =>
    unless.flatMap(({ lacksTransition: one }) => (one ? [transitionAsk(one.source)] : [])),
  ),
]

/** A signature that fits a denial, with the diagnosis and the remedy that fit the node. */
export interface Fitting {
  readonly signature: Signature
  readonly diagnosis: string
  readonly remedy: string
}

/** The first signature that fits a denial and that nothing of the node contradicts. */
export const fittingSignature = (
  denial: Denial,
  object: ObjectKind,
  read: ReadAsk,
  knowledge: Knowledge,
): Fitting | undefined => {
  for (const signature of knowledge.signatures) {
    if (!matchesSignature(signature, denial, object, knowledge.domains)) continue
    if (signature.context !== undefined && modulesOf(denial.invalidContext, knowledge).length === 0) continue
    const against = signature.unless.filter(one => contradicts(one, denial, read, knowledge))
    if (against.some(({ remedy }) => remedy === undefined)) continue
    return {
      signature,
      diagnosis: namingLevels(namingRoots(signature.diagnosis, read, knowledge), denial),
      remedy: atRoots(against[0]?.remedy ?? signature.remedy, read, knowledge),
    }
  }
  return undefined
}

// {sourceLevel} and {targetLevel}, as the one record that is kept has them.
const namingLevels = (text: string, { sample }: Denial): string =>
  text
    .replaceAll('{sourceLevel}', levelIn(sample, 'scontext'))
    .replaceAll('{targetLevel}', levelIn(sample, 'tcontext'))

const levelIn = (sample: string, field: 'scontext' | 'tcontext'): string =>
  rangeIn(sample, field) ?? 'of another level'

/** Stands for every type of confined containers. */
const ofContainers = '@containers'

/** The policy modules that bring the types of contexts which are not valid: their absence is the cause. */
export const modulesOf = (
  invalid: Denial['invalidContext'],
  { policyModules }: Knowledge,
): Knowledge['policyModules'] =>
  policyModules.filter(({ types }) =>
    [invalid?.source, invalid?.target].some(
      one => one !== undefined && types.some(glob => globMatches(glob, typeIn(one))),
    ),
  )

/** A context, or a type alone. */
const typeIn = (text: string): string => text.split(':')[2] ?? text

/** Whether a denial is of a signature's sort: types, class and permissions; all else only where it says so. */
export const matchesSignature = (
  signature: Signature,
  denial: Denial,
  object: ObjectKind,
  domains: DenialDomains,
): boolean =>
  (matchesAny(signature.source, denial.source) ||
    (signature.source.includes(ofContainers) &&
      isContainer(denial.source, denial.policy?.attributes, domains))) &&
  signature.target.some(target => {
    if (target === 'self') return denial.source === denial.target
    // The record's view of the policy has the attributes of the source only.
    return target === ofContainers
      ? isContainer(denial.target, undefined, domains)
      : matchesAny([target], denial.target)
  }) &&
  matchesAny(signature.class, denial.class) &&
  (signature.permissions === undefined ||
    signature.permissions.some(one => denial.permissions.includes(one))) &&
  (signature.onlyPermissions === undefined ||
    denial.permissions.every(one => signature.onlyPermissions?.includes(one))) &&
  (signature.commands === undefined || denial.commands.some(one => signature.commands?.includes(one))) &&
  (signature.paths === undefined ||
    [...denial.paths, ...(denial.names ?? [])].some(path => isAt(signature.paths ?? [], path))) &&
  (signature.devices === undefined ||
    (denial.devices ?? signature.devices).some(device => signature.devices?.includes(device))) &&
  (signature.object === undefined || signature.object.includes(object)) &&
  (signature.categories === undefined || denial.categoriesDiffer === true) &&
  (signature.categories !== 'many' || denial.readsMany === true)

/** Whether a path, or a name, is at one of these places. */
export const isAt = (places: readonly string[], path: string): boolean =>
  places.some(end => endsIn(path, end))

// `csi.sock`, or with a star what begins so: /memfd:runc_cloned:/proc/self/exe (deleted)
const endsIn = (path: string, end: string): boolean =>
  end.endsWith('*') ? `/${path}`.includes(`/${end.slice(0, -1)}`) : path === end || path.endsWith(`/${end}`)

// All that it says must certainly be so on this node: what could not be read contradicts nothing.
const contradicts = (one: Contradiction, denial: Denial, read: ReadAsk, knowledge: Knowledge): boolean =>
  [
    one.package === undefined || isInstalled(one.package, one.from, read, knowledge),
    one.booleanOn === undefined || isOn(one.booleanOn, read),
    one.component === undefined || allRanAs(one.component, one.type, denial.lastSeen, read, knowledge),
    one.readOnly === undefined || isReadOnly(one.readOnly, read, knowledge),
    one.lacksTransition === undefined || isLacking(one.lacksTransition, read),
    one.absent === undefined || familyPresence(one.absent, knowledge.components, read).state === 'absent',
  ].every(Boolean)

const isInstalled = (
  name: string,
  from: string | undefined,
  read: ReadAsk,
  knowledge: Knowledge,
): boolean => {
  const reading = read(policyPackagesAsk(knowledge))
  if (reading.state !== 'read' || !isComplete(reading)) return false
  const found = reading.value.packages.filter(one => one.name === name)
  return found.length > 0 && found.every(({ version }) => inRange(version, { from }))
}

const transitionAsk = (source: string) =>
  ({ probe: 'transition', params: { source, class: 'process' } }) as const

const isLacking = (
  { source, target, to }: NonNullable<Contradiction['lacksTransition']>,
  read: ReadAsk,
): boolean => {
  const reading = read(transitionAsk(source))
  if (reading.state !== 'read' || !isComplete(reading) || reading.value.state === 'unknown-name') return false
  return !reading.value.values.some(rule => rule.target === target && rule.to === to)
}

const isOn = (name: string, read: ReadAsk): boolean => {
  const reading = read(booleansAsk)
  return (
    isComplete(reading) &&
    reading.state === 'read' &&
    reading.value.some(one => one.name === name && one.current)
  )
}

// A process that began later says nothing of then; a start is known to within two seconds.
const allRanAs = (
  component: string,
  type: string | undefined,
  then: number,
  read: ReadAsk,
  { components }: Knowledge,
): boolean => {
  const table = read(processesAsk)
  if (table.state !== 'read' || !isComplete(table)) return false
  const found = matcherOf(components)
    .recognise(table.value)
    .filter(one => one.component.id === component)
  return (
    found.length > 0 &&
    found.every(
      ({ process: { context, startedAt } }) =>
        context?.type === type && (startedAt === undefined || startedAt + 2 < then),
    )
  )
}

/** Whether what holds a path is certainly mounted read-only. */
export const isReadOnly = (path: string, read: ReadAsk, knowledge: Pick<Knowledge, 'runtimes'>): boolean => {
  const reading = read(mountsAsk(knowledge))
  if (reading.state !== 'read' || !isComplete(reading)) return false
  const holds = (target: string): boolean =>
    target === '/' || path === target || path.startsWith(`${target}/`)
  const innermost = reading.value
    .filter(({ target }) => holds(target))
    .reduce((best, one) => (one.target.length >= (best?.target.length ?? 0) ? one : best), reading.value[0])
  return innermost !== undefined && holds(innermost.target) && innermost.options.includes('ro')
}
