import { resolve } from 'node:path'
import { statSync } from 'node:fs'
import { createBuilder } from './builder.ts'
import { readHostList } from './host-list.ts'
import type { Inventory } from './inventory.ts'
import { readSource } from './source.ts'
import { readYamlFile } from './yaml-file.ts'

export interface LoadOptions {
  /** The folder relative sources start from; the working directory unless given. */
  readonly base?: string
}

/**
 * Reads inventory sources in their order: Ansible YAML files and `node1,node2,` lists. A mistake throws a SefleetError
 * (`inventory-unreadable`, `inventory-invalid`) that names file, line, column and, where there is one, the nearest valid word.
 */
export const loadInventory = (sources: readonly string[], { base = '.' }: LoadOptions = {}): Inventory => {
  const builder = createBuilder()
  for (const name of sources) {
    const source = readSource(name, base)
    if (source.kind === 'file') readYamlFile(builder, source.file, source.text)
    else readHostList(builder, source.list, path => isFile(resolve(base, path)))
  }
  return builder.finish()
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
