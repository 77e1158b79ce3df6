import type { Command } from 'commander'
import { addDiff } from '../policy/diff.ts'
import { addInfo } from '../policy/info.ts'
import { addSearch } from '../policy/search.ts'
import { addWhy } from '../policy/why.ts'
import type { Done, World } from '../world.ts'

/** `sefleet policy search|info|diff|why`: questions to binary policies; touches no node and needs no SELinux. */
export const addPolicy = (program: Command, world: World, done: Done): void => {
  const policy = program.command('policy').description('Ask a kernel policy file what it allows')
  for (const add of [addSearch, addInfo, addDiff, addWhy]) add(policy, world, done)
}
