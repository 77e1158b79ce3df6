import { resolve } from 'node:path'
import { SefleetError } from '../errors.ts'
import { createBuilder } from './sources/builder.ts'
import { readExtraVars } from './variables/extra-vars.ts'
import { readHostList } from './sources/host-list.ts'
import { atHome } from './home.ts'
import type { Inventory, VarsFolder } from './inventory.ts'
import { readInventoryFile } from './sources/read-file.ts'
import { pathKind } from './sources/path-kind.ts'
import { findSource } from './sources/source.ts'
import { varsFolder } from './variables/vars-folder.ts'
import { openVault, type VaultOptions } from './variables/vault.ts'

export interface LoadOptions {
  /** The folder relative sources start from; the working directory unless given. */
  readonly base?: string
  /** `-e`: `key=value …`, YAML, or `@FILE`. */
  readonly extraVars?: readonly string[]
  /** Its `group_vars` and `host_vars` are read too, as for a playbook that lies there; the `base` unless given. */
  readonly playbookFolder?: string
  readonly vault?: VaultOptions
  /** Hears sentences for stderr, each once. */
  readonly warn?: (sentence: string) => void
}

/**
 * Reads inventory sources in their order, as Ansible does: files, folders, scripts, `node1,node2,`. A mistake throws a
 * SefleetError (`inventory-unreadable`, `inventory-invalid`, `inventory-script-failed`, `vault-locked`) that names file, line,
 * column and, where there is one, the nearest valid word. `group_vars` and `host_vars` are read when a host needs them.
 */
export const loadInventory = (sources: readonly string[], options: LoadOptions = {}): Inventory => {
  const { base = '.', playbookFolder, extraVars = [] } = options
  const builder = createBuilder(options.warn)
  const surroundings = { vault: openVault(options.vault), warn: builder.warn }
  // The same folder may lie beside two sources, and be the working directory too.
  const folders = new Map<string, VarsFolder>()
  const varsIn = (path: string, shown: string): VarsFolder => {
    const folder = folders.get(path) ?? varsFolder(path, shown, surroundings)
    folders.set(path, folder)
    return folder
  }
  const beside: VarsFolder[] = []
  for (const name of sources) {
    const source = findSource(name, base)
    if (source.kind === 'list') {
      builder.startFile(undefined)
      readHostList(builder, source.list, path => pathKind(resolve(base, path), path) === 'file')
      continue
    }
    if (source.files.length === 0)
      throw new SefleetError('inventory-empty', `folder '${name}' holds no inventory file`)
    for (const file of source.files) {
      builder.startFile(file.path)
      readInventoryFile(builder, file, surroundings)
    }
    beside.push(varsIn(source.folder, source.shownFolder))
  }
  const playbooks = playbookFolder ?? '.'
  if (pathKind(resolve(base, atHome(playbooks)), playbooks) !== 'folder') {
    throw new SefleetError('inventory-unreadable', `there is no folder '${playbooks}' for --playbook-dir`)
  }
  const besidePlaybook = {
    folder: varsIn(resolve(base, atHome(playbooks)), playbooks),
    isGiven: playbookFolder !== undefined,
  }
  const extra = readExtraVars(extraVars, base, surroundings)
  return { ...builder.finish(), beside, besidePlaybook, extra, vault: surroundings.vault }
}
