import type { Command } from 'commander'
import { SefleetError } from '../../errors.ts'
import { didYouMean } from '../../model/nearest.ts'
import { forTerminalLine } from '../../model/printable.ts'
import type { Group, Host, Inventory } from '../../inventory/inventory.ts'
import { addInventory, addVariables, loadOptionsOf, type InventoryOptions } from '../inventory-options.ts'
import type { Done, World } from '../world.ts'

interface Options extends InventoryOptions {
  readonly list?: true
  readonly host?: string
  readonly graph?: true
  readonly explain?: string
  readonly vars?: true
  readonly export?: true
  readonly json?: true
}

/** `sefleet inventory --list|--host NAME|--graph [GROUP]|--explain NAME`: what the inventory says; touches no node. */
export const addInventoryCommand = (program: Command, world: World, done: Done): void => {
  const command = addInventory(
    program
      .command('inventory')
      .description('Show the inventory as ansible-inventory does, and why a variable is what it is')
      .argument('[group]', 'where --graph begins (default: all)'),
  )
    .optionsGroup('What to show, one of the first four:')
    .option('--list', 'all groups and hosts with their variables, as JSON')
    .option('--host <name>', 'the variables of one host, as JSON')
    .option('--graph', 'groups and hosts as a tree')
    .option(
      '--explain <name>',
      'for each variable of a host: which file and line gave it, and what it overrode',
    )
    .option('--vars', 'with --graph: show variables')
    .option('--export', 'show variables where they are set, not as they come out at each host')
    .option('--json', 'with --explain: as JSON')
  addVariables(command).action(async (start: string | undefined, options: Options) => {
    const ways = [options.list, options.host, options.graph, options.explain]
    if (ways.filter(way => way !== undefined).length !== 1) {
      throw new SefleetError('usage', 'say one of --list, --host NAME, --graph and --explain NAME')
    }
    for (const [option, with_] of [
      [start === undefined ? undefined : 'GROUP', 'graph'],
      [options.vars && '--vars', 'graph'],
      [options.json && '--json', 'explain'],
    ] as const) {
      if (option !== undefined && options[with_] === undefined)
        throw new SefleetError('usage', `${option} goes with --${with_} only`)
    }
    world.stdout.write(await shown(start ?? 'all', options, world))
    done(0)
  })
}

const shown = async (start: string, options: Options, world: World): Promise<string> => {
  const { loadInventory } = await import('../../inventory/load.ts')
  const { graphInventory, listInventory, showHost } = await import('../../inventory/show/listing.ts')
  const { explainHost, explanationText } = await import('../../inventory/show/explain.ts')
  const { selectNames } = await import('../../inventory/select.ts')
  const warn = (sentence: string) => world.stderr.write(`sefleet: ${forTerminalLine(sentence)}\n`)
  const inventory = loadInventory(options.inventory, { ...loadOptionsOf(options), warn })
  const { limit } = options
  const listing = {
    ...(limit === undefined ? {} : { hosts: selectNames(inventory, { limit, warn }) }),
    exported: options.export ?? false,
  }
  if (options.list) return listInventory(inventory, listing)
  if (options.host !== undefined) return showHost(inventory, hostIn(inventory, options.host).name, listing)
  if (options.explain !== undefined) {
    const explanation = explainHost(inventory, hostIn(inventory, options.explain))
    return options.json ? `${JSON.stringify(explanation, undefined, 2)}\n` : explanationText(explanation)
  }
  const graph = { ...listing, withVariables: options.vars ?? false }
  return graphInventory(inventory, groupIn(inventory, start), graph)
}

const hostIn = (inventory: Inventory, name: string): Host => {
  const host = inventory.hosts.get(name)
  if (host) return host
  const words = [...inventory.hosts.keys()]
  throw new SefleetError('limit-empty', `the inventory has no host '${name}'${didYouMean(name, words)}`)
}

const groupIn = (inventory: Inventory, name: string): Group => {
  const group = inventory.groups.get(name)
  if (group) return group
  const words = [...inventory.groups.keys()]
  throw new SefleetError('limit-empty', `the inventory has no group '${name}'${didYouMean(name, words)}`)
}
