import { readdirSync, realpathSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { SefleetError } from '../../errors.ts'
import { byCodePoint } from '../../model/code-points.ts'
import { didYouMean } from '../../model/nearest.ts'
import { atHome } from '../home.ts'
import { pathKind } from './path-kind.ts'

/** What one `-i` stands for. Paths are absolute; `shown` is the path as messages name it. */
export type Source =
  | { readonly kind: 'list'; readonly list: string }
  | {
      readonly kind: 'files'
      readonly files: readonly SourceFile[]
      /** Where `group_vars` and `host_vars` of this source lie: in the folder given, or beside the file given. */
      readonly folder: string
      readonly shownFolder: string
    }

export interface SourceFile {
  readonly path: string
  readonly shown: string
}

/** Finds out what a source is: a path that exists, else a list of hosts if it holds a comma. Throws `inventory-unreadable`. */
export const findSource = (source: string, base: string): Source => {
  const path = resolve(base, atHome(source))
  const kind = source === '' ? undefined : pathKind(path, source)
  if (kind === 'folder') {
    return { kind: 'files', files: filesIn(path, source, []), folder: path, shownFolder: source }
  }
  if (kind === 'file') {
    const files = [{ path, shown: source }]
    return { kind: 'files', files, folder: dirname(path), shownFolder: dirname(source) }
  }
  if (source.includes(',')) return { kind: 'list', list: source }
  throw new SefleetError('inventory-unreadable', `inventory '${source}' does not exist${meant(source, path)}`)
}

const meant = (source: string, path: string): string => {
  if (/^[\w.-]+$/.test(source) && !/\.(?:ya?ml|json|ini)$/.test(source))
    return `; for a list of hosts write '${source},'`
  try {
    return didYouMean(basename(path), readdirSync(dirname(path)))
  } catch {
    return ''
  }
}

// Ansible's own list (inventory_ignore_extensions and inventory/manager.py), without `.ini`: it is read from 2.19 on.
const skippedExtensions = '.pyc .pyo .swp .bak .rpm .md .txt .rst .orig .cfg .retry'.split(' ')
const isSkipped = (name: string): boolean =>
  name.startsWith('.') ||
  name.endsWith('~') ||
  ['host_vars', 'group_vars', 'vars_plugins'].includes(name) ||
  skippedExtensions.includes(extname(name))

const filesIn = (folder: string, shown: string, above: readonly string[]): readonly SourceFile[] => {
  const real = realpathSync(folder)
  if (above.includes(real)) {
    throw new SefleetError('inventory-invalid', `folder '${shown}' leads back to a folder that it is in`)
  }
  return namesIn(folder, shown)
    .filter(name => !isSkipped(name))
    .flatMap(name => {
      const file = { path: join(folder, name), shown: join(shown, name) }
      const isFolder = pathKind(file.path, file.shown) === 'folder'
      return isFolder ? filesIn(file.path, file.shown, [...above, real]) : [file]
    })
}

const namesIn = (folder: string, shown: string): readonly string[] => {
  try {
    return readdirSync(folder).toSorted(byCodePoint)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SefleetError('inventory-unreadable', `'${shown}' can't be read: ${why}`, { cause })
  }
}
