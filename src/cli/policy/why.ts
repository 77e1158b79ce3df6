import type { Command } from 'commander'
import { forTerminalLine } from '../../model/printable.ts'
import { whyLines } from '../../policy/why/words.ts'
import { repeated, xpermNumber } from '../values.ts'
import type { Done, World } from '../world.ts'
import { addPolicyPlace, loadPolicy, policyWords, type PolicyPlace } from './policy-argument.ts'
import { whyAll, type WhyOptions } from './why-words.ts'

/** `sefleet policy why`: what audit2why says, without a running SELinux. */
export const addWhy = (policy: Command, world: World, done: Done): void => {
  addPolicyPlace(
    policy
      .command('why')
      .description('Why an access is allowed or denied: rule, boolean, constraint, or nothing at all')
      .argument('<policy>', policyWords),
  )
    .option('-s, --source <type>', 'source type, or its whole context')
    .option('-t, --target <type>', 'target type, or its whole context')
    .option('-c, --class <class>', 'object class')
    .option('-p, --perms <perms>', 'permissions, separated by commas')
    .option('-x, --xperm <number>', 'of an ioctl or netlink message: its number, such as 0x5401', xpermNumber)
    .option('--denial <line>', 'take all of these from a denial of the audit log')
    .option('--boolean <name=on|off>', 'as if the boolean were so (repeatable)', repeated)
    .option('--json', 'as JSON')
    .action(
      async (path: string, { json, ...options }: WhyOptions & PolicyPlace & { readonly json?: true }) => {
        const { policy: asked, booleans } = await loadPolicy(path, options)
        const found = whyAll(asked, options, booleans)
        if (json) world.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`)
        else for (const line of found.flatMap(whyLines)) world.stdout.write(`${forTerminalLine(line)}\n`)
        done(0)
      },
    )
}
