import { defaultProfiles } from '../checks/default-profiles.ts'
import { atHome } from '../inventory/home.ts'
import { loadInventory } from '../inventory/load.ts'
import { hostListing, selectNames } from '../inventory/select.ts'
import { unansweredIn } from '../store/unanswered.ts'
import { forTerminalLine } from '../model/printable.ts'
import { collectRun, planJudgement, planRun, type Plan } from '../pipeline.ts'
import { loadOptionsOf } from './inventory-options.ts'
import { progressOn } from './progress.ts'
import type { SelectionOptions } from './selection.ts'
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
    connection: options.connection,
    ...(options.hostKeys === undefined ? {} : { hostKeys: options.hostKeys }),
    warn,
  })
  if (options.showScript === undefined) return collectWith(plan, options, world, warn)
  showScript(plan, options, world)
  return undefined
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
