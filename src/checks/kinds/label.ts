import { z } from 'zod'
import type { ReadAsk } from '../../model/ask.ts'
import type { Kind, Knowledge } from '../../model/check.ts'
import { parseContext } from '../../model/context.ts'
import type { LabelFact } from '../../model/facts.ts'
import type { Finding } from '../../model/outcome.ts'
import {
  fail,
  finding,
  notApplicableIfComplete,
  passIfComplete,
  unknown,
  unknownBecause,
} from '../judgements.ts'
import { selinuxAsk, withoutSelinux } from '../no-selinux.ts'
import { elsewhereOf, equivalence, rootNames, rootsAsk, rootsFor } from '../roots.ts'
import { notBoth, oneOrMore, pathOrPattern, typeName } from '../schema-parts.ts'
import { usabilityAsks, usabilityOf, type Usability } from '../usable-types.ts'

export const labelSchema = z
  .strictObject({
    paths: z
      .array(pathOrPattern)
      .min(1)
      .describe(
        'Absolute paths; `{kubelet}/…` is below the kubelet’s root (so `{containerd}`, `{containers}`, `{docker}`), `/folder/*` the newest entries of a folder, `/folder/word*` those that begin so.',
      ),
    types: oneOrMore(typeName)
      .optional()
      .describe('Types that are right; `default` stands for the policy’s own for the path (matchpathcon).'),
    never: oneOrMore(typeName).optional().describe('Types that are wrong.'),
    usableBy: typeName
      .optional()
      .describe(
        'A domain that must be able to run files labelled so and to search folders of them, as the loaded policy says it; `types` and `never` count where it cannot be asked.',
      ),
    ofDefault: oneOrMore(typeName)
      .optional()
      .describe(
        'Of the paths only those are judged by `types` for which the policy itself has one of these types; of others, and of links, only `never` counts.',
      ),
    absent: z
      .enum(['not-applicable', 'unknown', 'fail'])
      .default('not-applicable')
      .describe('What it comes to where none of the paths is there.'),
  })
  .refine(
    params => params.types !== undefined || params.never !== undefined || params.usableBy !== undefined,
    { error: 'one of types, never and usableBy is needed' },
  )
  .superRefine(notBoth('types', 'never'))
  .describe('Paths carry the right SELinux type.')
type Params = z.infer<typeof labelSchema>

const askOf = ({ paths }: Params, { roots }: Knowledge) =>
  ({ probe: 'labels', params: { paths, ...rootsFor(paths, roots) } }) as const

/** Paths carry the right SELinux type. */
export const label: Kind<Params> = {
  name: 'label',
  schema: labelSchema,
  refersTo: ({ paths }) => rootNames(paths).map(name => ({ to: 'root', name, key: 'paths' }) as const),
  asks: (params, knowledge) => [
    selinuxAsk,
    askOf(params, knowledge),
    ...(rootNames(params.paths).length > 0 ? [rootsAsk(knowledge)] : []),
    ...(params.usableBy === undefined ? [] : usabilityAsks(params.usableBy, knowledge)),
  ],
  judge: (params, read, knowledge) => {
    const without = withoutSelinux(read)
    if (without) return without
    const reading = read(askOf(params, knowledge))
    if (reading.state === 'unreadable') return unknownBecause('labels', reading)
    const uses = usesOf(params, reading.value, read, knowledge)
    const findings = reading.value.flatMap(fact => {
      const mistake = mistakeOf(params, fact, uses)
      return mistake && fact.state === 'labelled'
        ? [{ ...mistake, ...relabelling(params, fact, { uses, read, knowledge }) }]
        : []
    })
    if (findings.length > 0) return fail(...findings)
    const denied = reading.value.find(({ state }) => state === 'denied')
    if (denied) return unknown(`${denied.path} may not be looked at: root is needed`)
    const unlabelled = reading.value.find(({ state }) => state === 'unlabelled')
    if (unlabelled) return unknown(`${unlabelled.path} shows no label`)
    const undecided = reading.value.flatMap(fact => whyUndecided(params, fact, uses) ?? [])
    if (undecided[0] !== undefined) return unknown(undecided[0])
    const there = reading.value.filter(({ state }) => state === 'labelled')
    if (there.length > 0 && there.every(fact => !isConcerned(params, fact)))
      return notApplicableIfComplete(
        reading,
        `the policy has none of the types ${params.ofDefault?.join(', ')} for ${there.map(({ path }) => path).join(', ')}`,
      )
    if (there.length > 0) return passIfComplete(reading, there.map(({ path }) => path).join(', '))
    const looked = reading.value.length > 0 ? reading.value.map(({ path }) => path) : params.paths
    const reason = `none of ${looked.join(', ')} is on this node`
    if (params.absent === 'fail') return fail(finding('absent', reason))
    return params.absent === 'unknown' ? unknown(reason) : notApplicableIfComplete(reading, reason)
  },
}

type Labelled = Extract<LabelFact, { readonly state: 'labelled' }>
type Uses = ReadonlyMap<string, Usability>

