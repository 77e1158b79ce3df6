import { Option, type Command } from 'commander'
import { defaultProfiles } from '../checks/default-profiles.ts'
import { limits } from '../model/limits.ts'
import type { ConnectionKind, SshClient } from '../model/node.ts'
import { addInventory, addVariables, type InventoryOptions } from './inventory-options.ts'
import { connectionKind, repeated, sshClient, wholeNumber } from './values.ts'

/** The options that say which nodes, how to reach them and what to ask: the same for audit and collect. */
export interface SelectionOptions extends InventoryOptions {
  readonly profile?: readonly string[]
  readonly forks: number
  readonly connection: ConnectionKind
  readonly sshClient: SshClient
  readonly user?: string
  readonly privateKey?: string
  readonly knownHosts?: string
  readonly timeout: number
  readonly taskTimeout: number
  readonly become?: true
  readonly output: string
  readonly listHosts?: true
  readonly showScript?: true | string
}

/** Adds them to a command; names and letters are Ansible's where Ansible has them. */
export const addSelection = (command: Command): Command =>
  addVariables(
    addInventory(command).option(
      '-p, --profile <name>',
      `profile, by name or file (repeatable; default ${defaultProfiles.join(' and ')})`,
      repeated,
    ),
  )
    .optionsGroup('Reaching the nodes:')
    .addOption(
      new Option('-f, --forks <n>', 'nodes asked at the same time')
        .default(limits.forks)
        .argParser(wholeNumber),
    )
    .addOption(
      new Option('-c, --connection <ssh|local>', 'where the inventory names none; local asks this machine')
        .default('ssh')
        .argParser(connectionKind),
    )
    .addOption(
      new Option(
        '--ssh-client <auto|builtin|openssh>',
        'who speaks SSH; auto takes OpenSSH’s client where the configuration needs it',
      )
        .default('auto')
        .argParser(sshClient),
    )
    .option('-u, --user <name>', 'log in as this user where the inventory names none')
    .option('--private-key <file>', 'log in with this key (default: ssh-agent, then ~/.ssh/id_*)')
    .option('--known-hosts <file>', 'verify host keys by this file (default: ~/.ssh/known_hosts)')
    .addOption(
      new Option('-T, --timeout <seconds>', 'limit for connecting')
        .default(limits.connectSeconds)
        .argParser(wholeNumber),
    )
    .addOption(
      new Option('--task-timeout <seconds>', 'limit for all questions to one node')
        .default(limits.nodeSeconds)
        .argParser(wholeNumber),
    )
    .option('-b, --become', 'become root with sudo -n; what needs root is unknown where that fails')
    .optionsGroup('Looking first:')
    .option('--list-hosts', 'print the selected nodes and touch none')
    .option('--show-script [node]', 'print what would run on a node and touch none')
    .optionsGroup('Output:')
    .option('-o, --output <root>', 'folder that holds the runs', 'reports')
