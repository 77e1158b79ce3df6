import { accessSync, constants } from 'node:fs'
import { extname } from 'node:path'
import { scalarText } from '../../model/yaml-scalar.ts'
import type { YamlTree } from '../../model/yaml-tree.ts'
import { SefleetError } from '../../errors.ts'
import type { Builder } from './builder.ts'
import { readIniFile } from '../ini/ini-file.ts'
import { isKubectlOutput, readKubectlNodes } from './kubectl-nodes.ts'
import { mistake } from '../problem.ts'
import { decode, readBytes, unlocked } from './read-text.ts'
import { askScript } from './script.ts'
import { readScriptJson } from './script-json.ts'
import type { SourceFile } from './source.ts'
import type { Surroundings } from './surroundings.ts'
import { field, isNull, kindOf } from '../tree.ts'
import { parseJson, parseValues } from './values.ts'
import { readYamlGroups } from './yaml-groups.ts'

/**
 * Reads one inventory file in the format it is in: a program is asked; `.yaml`, `.yml` and `.json` hold YAML or JSON; a file
 * without extension either these or INI; every other file is INI. A file that can't be read whole stops the run: Ansible
 * would go on with what it had understood until there.
 */
export const readInventoryFile = (
  builder: Builder,
  { path, shown }: SourceFile,
  surroundings: Surroundings,
): void => {
  const bytes = readBytes(path, shown)
  const extension = extname(path)
  const isYaml = yamlExtensions.has(extension)
  if (isProgram(bytes)) {
    if (isExecutable(path)) return readScript(builder, { path, shown }, surroundings)
    if (!isYaml) throw invalid(shown, 'is a script that may not be run: chmod +x it')
  }
  if (extension === '.toml') throw invalid(shown, `is TOML, which is not supported${convert(shown)}`)
  const text = unlocked(decode(shown, bytes), shown, surroundings.vault)
  if (text.split('\n').every(line => /^\s*(?:#|$)/.test(line)))
    throw mistake(shown, start, 'this inventory is empty')
  const mayBeYaml = extension === '' || (isYaml && hasSection.test(text))
  if (isYaml && !mayBeYaml) return readTree(builder, shown, parseValues(text, shown, surroundings.warn))
  const tree = mayBeYaml ? yamlIn(text, shown, surroundings) : undefined
  if (tree) readTree(builder, shown, tree)
  else readIniFile(builder, shown, text)
}

const yamlExtensions = new Set(['.yaml', '.yml', '.json'])
const hasSection = /^\[[^\]:\s]+(?::\w+)?\]\s*(?:#.*)?$/m
const start = { line: 1, column: 1 }

const readTree = (builder: Builder, shown: string, root: YamlTree): void => {
  if (isNull(root)) throw mistake(shown, start, 'this inventory is empty')
  if (root.kind !== 'mapping') {
    throw mistake(shown, root.place, `an inventory must be a mapping of groups, not ${kindOf(root)}`)
  }
  if (root.entries.length === 0) throw mistake(shown, root.place, 'this inventory is empty')
  const plugin = field(root, 'plugin')
  if (plugin?.kind === 'scalar' && plugin.value) {
    const sentence = `this configures the inventory plugin ${scalarText(plugin.value)}, which only Ansible can run`
    throw mistake(shown, plugin.place, sentence + convert(shown))
  }
  if (isKubectlOutput(root)) readKubectlNodes(builder, shown, root)
  else if (field(root, '_meta')) readScriptJson(builder, shown, root)
  else readYamlGroups(builder, shown, root)
}

const readScript = (builder: Builder, { path, shown }: SourceFile, { warn }: Surroundings): void => {
  const root = parseJson(askScript(path, shown, ['--list'], warn), `${shown} --list`)
  if (isKubectlOutput(root)) return readKubectlNodes(builder, shown, root)
  readScriptJson(builder, `${shown} --list`, root, host => {
    const text = askScript(path, shown, ['--host', host], warn)
    return text.trim() === '' ? undefined : parseValues(text, `${shown} --host ${host}`, warn)
  })
}

// Without an extension both are possible: what is a mapping is YAML, the rest INI.
const yamlIn = (text: string, shown: string, { warn }: Surroundings): YamlTree | undefined => {
  const heard: string[] = []
  try {
    const tree = parseValues(text, shown, sentence => heard.push(sentence))
    if (tree.kind !== 'mapping') return undefined
    for (const sentence of heard) warn(sentence)
    return tree
  } catch (cause) {
    if (cause instanceof SefleetError && !looksLikeYaml(text)) return undefined
    throw cause
  }
}

// The first line that says something begins a document, a flow mapping or a block mapping.
const looksLikeYaml = (text: string): boolean => {
  const first = text.split('\n').find(line => /^\s*[^\s#;]/.test(line)) ?? ''
  return /^(?:---|\{|["'\w.-]+:\s*(?:#.*)?$)/.test(first)
}

// Only what the kernel can run: a YAML file from a share where all files are executable is no program.
const isProgram = (bytes: Buffer): boolean =>
  bytes.subarray(0, 2).toString('latin1') === '#!' ||
  ['7f454c46', 'cffaedfe', 'cafebabe'].includes(bytes.subarray(0, 4).toString('hex'))

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const convert = (shown: string): string =>
  `; give what it says instead: \`ansible-inventory -i ${shown} --list > hosts.json\``

const invalid = (shown: string, why: string): SefleetError =>
  new SefleetError('inventory-invalid', `inventory '${shown}' ${why}`)
