import type { Command } from 'commander'
import { sections } from '../../policy/info/sections.ts'
import type { Done, World } from '../world.ts'
import { infoText, type InfoOptions } from './info-text.ts'
import { addPolicyPlace, loadPolicy, policyWords, type PolicyPlace } from './policy-argument.ts'

/** `sefleet policy info`: what seinfo prints. */
export const addInfo = (policy: Command, world: World, done: Done): void => {
  const command = policy
    .command('info')
    .description('Count and list what a policy declares; options and lines are seinfo’s')
    .argument('<policy>', `${policyWords}; before an option that may take a value`)
  for (const { option, short, title, value } of sections)
    command.option(
      `${short === undefined ? '' : `-${short}, `}--${option}${value === undefined ? '' : ` [${value}]`}`,
      title,
    )
  addPolicyPlace(command)
    .option('--all', 'everything')
    .option('-x, --expand', 'whole statements: members, permissions, ranges')
    .option('--flat', 'neither counts nor indentation')
    .option('--json', 'as JSON')
    .action(async (path: string, options: InfoOptions & PolicyPlace) => {
      world.stdout.write(infoText((await loadPolicy(path, options)).policy, path, options))
      done(0)
    })
}
