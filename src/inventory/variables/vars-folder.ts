import { readdirSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { SefleetError } from '../../errors.ts'
import { replace } from '../sources/builder.ts'
import { byCodePoint } from '../../model/code-points.ts'
import type { Variable, Variables, VarsFolder } from '../inventory.ts'
import { mistake } from '../problem.ts'
import { pathKind } from '../sources/path-kind.ts'
import { decode, readBytes, unlocked } from '../sources/read-text.ts'
import type { Surroundings } from '../sources/surroundings.ts'
import { tellMisspelt } from '../sources/set-variable.ts'
import { isEmpty, kindOf, nameText } from '../tree.ts'
import { parseValues } from '../sources/values.ts'

const nothing: Variables = new Map()
const extensions = ['', '.yml', '.yaml', '.json']

/**
 * `group_vars/NAME` and `host_vars/NAME` of a folder: the first of NAME, NAME.yml, NAME.yaml and NAME.json that is there; of a
 * folder NAME every file in it, sorted, and in its sub-folders, later ones replacing earlier ones. (ansible-core
 * lib/ansible/parsing/dataloader.py, find_vars_files.) `shown` is the folder as messages name it.
 */
export const varsFolder = (folder: string, shown: string, surroundings: Surroundings): VarsFolder => {
  const entries = remembered(namesIn)
  const read = remembered((file: string) =>
    readVarsFile(file, join(shown, file.slice(folder.length)), surroundings),
  )
  const lookUp = (kind: 'group_vars' | 'host_vars') => {
    const within = join(folder, kind)
    const find = remembered((name: string): Variables => {
      // A path for a name (a chroot's, say) would lead out of the folder.
      if (name.startsWith('/') || name === '.' || name.split('/').includes('..')) return nothing
      return inOrder(filesFor(within, name, entries).map(read))
    })
    // For nearly all fleets there is no such folder, and ten thousand hosts need not ask one by one.
    return (name: string): Variables => (entries(within).size === 0 ? nothing : find(name))
  }
  return { groupVars: lookUp('group_vars'), hostVars: lookUp('host_vars') }
}

const remembered = <Value>(make: (key: string) => Value): ((key: string) => Value) => {
  const known = new Map<string, Value>()
  return key => {
    if (!known.has(key)) known.set(key, make(key))
    return known.get(key) as Value // set in the line above
  }
}

type Entries = (folder: string) => ReadonlySet<string>

const filesFor = (folder: string, name: string, entries: Entries): readonly string[] => {
  const listed = entries(folder)
  for (const extension of extensions) {
    const file = name + extension
    const path = join(folder, file)
    const isThere = file.includes('/') ? entries(dirname(path)).has(basename(path)) : listed.has(file)
    const kind = isThere ? pathKind(path, path) : undefined
    if (kind !== undefined) return kind === 'folder' ? filesBelow(path, entries) : [path]
  }
  return []
}

const filesBelow = (folder: string, entries: Entries): readonly string[] =>
  [...entries(folder)]
    .filter(name => !name.startsWith('.') && !name.endsWith('~'))
    .toSorted(byCodePoint)
    .flatMap(name => {
      const path = join(folder, name)
      const kind = pathKind(path, path)
      if (kind === 'folder') return extname(name) === '' ? filesBelow(path, entries) : []
      return kind === 'file' && extensions.includes(extname(name)) ? [path] : []
    })

const namesIn = (folder: string): ReadonlySet<string> => {
  try {
    return new Set(readdirSync(folder))
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return new Set()
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SefleetError('inventory-unreadable', `folder '${folder}' can't be read: ${why}`, { cause })
  }
}

const readVarsFile = (file: string, shown: string, { vault, warn }: Surroundings): Variables => {
  const root = parseValues(unlocked(decode(shown, readBytes(file, shown)), shown, vault), shown, warn)
  if (isEmpty(root)) return nothing
  if (root.kind !== 'mapping') {
    throw mistake(shown, root.place, `a file of variables must be a mapping, not ${kindOf(root)}`)
  }
  const variables = new Map<string, Variable>()
  for (const { key, value } of root.entries) {
    const variable = { value, file: shown }
    tellMisspelt(nameText(key), variable, warn)
    variables.set(nameText(key), variable)
  }
  return variables
}

const inOrder = (files: readonly Variables[]): Variables => {
  const [first = nothing, ...others] = files
  if (others.length === 0) return first
  const result = new Map<string, Variable>(first)
  for (const variables of others) for (const [name, variable] of variables) replace(result, name, variable)
  return result
}
