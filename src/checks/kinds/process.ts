import { z } from 'zod'
import type { Ask, ReadAsk } from '../../model/ask.ts'
import type { Kind, Knowledge } from '../../model/check.ts'
import type { Component } from '../../model/component.ts'
import type { ComponentTypes } from '../../model/container-policies.ts'
import { categoryCount } from '../../model/context.ts'
import type { Process } from '../../model/facts.ts'
import type { Finding, Judgement } from '../../model/outcome.ts'
import { compileLines } from '../../model/regex.ts'
import { familyPresence, matcherOf, tracesAsk, type Recognised } from '../components.ts'
import {
  fail,
  finding,
  notApplicable,
  notApplicableIfComplete,
  passIfComplete,
  unknown,
  unknownBecause,
} from '../judgements.ts'
import { selinuxAsk, withoutSelinux } from '../no-selinux.ts'
import { notBoth, oneOrMore, patternText, typeName } from '../schema-parts.ts'
import { ownerAsks, whosePolicy } from '../whose-policy.ts'

export const processSchema = z
  .strictObject({
    component: oneOrMore(z.string()).optional().describe('Known components, by id.'),
    family: z.string().optional().describe('All components of a family.'),
    privileged: z.boolean().optional().describe('Only the privileged ones, or only the others.'),
    except: z.array(z.string()).default([]).describe('Components left out.'),
    argv: patternText.optional().describe('A pattern on the command line, instead of components.'),
    type: oneOrMore(typeName).optional().describe('The SELinux types that are right.'),
    never: oneOrMore(typeName).optional().describe('SELinux types that are wrong.'),
    categories: z.literal('pair').optional().describe('`pair`: each has two MCS categories of its own.'),
    absent: z
      .enum(['unknown', 'fail', 'not-applicable'])
      .default('unknown')
      .describe('What it comes to where no such process runs although it should.'),
  })
  .refine(
    params =>
      [params.component, params.family, params.argv].filter(value => value !== undefined).length === 1,
    {
      error: 'exactly one of component, family and argv is needed',
    },
  )
  .refine(
    params => params.type !== undefined || params.never !== undefined || params.categories !== undefined,
    {
      error: 'one of type, never and categories is needed',
    },
  )
  .superRefine(notBoth('type', 'never'))
  .describe('Running processes have the SELinux type they need.')
type Params = z.infer<typeof processSchema>

const processesAsk = { probe: 'processes', params: {} } as const

/** Running processes have the SELinux type they need. */
export const process: Kind<Params> = {
  name: 'process',
  schema: processSchema,
  refersTo: ({ component = [], except, family }) => [
    ...component.map(name => ({ to: 'component', name, key: 'component' }) as const),
    ...except.map(name => ({ to: 'component', name, key: 'except' }) as const),
    ...(family === undefined ? [] : [{ to: 'family', name: family, key: 'family' } as const]),
  ],
  keepsArgv: ({ argv }) => (argv === undefined ? [] : [argv]),
  asks: (params, knowledge) => [
    processesAsk,
    selinuxAsk,
    ...(knowledge.componentTypes ? [...ownerAsks(knowledge), ...knowledge.containerPolicies.asks] : []),
    ...familiesOf(params, knowledge.components.components).flatMap((family): Ask[] =>
      knowledge.components.families
        .filter(({ id, traces }) => id === family && traces.length > 0)
        .map(tracesAsk),
    ),
  ],
  judge: (params, read, knowledge) => {
    const without = withoutSelinux(read)
    if (without) return without
    const table = read(processesAsk)
    if (table.state === 'unreadable') return unknownBecause('processes', table)
    const chosen =
      params.argv === undefined
        ? chooseComponents(params, matcherOf(knowledge.components).recognise(table.value))
        : byArgv(params.argv, table.value.processes)
    const mapped = mappedTypes(read, knowledge)
    const findings = chosen.flatMap(one =>
      mistakesOf(asMapped(params, one, mapped), one).map(mistake => ({
        ...mistake,
        ...unitsOf(one, chosen),
      })),
    )
    if (findings.length > 0) return fail(...unique(findings))
    if (chosen.length === 0) return judgeAbsence(params, read, knowledge)
    const unlabelled = chosen.find(({ process: { context } }) => !context)
    if (unlabelled) return unknown(`${nameOf(unlabelled)}: its label is '${unlabelled.process.label}'`)
    const hidden = chosen.find(({ process: { pod } }) => pod === undefined)
    if (hidden) return unknown(`${nameOf(hidden)}: whether it runs in a pod could not be read`)
    const missing =
      params.absent === 'not-applicable'
        ? undefined
        : missingOnEveryNode(params, chosen, knowledge.components.components)
    if (missing) return unknown(`${missing.title} should run here beside its siblings and does not`)
    return passIfComplete(
      table,
      `${chosen.length} ${chosen.length === 1 ? 'process' : 'processes'} as ${mapped ? 'a profile says' : expected(params)}`,
    )
  },
}

type Chosen = Pick<Recognised, 'process'> & Partial<Recognised>

const chooseComponents = (params: Params, recognised: readonly Recognised[]): readonly Chosen[] =>
  recognised.filter(
    ({ component, privileged }) =>
      !params.except.includes(component.id) &&
      (params.component === undefined
        ? component.family === params.family
        : params.component.includes(component.id)) &&
      (params.privileged === undefined || privileged === params.privileged),
  )

