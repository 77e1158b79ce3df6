import type { Command } from 'commander'
import type { LoadOptions } from '../inventory/load.ts'
import { repeated } from './values.ts'

/** What says which nodes there are and what is known of them: the same wherever an inventory is read. */
export interface InventoryOptions {
  readonly inventory: readonly string[]
  readonly limit?: string
  readonly extraVars?: readonly string[]
  readonly playbookDir?: string
  readonly vaultPasswordFile?: readonly string[]
  readonly vaultId?: readonly string[]
}

/** Adds `-i` and `-l`. */
export const addInventory = (command: Command): Command =>
  command
    .requiredOption(
      '-i, --inventory <source>',
      'inventory as Ansible has it: file, folder, script, or node1,node2, (repeatable); also `kubectl get nodes -o json`',
      repeated,
    )
    .option('-l, --limit <pattern>', 'only these nodes and groups: web:&prod:!db-1, ~regex, @file')

/** Adds the options that bring in more variables; names and letters are Ansible's. */
export const addVariables = (command: Command): Command =>
  command
    .optionsGroup('Variables of the inventory:')
    .option(
      '-e, --extra-vars <vars>',
      'key=value, YAML or JSON, or @file; wins over all others (repeatable)',
      repeated,
    )
    .option(
      '--playbook-dir <folder>',
      'read its group_vars and host_vars too (default: the working directory)',
    )
    .option('--vault-password-file <file>', 'for ansible-vault, where an encrypted value is needed', repeated)
    .option('--vault-id <label@file>', 'the same with a label (repeatable)', repeated)

export const loadOptionsOf = (options: InventoryOptions): LoadOptions => ({
  ...(options.extraVars ? { extraVars: options.extraVars } : {}),
  ...(options.playbookDir === undefined ? {} : { playbookFolder: options.playbookDir }),
  vault: { passwordFiles: options.vaultPasswordFile ?? [], ids: options.vaultId ?? [] },
})
