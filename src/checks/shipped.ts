import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseYaml } from '../model/yaml.ts'

// Compiled, this file is dist/src/checks/shipped.js; profiles ship beside dist.
export const shippedFolder = join(import.meta.dirname, '../../../src/profiles')
const dataFiles = new Set([
  'components.yaml',
  'policy-modules.yaml',
  'denial-signatures.yaml',
  'advisories.yaml',
])

/** Names of the shipped profiles. */
export const shippedProfiles = (): readonly string[] =>
  readdirSync(shippedFolder)
    .filter(name => name.endsWith('.yaml') && !dataFiles.has(name))
    .map(name => basename(name, '.yaml'))
    .toSorted()

/** The types and attributes that the shipped profiles name: the domains whose policy the operator cares about. */
export const shippedTypes = (): ReadonlySet<string> =>
  namedTypes(
    shippedProfiles().map(name => parseYaml(readFileSync(join(shippedFolder, `${name}.yaml`), 'utf8')).value),
  )

/** The types that checks name, wherever they stand in a profile. */
export const namedTypes = (profiles: unknown): ReadonlySet<string> => {
  const found = new Set<string>()
  const walk = (value: unknown, key: string): void => {
    if (typeof value === 'string' && typeKeys.has(key)) found.add(value)
    else if (Array.isArray(value)) for (const one of value) walk(one, key)
    else if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) walk(one, name)
  }
  walk(profiles, '')
  return found
}

const typeKeys = new Set(['source', 'target', 'type', 'to', 'types', 'attribute'])
