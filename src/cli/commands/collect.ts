import type { Command } from 'commander'
import { addSelection, type SelectionOptions } from '../selection.ts'
import type { Done, World } from '../world.ts'

/** `sefleet collect`: stops at the snapshot; `sefleet report` judges it later, without SSH. */
export const addCollect = (program: Command, world: World, done: Done): void => {
  addSelection(
    program.command('collect').description('Ask the nodes and keep their answers; judge nothing'),
  ).action(async (options: SelectionOptions) => {
    const { gather } = await import('../gather.ts')
    const gathered = await gather(options, world)
    if (gathered === undefined) return done(0)
    world.stdout.write(`${gathered.folder}\n`)
    return done(gathered.interrupted ? 130 : 0)
  })
}
