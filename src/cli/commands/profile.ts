import type { Command } from 'commander'
import { defaultProfiles } from '../../checks/default-profiles.ts'
import type { Done, World } from '../world.ts'

/** `sefleet profile list|show|check|schema|reference`: looks at profiles; touches no node. */
export const addProfile = (program: Command, world: World, done: Done): void => {
  const profile = program.command('profile').description('List, show and check profiles')
  profile
    .command('list')
    .description('The shipped profiles; * marks the default ones')
    .action(async () => {
      const { loadKnowledge, loadProfiles } = await loader()
      const { shippedProfiles } = await import('../../checks/shipped.ts')
      const knowledge = loadKnowledge()
      for (const { name, title = '', checks } of loadProfiles(shippedProfiles(), knowledge)) {
        const mark = defaultProfiles.some(one => one === name) ? '*' : ' '
        world.stdout.write(`${mark} ${name.padEnd(20)} ${checks.length} checks  ${title}\n`)
      }
      done(0)
    })
  profile
    .command('show')
    .description('The checks of a profile')
    .argument('<name>', 'name or file')
    .option('--json', 'as JSON')
    .action(async (name: string, options: { readonly json?: true }) => {
      const { loadKnowledge, loadProfiles } = await loader()
      const [found] = loadProfiles([name], loadKnowledge())
      const { text: _source, ...shown } = found ?? { text: '' }
      if (options.json) world.stdout.write(`${JSON.stringify(shown, undefined, 2)}\n`)
      else
        for (const { id, severity, title } of found?.checks ?? [])
          world.stdout.write(`${severity.padEnd(8)} ${id.padEnd(24)} ${title}\n`)
      done(0)
    })
  profile
    .command('check')
    .description(
      'Says what is wrong with profiles, each mistake with file, line and column, and which commands plainly write on a node',
    )
    .argument('<file...>', 'names or files')
    .action(async (files: readonly string[]) => {
      const { loadKnowledge, loadProfiles, loadShipped } = await loader()
      const { profileWarnings } = await import('../../checks/profile.ts')
      const { clashesBeside } = await import('../../checks/one-namespace.ts')
      const { forTerminalLine } = await import('../../model/printable.ts')
      const knowledge = loadKnowledge()
      const shipped = loadShipped(knowledge)
      for (const [index, one] of loadProfiles(files, knowledge).entries()) {
        const file = files[index] ?? one.name
        const beside = clashesBeside({ profile: one, file }, shipped).map(
          clash => `${clash}, or leave that profile out of a run`,
        )
        for (const warning of [...profileWarnings(one, file, knowledge), ...beside])
          world.stderr.write(`sefleet: ${forTerminalLine(warning)}\n`)
        world.stdout.write(
          `${one.name}: ${one.checks.length} ${one.checks.length === 1 ? 'check' : 'checks'}, valid\n`,
        )
      }
      done(0)
    })
  profile
    .command('schema')
    .description('JSON Schema of a profile, for editors')
    .action(async () => {
      const { profileSchema } = await import('../../checks/json-schema.ts')
      world.stdout.write(`${JSON.stringify(profileSchema(), undefined, 2)}\n`)
      done(0)
    })
  profile
    .command('reference')
    .description('Every key of a profile, as Markdown')
    .action(async () => {
      const { profileReference } = await import('../../checks/profile-reference.ts')
      world.stdout.write(profileReference())
      done(0)
    })
}

// What is heavy to load is loaded by the command that needs it.
const loader = () => import('../../checks/load.ts')
