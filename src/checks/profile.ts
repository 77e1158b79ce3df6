import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { SefleetError } from '../errors.ts'
import type { Check, Expression, Knowledge, Profile } from '../model/check.ts'
import { commandWrites } from './command-writes.ts'
import { commandsIn, countMistakes, referenceMistakes, toExpression } from './profile-expression.ts'
import {
  didYouMean,
  isMapping,
  parseOrRefuse,
  refuseAll,
  refusing,
  type Mistake,
  type Path,
} from './profile-mistakes.ts'
import { checkShape, profileShape, requirementKeys } from './profile-shape.ts'
import { shapeMistakes } from './shape-mistakes.ts'
import { quotesForShell, typographicQuotes } from './typographic-quotes.ts'
import type { YamlText } from '../model/yaml.ts'

/** What a shell says of a command that it cannot parse. */
export type ShellMistake = (command: string) => string | undefined

interface ParseOptions {
  readonly knowledge: Knowledge
  readonly shellMistake: ShellMistake
}

/**
 * Reads a profile's text; an error tells all its mistakes, each with file, line, column and what was meant. Without a shell to ask,
 * commands are taken as they are.
 */
export const parseProfile = (
  text: string,
  file: string,
  knowledge: Knowledge,
  shellMistake: ShellMistake = () => undefined,
): Profile => {
  const options: ParseOptions = { knowledge, shellMistake }
  const yaml = parseOrRefuse(text, file)
  const refuse = refusing(yaml, file)
  const root = yaml.value
  if (!isMapping(root))
    throw refuse([], 'a profile is a mapping with profile, title, lowered and checks; README shows one')
  if (yaml.tagged.length > 0)
    throw new SefleetError(
      'profile-invalid',
      yaml.tagged
        .map(
          ({ line, column }) =>
            `${file}:${line}:${column}: to YAML, ! before a value is a tag and no part of it: put the whole value in single quotes`,
        )
        .join('\n'),
    )
  const shape = profileShape.safeParse(root)
  const lowered = shape.success && guardMistakes(root, []).length === 0 ? toLowered(shape.data.lowered) : []
  const entries = Array.isArray(root['checks']) ? root['checks'] : []
  const checks = entries.map((entry: unknown, index) => readCheck(entry, ['checks', index], yaml, options))
  const quotes = typographicQuotes(root)
  const isQuoted = new Set(quotes.map(({ path }) => path.map(String).join('.')))
  const refusal = refuseAll(
    [
      ...(shape.success ? [] : shapeMistakes(shape.error, [], yaml)),
      ...guardMistakes(root, []),
      ...lowered.flatMap(({ when }, index) => meaningMistakes(when, ['lowered', index, 'when'], options)),
      ...checks.flatMap(one => ('mistakes' in one ? one.mistakes : [])),
      ...idMistakes(entries),
    ]
      // What is wrong with a value in such quotes is that.
      .filter(({ path }) => !isQuoted.has(path.map(String).join('.')))
      .concat(quotes),
    yaml,
    file,
  )
  if (refusal || !shape.success) throw refusal ?? new Error('a profile that is neither read nor refused')
  const { profile, title, componentTypes } = shape.data
  return {
    name: profile,
    ...(title === undefined ? {} : { title }),
    sha256: createHash('sha256').update(text).digest('hex'),
    text,
    ...(componentTypes ? { componentTypes } : {}),
    checks: checks.flatMap(one =>
      'check' in one ? [{ ...one.check, profile, lowered: [...one.check.lowered, ...lowered] }] : [],
    ),
  }
}

/** What is no mistake and yet worth a look before it runs on nodes: commands that plainly write there. */
export const profileWarnings = (profile: Profile, file: string, knowledge: Knowledge): readonly string[] => {
  const yaml = parseOrRefuse(profile.text, file)
  return profile.checks.flatMap((check, index) =>
    expressionsOf(check, ['checks', index])
      .flatMap(({ expression, path }) => commandsIn(expression, path))
      .flatMap(({ run, path }) => {
        const { line, column } = yaml.place(path)
        return commandWrites(run, knowledge).map(
          what => `${file}:${line}:${column}: ${check.id}: the command ${what}: it is to read only`,
        )
      }),
  )
}

