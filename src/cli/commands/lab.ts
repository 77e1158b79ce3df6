import { tmpdir } from 'node:os'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { repeated } from '../values.ts'
import type { Done, World } from '../world.ts'

interface DemoOptions {
  readonly output: string
  readonly nodes?: string
  readonly profile?: readonly string[]
}

/** `sefleet lab up|demo`: made-up nodes behind a real SSH server in this process, to try everything on. */
export const addLab = (
  program: Command,
  world: World,
  done: Done,
  run: (words: readonly string[], where: World) => Promise<number>,
): void => {
  const lab = program
    .command('lab')
    .description('A fleet of made-up nodes on this machine, to try sefleet on')
  lab
    .command('up')
    .description('Serve the nodes until ^C and say how to audit them')
    .action(async () => {
      const { startLab } = await import('../../lab/lab.ts')
      const folder = mkdtempSync(join(tmpdir(), 'sefleet-lab-'))
      const served = await startLab({ folder, ports: 'inventory' })
      world.stderr.write(
        `The lab serves ${served.nodes.length} nodes on 127.0.0.1 until ^C. In another terminal:\n\n` +
          `  sefleet audit -i ${served.inventory} --private-key ${served.privateKey} --known-hosts ${served.knownHosts}\n\n`,
      )
      await new Promise<void>(resolve => {
        const stopListening = world.onInterrupt(() => {
          stopListening()
          resolve()
        })
      })
      await served.stop()
      rmSync(folder, { recursive: true, force: true })
      done(0)
    })
  lab
    .command('demo')
    .description(
      'Serve the nodes, audit them over SSH before and after an update, and say where the report is',
    )
    .option('-o, --output <root>', 'folder that holds the runs', 'reports')
    .option('--nodes <file>', 'made-up nodes of your own; see src/lab/nodes.yaml')
    .option('-p, --profile <name>', 'judge by this profile, by name or file (repeatable)', repeated)
    .action(async (options: DemoOptions) => {
      const { evening, startLab } = await import('../../lab/lab.ts')
      const folder = mkdtempSync(join(tmpdir(), 'sefleet-lab-'))
      const served = await startLab({
        folder,
        ports: 'free',
        phase: 'before',
        ...(options.nodes === undefined ? {} : { nodes: options.nodes }),
      })
      try {
        const words = [
          '-i',
          served.inventory,
          '--private-key',
          served.privateKey,
          '--known-hosts',
          served.knownHosts,
          '-o',
          options.output,
          ...(options.profile ?? []).flatMap(name => ['-p', name]),
          // What lies in the working directory is about other nodes.
          '--playbook-dir',
          folder,
        ]
        world.stderr.write('The evening before the update:\n\n')
        // The demo's own data is the report: where the first run lies is only talk, and what the second is compared with.
        let before = ''
        const stdout = {
          write: (text: string) => {
            before += text
            return world.stderr.write(text)
          },
        }
        const collected = await run(['collect', ...words], {
          ...world,
          stdout,
          now: () => world.now() - evening * 1000,
        })
        if (collected !== 0) return done(collected)
        served.update()
        world.stderr.write('\nThe morning after:\n\n')
        const exit = await run(['audit', ...words, '--baseline', before.trim()], world)
        // The demo has worked when the audit could judge: its findings are the point.
        const judged = exit === 0 || exit === 1 || exit === 3
        if (judged)
          world.stderr.write(
            `\nThat was the lab: made-up nodes, real SSH. The audit’s own exit code is ${exit}; this demo ends with 0.\n` +
              `Open ${join(options.output, 'latest', 'index.html')}, or audit your own nodes:\n\n  sefleet audit -i inventory.yaml -b\n`,
          )
        return done(judged ? 0 : exit)
      } finally {
        await served.stop()
        rmSync(folder, { recursive: true, force: true })
      }
    })
}
