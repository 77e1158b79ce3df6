import type { ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import { parseContext } from '../model/context.ts'
import type { RootPlace } from '../model/facts.ts'
import type { Roots } from '../model/roots.ts'

/** Where programs keep their files on a node. */
export const rootsAsk = ({ roots }: Pick<Knowledge, 'roots'>) =>
  ({ probe: 'roots', params: { roots } }) as const

/** The names of roots that paths are below. */
export const rootNames = (paths: readonly string[]): readonly string[] => [
  ...new Set(paths.flatMap(path => /^\{([a-z]+)\}/.exec(path)?.[1] ?? [])),
]

/** What the labels of such paths are asked with. */
export const rootsFor = (paths: readonly string[], all: Roots): { readonly roots?: Roots } => {
  const names = rootNames(paths).filter(name => Object.hasOwn(all, name))
  return names.length === 0
    ? {}
    : {
        roots: Object.fromEntries(
          names.flatMap(name => {
            const root = all[name]
            return root ? [[name, root] as const] : []
          }),
        ),
      }
}

/** A root that is not where the policy’s file contexts know it, and the place that they know. */
export interface Elsewhere {
  readonly path: string
  readonly like: string
  /** Whether the policy knows this place as it knows the other: by its own defaults for both; absent where they were not told. */
  readonly isKnown?: boolean
}

/** The roots of this node that are elsewhere, of these names. */
export const rootsElsewhere = (
  names: readonly string[],
  read: ReadAsk,
  knowledge: Knowledge,
): readonly Elsewhere[] => {
  const reading = read(rootsAsk(knowledge))
  if (reading.state !== 'read') return []
  return reading.value
    .filter(({ name }) => names.includes(name))
    .flatMap(place => {
      const root = knowledge.roots[place.name]
      return root === undefined || [root.like, ...root.own].includes(place.path)
        ? []
        : [elsewhere(place, root.like)]
    })
}

const elsewhere = ({ path, expected, usual }: RootPlace, like: string): Elsewhere => {
  const [here, there] = [expected, usual].map(one =>
    one === undefined ? undefined : parseContext(one)?.type,
  )
  return { path, like, ...(here === undefined || there === undefined ? {} : { isKnown: here === there }) }
}

/** The one below which a path lies; the innermost. */
export const elsewhereOf = (path: string, read: ReadAsk, knowledge: Knowledge): Elsewhere | undefined =>
  rootsElsewhere(Object.keys(knowledge.roots), read, knowledge)
    .filter(one => path === one.path || path.startsWith(`${one.path}/`))
    .toSorted((a, b) => b.path.length - a.path.length)[0]

/** What makes the policy’s file contexts know a place; in backticks. */
export const equivalence = ({ like, path }: Pick<Elsewhere, 'like' | 'path'>): string =>
  `\`semanage fcontext -a -e ${like} ${path}\``

/** A text about `{name}/…` with the roots as they are on this node. */
export const namingRoots = (text: string, read: ReadAsk, knowledge: Knowledge): string =>
  namesIn(text, knowledge).reduce(
    (told, name) =>
      told.replaceAll(
        `{${name}}`,
        rootsElsewhere([name], read, knowledge)[0]?.path ?? knowledge.roots[name]?.like ?? '',
      ),
    text,
  )

/** The same of a remedy: where the policy does not know a root, it must learn it before anything is relabelled there. */
export const atRoots = (text: string, read: ReadAsk, knowledge: Knowledge): string => {
  const told = namingRoots(text, read, knowledge)
  const unknown = rootsElsewhere(namesIn(text, knowledge), read, knowledge).find(
    ({ isKnown }) => isKnown === false,
  )
  return unknown && told.includes('restorecon -R')
    ? `${equivalence(unknown)} first, as the policy’s file contexts do not know this place and restorecon alone changes nothing there; then ${told}`
    : told
}

const namesIn = (text: string, { roots }: Knowledge): readonly string[] => [
  ...new Set(
    [...text.matchAll(/\{([a-z]+)\}/g)]
      .map(([, name = '']) => name)
      .filter(name => Object.hasOwn(roots, name)),
  ),
]