const byArgv = (pattern: string, processes: readonly Process[]): readonly Chosen[] => {
  const { isIn } = compileLines(pattern)
  return processes.filter(({ argv }) => isIn(argv)).map(one => ({ process: one }))
}

// Under a policy that never had spc_t and container_t, a profile may say what stands for them.
const mappedTypes = (read: ReadAsk, knowledge: Knowledge): ComponentTypes | undefined =>
  knowledge.componentTypes && whosePolicy(read, knowledge).state === 'foreign'
    ? knowledge.componentTypes
    : undefined

const asMapped = (params: Params, { privileged }: Chosen, mapped: ComponentTypes | undefined): Params => {
  const type = privileged === undefined ? undefined : mapped?.[privileged ? 'privileged' : 'confined']
  return params.type === undefined || type === undefined ? params : { ...params, type: [...type] }
}

const nameOf = ({ component, process: { argv } }: Chosen): string => component?.title ?? argv.slice(0, 60)

// k3s starts a containerd of its own: that is no unit.
const unitsOf = (one: Chosen, all: readonly Chosen[]): { readonly units?: readonly string[] } => {
  const parent = all.find(other => other.process.pid === one.process.parent && other.component !== undefined)
  const { component, process: started } = parent ?? one
  const program = started.argv.split(/\s/, 1)[0]?.split('/').at(-1) ?? ''
  const units = Object.hasOwn(component?.units ?? {}, program) ? component?.units?.[program] : undefined
  return units === undefined ? {} : { units }
}

const mistakesOf = (params: Params, chosen: Chosen): readonly Finding[] => {
  const { context, label, argv, user } = chosen.process
  if (!context) return []
  const id = chosen.component?.id ?? argv.split(/\s/, 1)[0] ?? ''
  const line = `${label} ${user} ${argv}`
  const wrongType =
    (params.type !== undefined && !params.type.includes(context.type)) || params.never?.includes(context.type)
  if (wrongType)
    return [
      finding(
        `${id} in ${context.type}`,
        `${nameOf(chosen)} runs as ${context.type}${params.type ? `, expected ${params.type.join(' or ')}` : ''}`,
        [line],
      ),
    ]
  if (params.categories === 'pair' && categoryCount(context.range) !== 2)
    return [
      finding(
        `${id} without pair`,
        `${nameOf(chosen)} runs with range ${context.range ?? '(none)'}, expected one category pair`,
        [line],
      ),
    ]
  return []
}

const unique = (findings: readonly Finding[]): readonly Finding[] =>
  [...new Map(findings.toReversed().map(one => [one.key, one])).values()].toReversed()

const expected = (params: Params): string =>
  [
    params.type?.join(' or '),
    params.never && `anything but ${params.never.join(', ')}`,
    params.categories && 'with a category pair',
  ]
    .filter(Boolean)
    .join(' ')

const familiesOf = (params: Params, components: readonly Component[]): readonly string[] => [
  ...new Set(
    params.family === undefined
      ? components.filter(({ id }) => params.component?.includes(id)).map(({ family }) => family)
      : [params.family],
  ),
]

// Part of a group may be gone while the rest runs: what belongs on every node is missed by name.
const missingOnEveryNode = (
  params: Params,
  chosen: readonly Chosen[],
  components: readonly Component[],
): Component | undefined =>
  components.find(
    ({ id, family, everyNode, privileged }) =>
      everyNode &&
      family === params.family &&
      !params.except.includes(id) &&
      (params.privileged === undefined || privileged === params.privileged) &&
      !chosen.some(({ component }) => component?.id === id),
  )

const judgeAbsence = (params: Params, read: ReadAsk, knowledge: Knowledge): Judgement => {
  const table = read(processesAsk)
  if (table.state === 'read' && table.coverage?.complete === false)
    return unknown(table.coverage.why, table.coverage.next)
  if (params.argv !== undefined) {
    if (params.absent === 'fail') return fail(finding('not running', `no process matches ${params.argv}`))
    return params.absent === 'unknown'
      ? unknown(`no process matches ${params.argv}`)
      : notApplicableIfComplete(table, `no process matches ${params.argv}`)
  }
  const families = familiesOf(params, knowledge.components.components)
  const presences = families.map(family => familyPresence(family, knowledge.components, read))
  const here = presences.find(({ state }) => state === 'running' || state === 'traces')
  const what = (params.component ?? [params.family]).join(', ')
  if (here && params.absent === 'fail')
    return fail(finding('not running', `${what} does not run: ${here.reason}`))
  if (here && params.absent === 'unknown')
    return unknown(`${what} does not run, so its domain cannot be seen: ${here.reason}`)
  // Without traces on disk to look for, nothing says that it does not belong here.
  const traceless = knowledge.components.families.some(
    ({ id, traces }) => families.includes(id) && traces.length === 0,
  )
  if (traceless && params.absent === 'fail') return fail(finding('not running', `${what} does not run`))
  if (traceless && params.absent === 'unknown') return unknown(`no process of ${what} was found`)
  const open = presences.find(({ state }) => state === 'unknown')
  if (open) return unknown(open.reason)
  if (here) return notApplicableIfComplete(table, `${what} does not run on this node`)
  return notApplicable(presences.map(({ reason }) => reason).join('; '))
}