const readCheck = (
  entry: unknown,
  path: Path,
  yaml: YamlText,
  options: ParseOptions,
): { readonly check: Check } | { readonly mistakes: readonly Mistake[] } => {
  const parsed = checkShape.safeParse(entry)
  const mistakes = [
    ...(parsed.success ? [] : shapeMistakes(parsed.error, path, yaml)),
    ...countMistakes(entry, path, true),
    ...(isMapping(entry) ? guardMistakes(entry, path) : []),
  ]
  if (mistakes.length > 0 || !parsed.success) return { mistakes }
  const check = toCheck(parsed.data)
  const meant = expressionsOf(check, path)
    .flatMap(({ expression, path: here }) => meaningMistakes(expression, here, options))
    .map(one => ({ ...one, message: `${check.id}: ${one.message}` }))
  return meant.length > 0 ? { mistakes: meant } : { check }
}

// Requirements within a check or a profile that say where something applies.
const guardMistakes = (owner: Record<string, unknown>, path: Path): readonly Mistake[] => [
  ...('when' in owner ? countMistakes(owner['when'], [...path, 'when'], false) : []),
  ...['lowered', 'instead'].flatMap(key => {
    const entries = owner[key]
    if (!Array.isArray(entries)) return []
    return entries.flatMap((one: unknown, index) =>
      isMapping(one) && 'when' in one ? countMistakes(one['when'], [...path, key, index, 'when'], false) : [],
    )
  }),
]

const expressionsOf = (
  { requirement, when, lowered, instead }: Check,
  path: Path,
): readonly { readonly expression: Expression; readonly path: Path }[] => [
  { expression: requirement, path },
  ...(when ? [{ expression: when, path: [...path, 'when'] }] : []),
  ...lowered.map((one, index) => ({ expression: one.when, path: [...path, 'lowered', index, 'when'] })),
  ...instead.map((one, index) => ({ expression: one.when, path: [...path, 'instead', index, 'when'] })),
]

const meaningMistakes = (
  expression: Expression,
  path: Path,
  { knowledge, shellMistake }: ParseOptions,
): readonly Mistake[] => [
  ...referenceMistakes(expression, path, knowledge),
  ...commandsIn(expression, path).flatMap(({ run, path: here }) => {
    const quotes = quotesForShell(run)
    if (quotes !== undefined) return [{ path: here, message: quotes }]
    const said = shellMistake(run)
    return said === undefined ? [] : [{ path: here, message: `sh cannot parse this command: ${said}` }]
  }),
]

const idMistakes = (entries: readonly unknown[]): readonly Mistake[] => {
  const ids = entries.map(entry => (isMapping(entry) ? entry['id'] : undefined))
  const known = ids.filter(id => typeof id === 'string')
  return entries.flatMap((entry, index) => {
    const id = ids[index]
    const causes = isMapping(entry) ? [entry['consequenceOf'] ?? []].flat() : []
    return [
      ...(typeof id === 'string' && ids.indexOf(id) !== index
        ? [{ path: ['checks', index, 'id'], message: `the id ${id} is used twice` }]
        : []),
      ...causes.flatMap(cause =>
        typeof cause !== 'string' || known.includes(cause)
          ? []
          : [
              {
                path: ['checks', index, 'consequenceOf'],
                message: `no check ${cause} in this profile${didYouMean(cause, known)}`,
              },
            ],
      ),
    ]
  })
}

type CheckData = z.infer<typeof checkShape>

const toCheck = (data: CheckData): Check => {
  const { id, title = id, severity, references = [], consequenceOf = [], when, lowered, instead = [] } = data
  const values: Readonly<Record<string, unknown>> = data
  const key = requirementKeys.find(one => one in values) ?? ''
  const optional = {
    why: data.why,
    remedy: data.remedy,
    takeBack: data.takeBack,
    afterwards: data.afterwards,
    avoid: data.avoid,
    finding: data.finding,
    failureTitle: data.failureTitle,
    symptom: data.symptom,
  }
  return {
    id,
    profile: '',
    title,
    severity,
    references,
    consequenceOf,
    requirement: toExpression({ [key]: values[key] }),
    lowered: toLowered(lowered),
    instead: instead.map(one => ({
      when: toExpression(isMapping(one.when) ? one.when : {}),
      remedy: one.remedy,
    })),
    ...(isMapping(when) ? { when: toExpression(when) } : {}),
    // Every value that is left is a text.
    ...(Object.fromEntries(Object.entries(optional).filter(([, one]) => one !== undefined)) as Partial<
      Pick<
        Check,
        'why' | 'remedy' | 'takeBack' | 'afterwards' | 'avoid' | 'finding' | 'failureTitle' | 'symptom'
      >
    >),
  }
}

const toLowered = (entries: CheckData['lowered'] = []): Check['lowered'] =>
  entries.map(({ when, to, because }) => ({
    when: toExpression(isMapping(when) ? when : {}),
    to,
    because,
  }))
