import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { SefleetError } from '../errors.ts'
import { advisoriesFileSchema } from '../model/advisory.ts'
import type { Knowledge, Profile } from '../model/check.ts'
import { componentsFileSchema } from '../model/component.ts'
import { containerPoliciesSchema } from '../model/container-policies.ts'
import { signaturesFileSchema } from '../model/denial.ts'
import { enableSelinuxSchema } from '../model/enable-selinux.ts'
import { nearest } from '../model/nearest.ts'
import { rollBackFileSchema } from '../model/roll-back.ts'
import { rootsFileSchema } from '../model/roots.ts'
import { runtimesSchema } from '../model/runtimes.ts'
import { writingCommandsSchema } from '../model/writing-commands.ts'
import { parseYaml } from '../model/yaml.ts'
import { ofOneNamespace, type PlacedProfile } from './one-namespace.ts'
import { parseProfile } from './profile.ts'
import { pathText } from './schema-parts.ts'
import { readText } from './read-text.ts'
import { shellMistake } from './shell-mistake.ts'
import { shippedFolder as folder, shippedProfiles } from './shipped.ts'

/** The domain's shipped data; read once, for what is compiled of it (patterns, above all) is kept beside it. */
export const loadKnowledge = (): Knowledge => (shippedKnowledge ??= readKnowledge())
let shippedKnowledge: Knowledge | undefined

const readKnowledge = (): Knowledge => ({
  ...loadData('denial-signatures.yaml', signaturesFileSchema),
  components: loadData('components.yaml', componentsFileSchema),
  advisories: loadData('advisories.yaml', advisoriesFileSchema).advisories,
  policyModules: loadData('policy-modules.yaml', policyModulesSchema).policyModules,
  rollBack: loadData('roll-back.yaml', rollBackFileSchema).rollBack,
  enableSelinux: loadData('enable-selinux.yaml', enableSelinuxSchema).enableSelinux,
  writingCommands: loadData('writing-commands.yaml', writingCommandsSchema).writing,
  ...loadData('watched-files.yaml', watchedFilesSchema),
  ...loadData('roots.yaml', rootsFileSchema),
  ...loadData('packages.yaml', packagesSchema),
  ...loadData('runtimes.yaml', z.strictObject({ runtimes: runtimesSchema })),
  containerPolicies: loadData(
    'container-policies.yaml',
    z.strictObject({ containerPolicies: containerPoliciesSchema }),
  ).containerPolicies,
})

const policyModulesSchema = z.strictObject({
  policyModules: z.array(
    z.strictObject({ package: z.string(), module: z.string(), types: z.array(z.string()) }),
  ),
})

const packagesSchema = z.strictObject({
  packages: z
    .array(z.string().regex(/^[\w.*-]+$/, { error: 'a glob over names of packages is needed' }))
    .min(1),
})

const watchedFilesSchema = z.strictObject({
  watchedFiles: z.array(pathText),
  contextWords: z.array(z.string().min(1)).min(1),
})

const loadData = <Value>(name: string, schema: z.ZodType<Value>): Value => {
  const file = join(folder, name)
  const yaml = parseYaml(readFileSync(file, 'utf8'))
  const parsed = schema.safeParse(yaml.value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const { line, column } = yaml.place(issue?.path ?? [])
  throw new SefleetError('profile-invalid', `${file}:${line}:${column}: ${issue?.message ?? 'not valid'}`)
}

/** Loads profiles by name or by path; a shipped name wins over a file without a slash or an ending. */
export const loadProfiles = (names: readonly string[], knowledge: Knowledge): readonly Profile[] => {
  return ofOneNamespace(eachOrAll(names, name => loadProfile(name, knowledge)))
}

/** The profiles that are shipped, as they are named in messages. */
export const loadShipped = (knowledge: Knowledge): readonly PlacedProfile[] =>
  shippedProfiles().map(name => loadProfile(name, knowledge))

const loadProfile = (name: string, knowledge: Knowledge): PlacedProfile => {
  const shipped = shippedProfiles()
  if (shipped.includes(name)) return loadShippedProfile(name, knowledge)
  const text = readOrRefuse(name, name, shipped)
  return { profile: { ...parseProfile(text, name, knowledge, shellMistake), own: true }, file: name }
}

const loadShippedProfile = (name: string, knowledge: Knowledge): PlacedProfile => {
  const known = shippedBy.get(knowledge) ?? new Map<string, PlacedProfile>()
  shippedBy.set(knowledge, known)
  const file = `${name}.yaml`
  const placed = known.get(name) ?? {
    profile: parseProfile(readFileSync(join(folder, file), 'utf8'), file, knowledge),
    file,
  }
  known.set(name, placed)
  return placed
}
const shippedBy = new WeakMap<Knowledge, Map<string, PlacedProfile>>()

/** A profile as a run has it. */
export interface StoredProfile {
  readonly name: string
  readonly own?: true | undefined
  /** Absent where the run is of a version that did not keep it. */
  readonly text?: string | undefined
  /** Where it lies, for messages. */
  readonly place: string
}

/**
 * The profiles of a run: the operator's own by their texts in it, the shipped ones by their names, so that an old run is judged by
 * what is known today.
 */
export const loadStoredProfiles = (
  stored: readonly StoredProfile[],
  knowledge: Knowledge,
): readonly Profile[] =>
  ofOneNamespace(
    stored.map(({ name, own, text, place }) => {
      if (own === true && text !== undefined)
        return { profile: { ...parseProfile(text, place, knowledge), own }, file: place }
      if (own !== true && shippedProfiles().includes(name)) return loadProfile(name, knowledge)
      throw new SefleetError(
        'profile-not-kept',
        `this run was judged by the profile ${name}, which is none of the shipped ones, and ${place} is not there`,
      )
    }),
  )

// The mistakes of all files at once.
const eachOrAll = (
  names: readonly string[],
  load: (name: string) => PlacedProfile,
): readonly PlacedProfile[] => {
  const refusals: SefleetError[] = []
  const profiles = names.flatMap(name => {
    try {
      return [load(name)]
    } catch (error) {
      if (!(error instanceof SefleetError)) throw error
      refusals.push(error)
      return []
    }
  })
  const [first] = refusals
  if (first) throw new SefleetError(first.code, refusals.map(({ message }) => message).join('\n'))
  return profiles
}

const readOrRefuse = (file: string, name: string, shipped: readonly string[]): string => {
  try {
    return readText(file, { shown: file, invalid: 'profile-invalid' })
  } catch (cause) {
    if (cause instanceof SefleetError) throw cause
    const near = existsSync(file) ? undefined : nearest(name, shipped)
    throw new SefleetError(
      'profile-unreadable',
      `cannot read the profile ${name}${near === undefined ? '' : `: did you mean ${near}?`} (${cause instanceof Error ? cause.message : String(cause)})`,
      { cause },
    )
  }
}
