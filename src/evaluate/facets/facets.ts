import { matcherOf } from '../../checks/components.ts'
import { policyPackagesAsk } from '../../checks/policy-packages.ts'
import { runtimeAsk, versionsAsk } from '../../checks/runtimes.ts'
import { fileContextsAsk, watchedFilesAsk } from '../../checks/watched-files.ts'
import type { Ask, ProbeName, ProbeValues, ReadAsk } from '../../model/ask.ts'
import type { Knowledge } from '../../model/check.ts'
import type { Facet, FacetItems, Facets } from '../../model/facet.ts'
import { isComplete, type Reading } from '../../model/reading.ts'
import { binaryItems } from './binary-items.ts'
import { domainItems, restartItems, versionItems } from './component-items.ts'
import { contextFileItems, fileContextItems } from './file-context-items.ts'
import { fileItems, sawFiles } from './file-items.ts'
import { labelItems } from './label-items.ts'
import { packageItems } from './package-items.ts'
import { pendingFacet } from './pending-facet.ts'

/** What a node is like, for comparison. Nodes with equal answers share their facets: a fleet has a handful of each. */
export const facetReader = (planned: readonly Ask[], knowledge: Knowledge): ((read: ReadAsk) => Facets) => {
  const recognise = matcherOf(knowledge.components).recognise
  const labels = planned
    .filter((ask): ask is Ask<'labels'> => ask.probe === 'labels')
    .map(ask => of<'labels'>(ask, labelItems))
  const none = { params: {} } as const
  const images = of<'processes'>({ probe: 'processes', ...none }, versionItems(knowledge))
  const binaries = of<'versions'>(versionsAsk(knowledge), binaryItems(knowledge))
  const contextsAsk = fileContextsAsk(knowledge)
  const watched = of<'files'>(watchedFilesAsk(knowledge), fileItems, sawFiles)
  const contextFiles = of<'file-contexts'>(contextsAsk, contextFileItems)
  const readers: { readonly [Type in keyof Facets]: (read: ReadAsk) => Facet } = {
    package: of<'packages'>(policyPackagesAsk(knowledge), packageItems),
    pending: pendingFacet(knowledge),
    module: of<'modules'>({ probe: 'modules', ...none }, ({ modules }) =>
      modules.map(({ name, priority, enabled }) => [
        name,
        { value: `priority ${priority}${enabled ? '' : ', disabled'}` },
      ]),
    ),
    boolean: of<'booleans'>({ probe: 'booleans', ...none }, list =>
      list.map(({ name, current }) => [name, { value: current ? 'on' : 'off' }]),
    ),
    mode: of<'selinux'>({ probe: 'selinux', ...none }, ({ running, configured }) => [
      ['running', { value: running }],
      ['configured', { value: configured ?? 'not configured' }],
    ]),
    'permissive-domain': of<'permissive-types'>({ probe: 'permissive-types', ...none }, answer =>
      answer.state === 'known' ? answer.values.map(name => [name, { value: 'permissive' }]) : [],
    ),
    os: of<'os'>({ probe: 'os', ...none }, ({ id, versionId }) => [
      ['release', { value: `${id} ${versionId}`.trim() }],
    ]),
    // enforcing=0; of a word that comes again the last counts.
    'command-line': of<'selinux'>({ probe: 'selinux', ...none }, ({ commandLine }) =>
      commandLine.map(word => [word.replace(/=.*/s, ''), { value: word.replace(/^[^=]*=/, '') }]),
    ),
    kernel: of<'os'>({ probe: 'os', ...none }, ({ kernel }) => [['release', { value: kernel }]]),
    runtime: of<'runtime'>(runtimeAsk(knowledge), ({ switches }) =>
      // Which file of a folder says it is the administrator’s taste; the last one counts.
      switches.map(({ file, key, value }) => [`${key} in ${file.replace(/\.d\/[^/]+$/, '.d')}`, { value }]),
    ),
    file: read => eitherOf([watched(read), contextFiles(read)]),
    'file-context': of<'file-contexts'>(contextsAsk, fileContextItems),
    component: read => eitherOf([images(read), binaries(read)]),
    domain: of<'processes'>({ probe: 'processes', ...none }, table => domainItems(recognise(table))),
    label: read => merged(labels.map(facet => facet(read))),
    boot: of<'os'>({ probe: 'os', ...none }, ({ bootedAt, bootId }) => {
      if (bootedAt === undefined) return []
      const mark = bootId === undefined ? {} : { mark: bootId }
      return [['boot', { value: String(bootedAt), since: bootedAt, ...mark }]]
    }),
    restart: of<'processes'>({ probe: 'processes', ...none }, table => restartItems(recognise(table))),
    machine: of<'os'>({ probe: 'os', ...none }, ({ machineId }) =>
      machineId === undefined ? [] : [['id', { value: machineId }]],
    ),
  }
  // Built key by key from the table above, so it has every key.
  return read =>
    Object.fromEntries(Object.entries(readers).map(([type, reader]) => [type, reader(read)])) as Facets
}

/** Reads one kind of fact; answers that are the same object give the same facet. */
const of = <Name extends ProbeName>(
  ask: Ask<Name>,
  items: (value: ProbeValues[Name]) => FacetItems,
  sawAll: (value: ProbeValues[Name]) => boolean = () => true,
): ((read: ReadAsk) => Facet) => {
  const known = new WeakMap<Reading<unknown>, Facet>()
  return read => {
    const reading = read(ask)
    const facet = known.get(reading) ?? facetOf(reading, items, sawAll)
    known.set(reading, facet)
    return facet
  }
}

const facetOf = <Value>(
  reading: Reading<Value>,
  items: (value: Value) => FacetItems,
  sawAll: (value: Value) => boolean,
): Facet =>
  reading.state === 'unreadable'
    ? { state: 'unreadable', why: reading.detail }
    : {
        state: 'read',
        isComplete: isComplete(reading) && sawAll(reading.value),
        items: new Map(items(reading.value)),
      }

// What one answer tells stands where the other cannot be read: an older snapshot was not asked for the versions of binaries.
const eitherOf = (facets: readonly Facet[]): Facet => {
  const read = facets.filter(({ state }) => state === 'read')
  const both = merged(read.length > 0 ? read : facets)
  return both.state === 'read' && read.length < facets.length ? { ...both, isComplete: false } : both
}

const merged = (facets: readonly Facet[]): Facet => {
  const unreadable = facets.find(facet => facet.state === 'unreadable')
  if (unreadable) return unreadable
  const read = facets.flatMap(facet => (facet.state === 'read' ? [facet] : []))
  return {
    state: 'read',
    isComplete: read.every(one => one.isComplete),
    items: new Map(read.flatMap(({ items }) => [...items])),
  }
}
