import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseYaml } from '../model/yaml.ts'
import { namedTypes } from './named-types.ts'

// Compiled, this file is dist/src/checks/shipped.js; profiles ship beside dist.
export const shippedFolder = join(import.meta.dirname, '../../../src/profiles')
const dataFiles = new Set([
  'components.yaml',
  'container-policies.yaml',
  'policy-modules.yaml',
  'roll-back.yaml',
  'denial-signatures.yaml',
  'advisories.yaml',
  'watched-files.yaml',
  'roots.yaml',
  'packages.yaml',
  'runtimes.yaml',
  'enable-selinux.yaml',
  'writing-commands.yaml',
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
