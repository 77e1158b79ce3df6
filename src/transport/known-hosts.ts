import { readFileSync } from 'node:fs'
import { SefleetError } from '../errors.ts'
import { hashedNames } from './hashed-names.ts'
import { hasPattern, matchesHostList } from './host-pattern.ts'
import { type KnownHostsLine, parseKnownHostsLine } from './known-hosts-line.ts'

/** What the known_hosts files say, indexed: a plain name costs nothing, whatever the number of lines. */
export interface KnownHosts {
  /** The files that were read; for sentences. */
  readonly files: readonly string[]
  /** Every line for this name (in lower case, as lookupName gives it), in the order of files and lines. */
  find(name: string): readonly KnownHostsLine[]
}

/** A file to read; one that is not there counts as empty unless it is required. */
export interface KnownHostsFile {
  readonly path: string
  readonly isRequired: boolean
}

/** Reads the files once. A required one that is missing, or any that cannot be read, is `known-hosts-unreadable`. */
export const readKnownHosts = (files: readonly KnownHostsFile[]): KnownHosts =>
  indexKnownHosts(files.map(file => ({ file: file.path, text: readText(file) })))

/** Indexes texts that were read. */
export const indexKnownHosts = (texts: readonly { file: string; text: string }[]): KnownHosts => {
  const lines = texts.flatMap(({ file, text }) =>
    text.split('\n').flatMap((line, index) => parseKnownHostsLine(line, file, index + 1) ?? []),
  )
  const order = new Map(lines.map((line, index) => [line, index]))
  const hashed = hashedNames(lines.filter(({ names }) => names.startsWith('|')))
  const rest = lines.filter(({ names }) => !names.startsWith('|'))
  const patterns = rest.filter(({ names }) => hasPattern(names))
  const plain = new Map<string, KnownHostsLine[]>()
  for (const line of rest) if (!hasPattern(line.names)) addPlain(plain, line)
  return {
    files: texts.map(({ file }) => file),
    find: name =>
      [
        ...(plain.get(name) ?? []),
        ...patterns.filter(({ names }) => matchesHostList(names, name)),
        ...hashed.find(name),
      ].toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)),
  }
}

const addPlain = (index: Map<string, KnownHostsLine[]>, line: KnownHostsLine): void => {
  for (const name of new Set(line.names.toLowerCase().split(','))) {
    const lines = index.get(name)
    if (lines) lines.push(line)
    else index.set(name, [line])
  }
}

const readText = ({ path, isRequired }: KnownHostsFile): string => {
  try {
    // Names and keys are ASCII; whatever bytes a comment has cannot fail.
    return readFileSync(path, 'latin1')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    if (code === 'ENOENT' && !isRequired) return ''
    throw new SefleetError('known-hosts-unreadable', `known_hosts file ${path} cannot be read: ${code}`, {
      cause,
    })
  }
}

/** Each list of files is read once. */
export const knownHostsReader = (): ((files: readonly KnownHostsFile[]) => KnownHosts) => {
  const read = new Map<string, KnownHosts>()
  return files => {
    const key = JSON.stringify(files)
    const known = read.get(key) ?? readKnownHosts(files)
    read.set(key, known)
    return known
  }
}
