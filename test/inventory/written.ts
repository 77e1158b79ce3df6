import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { parseYaml, type YamlText } from '../../src/model/yaml.ts'
import type { InventoryCase } from './oracle.ts'

const names = z.array(z.string())
const written = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/),
  /** The feature or trap, in one sentence. */
  about: z.string().min(10),
  files: z.record(z.string().regex(/^(?!\/)(?!.*\.\.).+$/), z.string()).default({}),
  /** Which of the files are scripts. */
  executable: names.default([]),
  /** As given to -i. */
  sources: z.array(z.string()).min(1).readonly(),
  patterns: names.default([]),
  limits: names.default([]),
  /** True where Ansible itself refuses the inventory when every source has to be read. */
  refused: z.literal(true).optional(),
  /** Patterns and limits that Ansible answers with an error. */
  errors: names.default([]),
  /** Why we do not read the whole inventory as Ansible does. */
  differs: z.string().min(10).optional(),
  /** Patterns and limits that we answer otherwise, each with the reason. */
  except: z.record(z.string(), z.string().min(10)).default({}),
})

/** An inventory written for the purpose (test/fixtures/inventory/written), with what to ask about it. */
export type WrittenCase = z.output<typeof written> & { readonly from: string }

const folder = 'test/fixtures/inventory/written'

/** All written inventories; throws where a file is not as it should be. */
export const writtenCases = (): readonly WrittenCase[] => {
  const cases = readdirSync(folder)
    .filter(file => file.endsWith('.yaml'))
    .toSorted()
    .flatMap(from => read(from))
  const seen = new Set<string>()
  for (const { name, from } of cases) {
    if (seen.has(name)) throw new Error(`${from}: a second case is named ${name}`)
    seen.add(name)
  }
  return cases
}

const read = (from: string): readonly WrittenCase[] => {
  const { value } = parsed(from)
  if (!Array.isArray(value) || value.length === 0) throw new Error(`${from}: no list of cases`)
  return value.map((item: unknown, index) => {
    const checked = written.safeParse(item)
    if (!checked.success) throw new Error(`${from}, case ${index + 1}: ${z.prettifyError(checked.error)}`)
    const { name, files, executable, patterns, limits, errors } = checked.data
    const missing = executable.find(path => files[path] === undefined)
    if (missing !== undefined) throw new Error(`${from}, ${name}: no file ${missing} to execute`)
    const asked = new Set([...patterns, ...limits])
    const unasked = errors.find(error => !asked.has(error))
    if (unasked !== undefined) throw new Error(`${from}, ${name}: nobody asks '${unasked}'`)
    for (const list of [patterns, limits])
      if (new Set(list).size < list.length) throw new Error(`${from}, ${name}: a pattern is asked twice`)
    return { ...checked.data, from }
  })
}

const parsed = (from: string): YamlText => {
  try {
    return parseYaml(readFileSync(join(folder, from), 'utf8'))
  } catch (cause) {
    throw new Error(`${from} is no YAML`, { cause })
  }
}

/** Lays the files of a case into a folder, as a checkout would have them. */
export const layOut = (
  { files, executable = [] }: Pick<InventoryCase, 'files' | 'executable'>,
  root: string,
): void => {
  for (const [path, text] of Object.entries(files)) {
    const target = join(root, path)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, text)
    chmodSync(target, executable.includes(path) ? 0o755 : 0o644)
  }
}
