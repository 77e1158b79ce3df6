import { accessSync, constants, readFileSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { SefleetError } from '../errors.ts'
import { didYouMean } from '../model/nearest.ts'
import { mistake } from './problem.ts'

/** What one `-i` stands for. */
export type Source =
  | { readonly kind: 'list'; readonly list: string }
  | { readonly kind: 'file'; readonly file: string; readonly text: string }

/** Finds out what a source is and reads it; refuses what is not supported yet, so that no variable gets lost silently. */
export const readSource = (source: string, base: string): Source => {
  const path = resolve(base, source)
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats || source === '') {
    if (source.includes(',')) return { kind: 'list', list: source }
    throw new SefleetError(
      'inventory-unreadable',
      `inventory '${source}' does not exist${meant(source, path)}`,
    )
  }
  if (stats.isDirectory()) {
    throw unsupported(
      source,
      'is a directory: give its files one by one with several -i, or convert it',
      source,
    )
  }
  const text = decode(source, readBytes(source, path))
  refuseOtherFormats(source, path, text)
  refuseVariableFolders(source, dirname(path))
  return { kind: 'file', file: source, text }
}

const meant = (source: string, path: string): string => {
  if (/^[\w.-]+$/.test(source) && !/\.(?:ya?ml|json|ini)$/.test(source))
    return `; for a list of hosts write '${source},'`
  return didYouMean(basename(path), namesIn(dirname(path)))
}

const readBytes = (source: string, path: string): Buffer => {
  try {
    return readFileSync(path)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SefleetError('inventory-unreadable', `inventory '${source}' can't be read: ${why}`, { cause })
  }
}

const decode = (source: string, bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new SefleetError('inventory-invalid', `inventory '${source}' is not UTF-8 text`, { cause })
  }
}

const refuseOtherFormats = (source: string, path: string, text: string): void => {
  const extension = extname(path).toLowerCase()
  const isYaml = ['.yaml', '.yml', '.json'].includes(extension)
  if (text.startsWith('#!') || (!isYaml && isExecutable(path))) {
    throw unsupported(
      source,
      'is a script, and inventory scripts are not supported: save what it says',
      source,
    )
  }
  if (text.startsWith('$ANSIBLE_VAULT')) {
    throw mistake(
      source,
      { line: 1, column: 1 },
      'this file is encrypted by ansible-vault: give a decrypted copy',
    )
  }
  const section = text.split('\n').findIndex(line => /^\[[^\]:\s]+(?::\w+)?\]\s*(?:#.*)?$/.test(line))
  if (!isYaml && (extension !== '' || section >= 0)) {
    const line = section >= 0 ? `:${section + 1}:1` : ''
    throw unsupported(
      `${source}${line}`,
      `is not YAML (${extension || 'INI'} is not supported): convert it`,
      source,
    )
  }
}

// Files on Windows shares are all executable, so YAML's extension decides against it; elsewhere Ansible would run them.
const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const refuseVariableFolders = (source: string, folder: string): void => {
  for (const name of ['group_vars', 'host_vars']) {
    if (namesIn(join(folder, name)).some(file => !file.startsWith('.'))) {
      const sentence = `has a folder ${name} beside it, which Ansible would read and sefleet can't yet: convert it`
      throw unsupported(source, sentence, source)
    }
  }
}

const unsupported = (where: string, why: string, source: string): SefleetError =>
  new SefleetError(
    'inventory-invalid',
    `inventory '${where}' ${why}, e.g. with \`ansible-inventory -i ${source} --list --yaml --output hosts.yaml\``,
  )

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
