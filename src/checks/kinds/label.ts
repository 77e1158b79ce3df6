import { z } from 'zod'
import type { Kind } from '../../model/check.ts'
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
import { notBoth, oneOrMore, pathOrPattern, typeName } from '../schema-parts.ts'

export const labelSchema = z
  .strictObject({
    paths: z
      .array(pathOrPattern)
      .min(1)
      .describe(
        'Absolute paths; `{kubelet}/…` is below the kubelet’s root, `/folder/*` the newest entries of a folder.',
      ),
    types: oneOrMore(typeName)
      .optional()
      .describe('Types that are right; `default` stands for the policy’s own for the path (matchpathcon).'),
    never: oneOrMore(typeName).optional().describe('Types that are wrong.'),
    absent: z
      .enum(['not-applicable', 'unknown', 'fail'])
      .default('not-applicable')
      .describe('What it comes to where none of the paths is there.'),
  })
  .refine(params => params.types !== undefined || params.never !== undefined, {
    error: 'one of types and never is needed',
  })
  .superRefine(notBoth('types', 'never'))
  .describe('Paths carry the right SELinux type.')
type Params = z.infer<typeof labelSchema>

const askOf = ({ paths }: Params) => ({ probe: 'labels', params: { paths } }) as const

/** Paths carry the right SELinux type. */
export const label: Kind<Params> = {
  name: 'label',
  schema: labelSchema,
  asks: params => [selinuxAsk, askOf(params)],
  judge: (params, read) => {
    const without = withoutSelinux(read)
    if (without) return without
    const reading = read(askOf(params))
    if (reading.state === 'unreadable') return unknownBecause('labels', reading)
    const findings = reading.value.flatMap(fact => mistakeOf(params, fact))
    if (findings.length > 0) return fail(...findings)
    const denied = reading.value.find(({ state }) => state === 'denied')
    if (denied) return unknown(`${denied.path} may not be looked at: root is needed`)
    const unlabelled = reading.value.find(({ state }) => state === 'unlabelled')
    if (unlabelled) return unknown(`${unlabelled.path} shows no label`)
    const undecided = reading.value.find(
      fact =>
        fact.state === 'labelled' &&
        params.types?.includes('default') &&
        fact.expected === undefined &&
        !typeIs(params, fact),
    )
    if (undecided) return unknown(`${undecided.path}: its default label could not be read (matchpathcon)`)
    const there = reading.value.filter(({ state }) => state === 'labelled')
    if (there.length > 0) return passIfComplete(reading, there.map(({ path }) => path).join(', '))
    const looked = reading.value.length > 0 ? reading.value.map(({ path }) => path) : params.paths
    const reason = `none of ${looked.join(', ')} is on this node`
    if (params.absent === 'fail') return fail(finding('absent', reason))
    return params.absent === 'unknown' ? unknown(reason) : notApplicableIfComplete(reading, reason)
  },
}

const typeIs = ({ types }: Params, fact: Extract<LabelFact, { state: 'labelled' }>): boolean => {
  const type = parseContext(fact.context)?.type
  const byDefault = fact.expected === undefined ? undefined : parseContext(fact.expected)?.type
  return (
    types === undefined || types.some(wanted => (wanted === 'default' ? type === byDefault : type === wanted))
  )
}

const mistakeOf = (params: Params, fact: LabelFact): readonly Finding[] => {
  if (fact.state !== 'labelled') return []
  const type = parseContext(fact.context)?.type
  if (type === undefined)
    return [finding(`label ${fact.path}`, `${fact.path} has the label '${fact.context}'`)]
  const never = params.never?.includes(type) ?? false
  // Without matchpathcon the default is not known: that is no finding.
  const open = params.types?.includes('default') === true && fact.expected === undefined
  if (!never && (typeIs(params, fact) || open)) return []
  const wanted = params.types
    ?.map(one => (one === 'default' ? (parseContext(fact.expected ?? '')?.type ?? 'its default') : one))
    .filter(one => !params.never?.includes(one))
  return [
    {
      ...finding(
        `label ${fact.asked ?? fact.path}`,
        `${fact.path} is labelled ${type}${wanted ? `, expected ${[...new Set(wanted)].join(' or ')}` : ''}`,
        [`${fact.context} ${fact.path}`, ...(fact.expected ? [`policy default: ${fact.expected}`] : [])],
      ),
      ...relabelling(params, fact),
    },
  ]
}

// Of use where the policy's own default is right, and is what it is not now; never the whole system.
const relabelling = (
  params: Params,
  { path, context, expected = '', kind }: Extract<LabelFact, { state: 'labelled' }>,
): { readonly remedy?: string } => {
  const byDefault = parseContext(expected)?.type
  if (byDefault === undefined || byDefault === parseContext(context)?.type) return {}
  if (params.never?.includes(byDefault) || !/^\/[\w./-]*\w$/.test(path)) return {}
  const options = kind === 'directory' ? '-Rv' : '-v'
  return {
    remedy: `\`restorecon ${options} ${path}\`, without -F (it would drop the categories of volumes).`,
  }
}