const typeOf = (context: string | undefined): string | undefined =>
  context === undefined ? undefined : parseContext(context)?.type

// What the policy says of each type that is there, or would be; none where nobody has to use them.
const usesOf = (
  { usableBy }: Params,
  facts: readonly LabelFact[],
  read: ReadAsk,
  knowledge: Knowledge,
): Uses => {
  if (usableBy === undefined) return new Map()
  const types = facts.flatMap(fact =>
    fact.state === 'labelled' ? [typeOf(fact.context), typeOf(fact.expected)] : [],
  )
  return new Map(
    [...new Set(types)]
      .filter(type => type !== undefined)
      .map(type => [type, usabilityOf(type, usableBy, read, knowledge)]),
  )
}

// A link has a label of its own, and the policy’s type is for what it leads to.
const isConcerned = ({ ofDefault }: Params, fact: LabelFact): boolean =>
  ofDefault === undefined ||
  (fact.state === 'labelled' &&
    fact.kind !== 'symbolic link' &&
    ofDefault.includes(typeOf(fact.expected) ?? ''))

const whyUndecided = (params: Params, fact: LabelFact, uses: Uses): string | undefined => {
  if (fact.state !== 'labelled' || !isConcerned(params, fact) || typeIs(params, fact)) return undefined
  const type = typeOf(fact.context) ?? ''
  const use = uses.get(type)
  if (use?.state === 'usable') return undefined
  if (use?.state === 'untold')
    return `${fact.path} is labelled ${type}; whether ${params.usableBy} may use that is for the policy to say: ${use.reason}`
  return params.types?.includes('default') && fact.expected === undefined
    ? `${fact.path}: its default label could not be read (matchpathcon)`
    : undefined
}

const typeIs = ({ types, usableBy }: Params, fact: Labelled): boolean => {
  const type = typeOf(fact.context)
  const byDefault = typeOf(fact.expected)
  if (types === undefined) return usableBy === undefined
  return types.some(wanted => (wanted === 'default' ? type === byDefault : type === wanted))
}

const mistakeOf = (params: Params, fact: LabelFact, uses: Uses): Finding | undefined => {
  if (fact.state !== 'labelled') return undefined
  const type = typeOf(fact.context)
  if (type === undefined) return finding(`label ${fact.path}`, `${fact.path} has the label '${fact.context}'`)
  const words = wrongBecause(params, fact, type, uses.get(type))
  return words === undefined
    ? undefined
    : finding(`label ${fact.asked ?? fact.path}`, `${fact.path} is labelled ${type}${words}`, [
        `${fact.context} ${fact.path}`,
        ...(fact.expected ? [`policy default: ${fact.expected}`] : []),
      ])
}

// What the loaded policy says of a type comes before any list.
const wrongBecause = (
  params: Params,
  fact: Labelled,
  type: string,
  use: Usability | undefined,
): string | undefined => {
  if (use?.state === 'usable') return undefined
  if (use?.state === 'unusable') return `: ${use.domain} ${use.lacking}`
  const never = params.never?.includes(type) ?? false
  if (use?.state === 'untold') return never ? '' : undefined
  // Without matchpathcon the default is not known: that is no finding.
  const open = params.types?.includes('default') === true && fact.expected === undefined
  if (!never && (!isConcerned(params, fact) || typeIs(params, fact) || open)) return undefined
  const wanted = params.types
    ?.map(one => (one === 'default' ? (typeOf(fact.expected) ?? 'its default') : one))
    .filter(one => !params.never?.includes(one))
  return wanted ? `, expected ${[...new Set(wanted)].join(' or ')}` : ''
}

interface Around {
  readonly uses: Uses
  readonly read: ReadAsk
  readonly knowledge: Knowledge
}

/*
 * Of use where the policy's own default is right, and is what it is not now; where the place is one that its file contexts do not know,
 * only once they do. Never the whole system.
 */
const relabelling = (
  params: Params,
  { path, context, expected, kind }: Labelled,
  { uses, read, knowledge }: Around,
): { readonly remedy?: string } => {
  if (!/^\/[\w./-]*\w$/.test(path)) return {}
  const byDefault = typeOf(expected)
  const isRight =
    byDefault !== undefined &&
    !(params.never?.includes(byDefault) ?? false) &&
    uses.get(byDefault)?.state !== 'unusable'
  const options = kind === 'directory' ? '-Rv' : '-v'
  if (isRight && byDefault !== typeOf(context))
    return {
      remedy: `\`restorecon ${options} ${path}\`, without -F (it would drop the categories of volumes).`,
    }
  const root = elsewhereOf(path, read, knowledge)
  if (!root || root.isKnown === true || isRight) return {}
  const again = `\`restorecon -Rv ${root.path}\`, without -F (it would drop the categories of volumes)`
  return {
    remedy:
      root.isKnown === false
        ? `${equivalence(root)} first: the policy’s file contexts do not know this place, and restorecon alone changes nothing there. Then ${again}.`
        : `${again}. Where it changes nothing, the policy’s file contexts do not know this place: ${equivalence(root)} first.`,
  }
}
