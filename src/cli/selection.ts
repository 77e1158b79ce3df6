import { Option, type Command } from 'commander'
import { defaultProfiles } from '../checks/default-profiles.ts'
import { limits } from '../model/limits.ts'
import type { HostKeyPolicy } from '../model/host-keys.ts'
import { becomeMethods, type BecomeMethod, type ConnectionKind, type SshClient } from '../model/node.ts'
import { addInventory, addVariables, type InventoryOptions } from './inventory-options.ts'
import {
  becomeMethod,
  connectionKind,
  duration,
  hostKeyPolicy,
  repeated,
  sshClient,
  wholeNumber,
} from './values.ts'

/** The options that say which nodes, how to reach them and what to ask: the same for audit and collect. */
export interface SelectionOptions extends InventoryOptions {
  readonly profile?: readonly string[]
  readonly forks: number
  readonly connection: ConnectionKind
  readonly sshClient: SshClient
  readonly user?: string
  readonly privateKey?: string
  readonly knownHosts?: string
  readonly hostKeys?: HostKeyPolicy
  readonly sshConfig?: string
  readonly timeout?: number
  readonly taskTimeout: number
  readonly deadline?: number
  readonly limitFrom?: string
  readonly become?: true
  readonly becomeMethod?: BecomeMethod
  readonly becomeUser?: string
  readonly askPass?: true
  readonly connectionPasswordFile?: string
  readonly askBecomePass?: true
  readonly becomePasswordFile?: string
  readonly passphraseCommand?: string
  readonly output: string
  readonly listHosts?: true
  readonly showScript?: true | string
}

/** Adds them to a command; names and letters are Ansible's where Ansible has them. */
export const addSelection = (command: Command): Command =>
  addVariables(
    addInventory(command)
      .option('--limit-from <run:missing>', 'only the nodes without an answer in that run, e.g. last:missing')
      .option(
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
    .option('-F, --ssh-config <file>', 'instead of ~/.ssh/config and the system’s; none for none')
    .option('--known-hosts <file>', 'verify host keys by this file (default: ~/.ssh/known_hosts)')
    .addOption(
      new Option(
        '--host-keys <strict|accept-new|off>',
        'accept-new remembers the key of a node that has none yet; off verifies nothing (default: strict)',
      ).argParser(hostKeyPolicy),
    )
    .addOption(
      new Option(
        '-T, --timeout <seconds>',
        `limit for connecting (default: ConnectTimeout of ssh_config, or ${limits.connectSeconds})`,
      ).argParser(wholeNumber),
    )
    .addOption(
      new Option('--task-timeout <seconds>', 'limit for all questions to one node')
        .default(limits.nodeSeconds)
        .argParser(wholeNumber),
    )
    .addOption(
      new Option(
        '--deadline <duration>',
        'limit for the whole run, as 30m or 1h30m; what has not answered is missing',
      ).argParser(duration),
    )
    .optionsGroup('Logging in and becoming root:')
    .option('-k, --ask-pass', 'ask for a password for SSH, for nodes without a variable for it')
    .addOption(
      new Option('--connection-password-file <file>', 'the same from a file or a program').conflicts(
        'askPass',
      ),
    )
    .option(
      '--passphrase-command <command>',
      'prints the passphrase of the encrypted key in $SEFLEET_KEY_FILE',
    )
    .option('-b, --become', 'become root; what needs root is unknown where that fails')
    .addOption(
      new Option('--become-method <method>', `one of ${becomeMethods.join(', ')} (default sudo)`).argParser(
        becomeMethod,
      ),
    )
    .option('--become-user <name>', 'become this user instead of root')
    .option('-K, --ask-become-pass', 'ask for the password that sudo, su or doas wants')
    .addOption(
      new Option('--become-password-file <file>', 'the same from a file or a program').conflicts(
        'askBecomePass',
      ),
    )
    .optionsGroup('Looking first:')
    .option('--list-hosts', 'print the selected nodes and touch none')
    .option('--show-script [node]', 'print what would run on a node and touch none')
    .optionsGroup('Output:')
    .option('-o, --output <root>', 'folder that holds the runs', 'reports')
