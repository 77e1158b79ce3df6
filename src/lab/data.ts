import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { parseYaml } from '../model/yaml.ts'

const text = z.union([z.string(), z.number()]).transform(String)
const texts = z.record(z.string(), text).default({})

/** What a made-up node is: what its files hold and its tools answer. Times are seconds before now, as negative numbers. */
const nodeSchema = z.strictObject({
  os: texts,
  kernel: z.string(),
  cmdline: z.string().default(''),
  booted: z.number().default(86_400),
  /** Absent: a kernel without SELinux. */
  enforce: z.number().optional(),
  configured: z.string().optional(),
  policyName: z.string().optional(),
  /**
   * The loaded one, and the installed one too (`NAME.loaded`, `NAME.installed`): a name in `policies` beside the file of nodes or in
   * src/lab/policies, or a path from that file.
   */
  policy: z.string().default('healthy'),
  /** Another one that is installed and not loaded. */
  installed: z.string().optional(),
  booleans: z.record(z.string(), z.number()).default({}),
  modules: texts,
  services: texts,
  /** `context TAB kind` */
  labels: texts,
  /** The policy's defaults where they differ from the labels. */
  defaults: texts,
  audit: texts,
  /** How often each record of it stands there. */
  repeat: z.number().default(1),
  /** `epoch version release architecture installed`; a list where several of one name are side by side. */
  rpm: z.record(z.string(), z.union([text, z.array(z.string())])).default({}),
  /** `version architecture installed` */
  dpkg: texts,
  /** Where updates go. */
  updates: z.enum(['in-place', 'snapshots', 'ostree']).default('in-place'),
  /** What the next boot brings: a snapshot's number or a deployment's checksum, and the packages that are otherwise there. */
  pending: z.strictObject({ where: text, rpm: texts }).optional(),
  files: texts,
  /** Binaries by their path, and the line they answer `--version` with. */
  versions: texts,
  /** When files were changed, where that matters. */
  edited: z.record(z.string(), z.number()).default({}),
  /** Every pod's process carries this label instead. */
  relabel: z.string().optional(),
  uid: z.number().default(0),
  processes: z.record(
    z.string(),
    z.strictObject({
      label: z.string(),
      argv: z.string(),
      pod: z.boolean().default(false),
      user: text.default('root'),
      elapsed: z.number().optional(),
    }),
  ),
})
export type LabNode = z.infer<typeof nodeSchema>

// Compiled, this file is dist/src/lab/data.js; the data ships beside dist.
const folder = join(import.meta.dirname, '../../../src/lab')
const file = join(folder, 'nodes.yaml')

/** A policy of the lab, as the kernel or as the disk has it: a name in src/lab/policies, or a path. */
export const labPolicy = (name: string, which: 'loaded' | 'installed'): Buffer =>
  readFileSync(resolve(folder, 'policies', `${name}.${which}`))

/** The morning after the update, or the evening before. */
export type Phase = 'before' | 'after'

/** The lab's nodes by name, inheritance resolved. */
export const loadNodes = (phase: Phase = 'after', from = file): ReadonlyMap<string, LabNode> => {
  const nodes = definitions(from)
  const concrete = Object.entries(nodes).filter(([, node]) => node['abstract'] !== true)
  return new Map(
    concrete.map(([name, { before }]) => {
      const made = phase === 'before' && before !== undefined ? z.string().parse(before) : name
      return [name, makeNode({ like: made }, from)]
    }),
  )
}

/** A node out of a definition: `like` another, and what differs. */
export const makeNode = (definition: Readonly<Record<string, unknown>>, from = file): LabNode =>
  withPolicies(nodeSchema.parse(withoutEmpty(resolved(definition, definitions(from)))), dirname(from))

const withPolicies = (node: LabNode, beside: string): LabNode => {
  const pathOf = (name: string): string => {
    const own = resolve(beside, name.includes('/') ? '.' : 'policies', name)
    return name.includes('/') || existsSync(`${own}.installed`) ? own : name
  }
  return {
    ...node,
    policy: pathOf(node.policy),
    ...(node.installed === undefined ? {} : { installed: pathOf(node.installed) }),
  }
}

const definitions = (from: string): Readonly<Record<string, Raw>> => {
  const known = defined.get(from) ?? rawSchema.parse(parseYaml(readFileSync(from, 'utf8')).value).nodes
  defined.set(from, known)
  return known
}
const defined = new Map<string, Readonly<Record<string, Raw>>>()

const resolved = (own: Raw, nodes: Readonly<Record<string, Raw>>): Raw => {
  const { like, ...rest } = own
  delete rest['abstract']
  delete rest['before']
  if (like === undefined) return rest
  const name = z.string().parse(like)
  const base = nodes[name]
  if (!base) throw new Error(`${file}: no node ${name}`)
  return merge(resolved(base, nodes), rest)
}

type Raw = Record<string, unknown>
const rawSchema = z.strictObject({ nodes: z.record(z.string(), z.record(z.string(), z.unknown())) })

const isMap = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const merge = (base: Raw, over: Raw): Raw => {
  const merged = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key]
    merged[key] = isMap(value) && isMap(below) ? merge(below, value) : value
  }
  return merged
}

// `~` (YAML's null) takes a key away.
const withoutEmpty = (value: Raw): Raw =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== null)
      .map(([key, one]) => [key, isMap(one) ? withoutEmpty(one) : one]),
  )
