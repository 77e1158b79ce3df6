import { commandLine } from '../collect/command-line.ts'
import { pullScript } from '../collect/pull-script.ts'
import { scriptFor } from '../collect/script.ts'
import { SefleetError } from '../errors.ts'
import { nearest } from '../model/nearest.ts'
import { becomingOf } from '../model/node.ts'
import { loadedPath } from '../model/policy-files.ts'
import type { Plan } from '../pipeline.ts'
import type { SelectionOptions } from './selection.ts'
import type { World } from './world.ts'

/** Prints what a node would be given on the stdin of its one command, for whoever reviews what runs as root. */
export const showScript = (plan: Plan, options: SelectionOptions, world: World): void => {
  const named = options.showScript
  const node = typeof named === 'string' ? plan.nodes.find(({ name }) => name === named) : plan.nodes[0]
  if (!node) {
    const near = nearest(
      String(named),
      plan.nodes.map(({ name }) => name),
    )
    throw new SefleetError(
      'limit-empty',
      `no selected node is called ${String(named)}${near === undefined ? '' : `: did you mean ${near}?`}`,
    )
  }
  const root = becomingOf(node.connection, options.become ?? false)
  world.stdout.write(scriptFor(plan.script, 'RANDOM-MARKER'))
  world.stderr.write(
    `sefleet: on ${node.name} this is the stdin of: ${commandLine(root, options.taskTimeout)}\n` +
      (root?.password ? '  The password comes before it, as a line of its own.\n' : '') +
      `  Only line 1 differs from node to node. sha256 of the rest: ${plan.script.sha256}\n` +
      `  Once per distinct policy of the fleet, one node that has it is also given this:\n\n` +
      pullScript('RANDOM-MARKER', loadedPath) +
      (plan.policyScript
        ? `\n  A node whose policy cannot be fetched or read is asked with its own tools (sha256 ${plan.policyScript.sha256}):\n\n` +
          scriptFor(plan.policyScript, 'RANDOM-MARKER')
        : ''),
  )
}
