import { existsSync } from 'node:fs'
import { SefleetError } from '../errors.ts'
import { defaultProfiles } from '../checks/default-profiles.ts'
import { atHome } from '../inventory/home.ts'
import { loadInventory } from '../inventory/load.ts'
import { hostListing, selectNames } from '../inventory/select.ts'
import { lackingPasswords, withPasswords } from '../model/node-passwords.ts'
import { unansweredIn } from '../store/unanswered.ts'
import { forTerminalLine } from '../model/printable.ts'
import { Secret } from '../model/secret.ts'
import { collectRun, planJudgement, planRun, type Plan } from '../pipeline.ts'
import { loadOptionsOf } from './inventory-options.ts'
import { progressOn } from './progress.ts'
import type { SelectionOptions } from './selection.ts'
import { unlockBy } from './passphrases.ts'
import { givesBecomePassword, readPasswords } from './passwords.ts'
import { showScript } from './show-script.ts'
import type { World } from './world.ts'

/** Plans a run and collects it; undefined when the user only wanted to look. */
export const gather = async (
  options: SelectionOptions & { readonly waivers?: string },
  world: World,
): Promise<{ readonly folder: string; readonly interrupted: boolean } | undefined> => {
  const warn = (sentence: string) => world.stderr.write(`sefleet: ${forTerminalLine(sentence)}\n`)
  const judgedBy = {
    profiles: options.profile ?? defaultProfiles,
    ...(options.waivers === undefined ? {} : { waivers: options.waivers }),
  }
  for (const [option, file] of [
    ['-F', options.sshConfig === 'none' ? undefined : options.sshConfig],
    ['--private-key', options.privateKey],
  ] as const)
    if (file !== undefined && !existsSync(atHome(file)))
      throw new SefleetError('usage', `${option} ${file}: there is no such file`)
  const only =
    options.limitFrom === undefined ? {} : { only: await unansweredIn(options.output, options.limitFrom) }
  if (options.listHosts) {
    // What the real run would refuse is refused here too.
    planJudgement(judgedBy)
    // Names only, as Ansible does: how a node would be reached is looked at where one is to be asked.
    const inventory = loadInventory(options.inventory, { ...loadOptionsOf(options), warn })
    const { limit } = options
    world.stdout.write(
      hostListing(selectNames(inventory, { ...(limit === undefined ? {} : { limit }), ...only, warn })),
    )
    return undefined
  }
  const plan = planRun({
    inventories: options.inventory,
    ...loadOptionsOf(options),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...only,
    ...judgedBy,
    nodeSeconds: options.taskTimeout,
    become: options.become ?? false,
    becomeBy: {
      ...(options.becomeMethod === undefined ? {} : { method: options.becomeMethod }),
      ...(options.becomeUser === undefined ? {} : { user: options.becomeUser }),
    },
    connection: options.connection,
    // Who says where the keys are, need not be told.
    ...(options.hostKeys === undefined && options.knownHosts === undefined
      ? {}
      : { hostKeys: options.hostKeys ?? 'strict' }),
    warn,
  })
  const isAsked = options.become ?? false
  if (options.showScript !== undefined) {
    // What is run differs where a password is given; which one it is does not matter.
    const given = givesBecomePassword(options, world.env) ? { become: new Secret('PASSWORD') } : {}
    showScript({ ...plan, nodes: withPasswords(plan.nodes, given, isAsked) }, options, world)
    return undefined
  }
  const passwords = await readPasswords(options, lackingPasswords(plan.nodes, isAsked), world)
  return collectWith({ ...plan, nodes: withPasswords(plan.nodes, passwords, isAsked) }, options, world, warn)
}

const collectWith = async (
  plan: Plan,
  options: SelectionOptions,
  world: World,
  warn: (sentence: string) => void,
) => {
  const progress = progressOn(world.stderr, plan.nodes.length, world.now)
  const interruption = new AbortController()
  const stopListening = world.onInterrupt(() => interruption.abort())
  try {
    const { folder } = await collectRun(plan, {
      root: options.output,
      forks: options.forks,
      become: options.become ?? false,
      nodeSeconds: options.taskTimeout,
      transport: {
        ...(options.user === undefined ? {} : { user: options.user }),
        ...(options.privateKey === undefined ? {} : { privateKeyFiles: [atHome(options.privateKey)] }),
        ...(options.knownHosts === undefined ? {} : { knownHostsFiles: [atHome(options.knownHosts)] }),
        ...(options.hostKeys === undefined ? {} : { hostKeys: options.hostKeys }),
        ...(options.sshConfig === undefined ? {} : { configFile: atHome(options.sshConfig) }),
        ...(options.timeout === undefined ? {} : { connectSeconds: options.timeout }),
        sshClient: options.sshClient,
        tell: sentence => {
          progress.clear()
          warn(sentence)
        },
        unlock: unlockBy(options.passphraseCommand, world, () => progress.clear()),
      },
      now: world.now,
      signal: interruption.signal,
      ...(options.deadline === undefined ? {} : { deadlineSeconds: options.deadline }),
      onRecord: record => progress.record(record),
    })
    return { folder, interrupted: interruption.signal.aborted }
  } finally {
    progress.clear()
    stopListening()
  }
}
