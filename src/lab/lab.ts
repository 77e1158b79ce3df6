import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SefleetError } from '../errors.ts'
import { parseYaml } from '../model/yaml.ts'
import { loadNodes, type Phase } from './data.ts'
import { makeKeyPair } from './keys.ts'
import { makeRoot } from './root.ts'
import { serveNode, type LabServer } from './server.ts'
import { linkTools } from './tools.ts'

export interface LabOptions {
  /** Where roots, keys and, with free ports, the inventory are written; 0700. */
  readonly folder: string
  /** `inventory`: the ports of inventories/lab.yaml; `free`: whatever is free, with an inventory of its own. */
  readonly ports: 'inventory' | 'free'
  /** What the nodes are like at first; `after` if it is left out. */
  readonly phase?: Phase
  /** A file of made-up nodes, of the names of the shipped ones, instead of these. */
  readonly nodes?: string
}

/** A fleet of made-up nodes behind a real SSH server in this process. */
export interface Lab {
  readonly inventory: string
  readonly knownHosts: string
  readonly privateKey: string
  readonly nodes: readonly { readonly name: string; readonly port: number }[]
  /** The update comes to the nodes: from now on they are as they are after it. */
  update(): void
  stop(): Promise<void>
}

// Compiled, this file is dist/src/lab/lab.js.
const shippedInventory = join(import.meta.dirname, '../../../inventories/lab.yaml')

/** Makes the roots, starts a server per node and says how to reach them. */
export const startLab = async ({ folder, ports, phase = 'after', nodes }: LabOptions): Promise<Lab> => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const text = readFileSync(shippedInventory, 'utf8')
  const planned = portsOf(text)
  const tools = linkTools(folder, process.env['PATH'] ?? '/usr/bin:/bin')
  const client = makeKeyPair()
  const privateKey = join(folder, 'id_ed25519')
  writeFileSync(privateKey, client.private, { mode: 0o600 })
  const servers: LabServer[] = []
  const served: { readonly name: string; readonly port: number; readonly line: string }[] = []
  const stop = async (): Promise<void> => void (await Promise.all(servers.map(server => server.stop())))
  const environments = new Map<string, Readonly<Record<string, string>>>()
  const make = (state: Phase): void => {
    const ago = state === 'before' ? evening : 0
    const now = Math.floor(Date.now() / 1000) - ago
    for (const [name, node] of loadNodes(state, nodes)) {
      const { root, bin } = makeRoot(join(folder, state), name, node, { now, ago })
      environments.set(name, { R: root, PATH: `${bin}:${tools}`, HOME: root })
    }
  }
  try {
    make(phase)
    for (const name of environments.keys()) {
      const host = makeKeyPair()
      const server = await serveNode(
        { hostKey: host.private, environment: () => environments.get(name) ?? {} },
        client.parsed,
        ports === 'free' ? 0 : (planned.get(name) ?? 0),
      )
      servers.push(server)
      served.push({
        name,
        port: server.port,
        line: `[127.0.0.1]:${server.port} ${host.public}`,
      })
    }
  } catch (cause) {
    await stop()
    throw new SefleetError(
      'lab-unservable',
      `the lab cannot serve its nodes: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
  const knownHosts = join(folder, 'known_hosts')
  writeFileSync(knownHosts, `${served.map(({ line }) => line).join('\n')}\n`)
  const inventory = ports === 'free' ? join(folder, 'lab.yaml') : shippedInventory
  if (ports === 'free')
    writeFileSync(inventory, withPorts(text, new Map(served.map(({ name, port }) => [name, port]))))
  return {
    inventory,
    knownHosts,
    privateKey,
    nodes: served.map(({ name, port }) => ({ name, port })),
    update: () => make('after'),
    stop,
  }
}

/** Seconds that the evening before is ago: the nodes’ clocks stand there then. */
export const evening = 16 * 3600

/** `name: { ansible_port: N }` of the shipped inventory. */
const portLine = /^(\s+)([\w-]+): \{ ansible_port: (\d+) \}/gm

const portsOf = (text: string): ReadonlyMap<string, number> => {
  parseYaml(text) // its own text must be YAML, whatever the pattern finds
  return new Map([...text.matchAll(portLine)].map(([, , name = '', port]) => [name, Number(port)]))
}

// A node that nothing serves keeps a port on which nothing listens: port 1 of the loopback address.
const withPorts = (text: string, ports: ReadonlyMap<string, number>): string =>
  text.replace(
    portLine,
    (_, indent: string, name: string) => `${indent}${name}: { ansible_port: ${ports.get(name) ?? 1} }`,
  )
