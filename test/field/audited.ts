import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../src/cli/run.ts'
import { evening } from '../../src/lab/lab.ts'
import { makeNode, type Phase } from '../../src/lab/data.ts'
import { makeKeyPair } from '../../src/lab/keys.ts'
import { makeRoot } from '../../src/lab/root.ts'
import { serveNode, type LabServer } from '../../src/lab/server.ts'
import { linkTools } from '../../src/lab/tools.ts'
import type { Audit } from '../../src/model/audit.ts'
import { fakeWorld } from '../cli/world.ts'
import { linkLightShell } from '../lab/light.ts'
import { mergedNodes, patchCase, readNodes } from './nodes.ts'

/** What an audit of a case came to. */
export interface Audited {
  readonly exit: number
  readonly audit: Audit
  /** The summary on stderr, white space folded. */
  readonly said: string
  /** A file of the run. */
  readonly file: (path: string) => string
}

/**
 * Serves the nodes of a case (`nodes.yaml` in the lab's schema over the shipped ones, changed further by `patch.sh ROOT BIN NAME PHASE
 * NOW`) over real SSH and audits them; with a file `drift`, what they were the evening before is collected first, as the baseline.
 */
export const auditCase = async (folder: string, work: string, extra: readonly string[]): Promise<Audited> => {
  const own = readNodes(join(folder, 'nodes.yaml'))
  const merged = mergedNodes(folder, work)
  const names = Object.keys(own).filter(name => own[name]?.['abstract'] !== true)
  const environments = new Map<string, Readonly<Record<string, string>>>()
  const tools = linkTools(work, process.env['PATH'] ?? '/usr/bin:/bin')
  // Without `timeout` there, nothing is started before the shell.
  const light = join(work, 'light')
  mkdirSync(light)
  linkLightShell(light, '/bin/sh', tools)
  const make = (phase: Phase): void => {
    for (const name of names) {
      const { root, bin } = makeCaseRoot({
        folder,
        work,
        merged,
        name,
        phase,
        like: likeOf(own, name, phase),
      })
      environments.set(name, { R: root, PATH: `${bin}:${light}`, HOME: root })
    }
  }
  const fleet = await serve(names, work, environments)
  try {
    const words = [
      '-i',
      fleet.inventory,
      '--private-key',
      fleet.key,
      '--known-hosts',
      fleet.knownHosts,
      '-o',
      join(work, 'reports'),
      '--playbook-dir',
      work,
    ]
    const baseline = existsSync(join(folder, 'drift')) ? ['--baseline', await collectBefore(make, words)] : []
    make('after')
    const { world, err } = fakeWorld()
    const exit = await run(['audit', ...words, ...baseline, ...extra], world)
    const latest = join(work, 'reports', 'latest')
    if (!existsSync(join(latest, 'audit.json'))) throw new Error(`no report (exit ${exit}): ${err()}`)
    // just written by the tool
    const audit = JSON.parse(readFileSync(join(latest, 'audit.json'), 'utf8')) as Audit
    const files = new Map(
      readdirSync(latest, { recursive: true, encoding: 'utf8' })
        .filter(path => /\.(?:ya?ml|cil|md|xml|html)$/.test(path))
        .map(path => [path, readFileSync(join(latest, path), 'utf8')]),
    )
    return {
      exit,
      audit,
      said: err().replaceAll(/\s+/g, ' '),
      file: path => files.get(path) ?? '',
    }
  } finally {
    await Promise.all(fleet.servers.map(server => server.stop()))
    for (const phase of ['before', 'after']) rmSync(join(work, phase), { recursive: true, force: true })
  }
}

const likeOf = (own: ReturnType<typeof readNodes>, name: string, phase: Phase): string => {
  const before = own[name]?.['before']
  return phase === 'before' && typeof before === 'string' ? before : name
}

interface CaseRoot {
  readonly folder: string
  readonly work: string
  readonly merged: string
  readonly name: string
  readonly phase: Phase
  readonly like: string
}

const makeCaseRoot = ({ folder, work, merged, name, phase, like }: CaseRoot) => {
  const ago = phase === 'before' ? evening : 0
  const now = Math.floor(Date.now() / 1000) - ago
  const node = makeNode({ like }, merged)
  const made = makeRoot(join(work, phase), name, node, now, ago)
  patchCase(folder, made, name, phase, now)
  return made
}

const serve = async (
  names: readonly string[],
  work: string,
  environments: ReadonlyMap<string, Readonly<Record<string, string>>>,
) => {
  const client = makeKeyPair()
  const key = join(work, 'id')
  writeFileSync(key, client.private, { mode: 0o600 })
  const servers: LabServer[] = []
  const lines: string[] = []
  const hosts: Record<string, unknown> = {}
  for (const name of names) {
    const host = makeKeyPair()
    const environment = () => environments.get(name) ?? {}
    const server = await serveNode({ hostKey: host.private, environment }, client.parsed, 0)
    servers.push(server)
    lines.push(`[127.0.0.1]:${server.port} ${host.public}\n`)
    hosts[name] = { ansible_port: server.port }
  }
  const [inventory, knownHosts] = [join(work, 'inventory.yaml'), join(work, 'known_hosts')]
  writeFileSync(knownHosts, lines.join(''))
  const vars = { ansible_host: '127.0.0.1', ansible_user: 'lab' }
  writeFileSync(inventory, JSON.stringify({ all: { vars, children: { storage: { hosts } } } }))
  return { servers, inventory, knownHosts, key }
}

const collectBefore = async (make: (phase: Phase) => void, words: readonly string[]): Promise<string> => {
  make('before')
  const { world, out, err } = fakeWorld()
  const then = { ...world, now: () => Date.now() - evening * 1000 }
  const exit = await run(['collect', ...words], then)
  const collected = out().trim().split('\n').at(-1)
  if (exit !== 0 || collected === undefined) throw new Error(`nothing collected the evening before: ${err()}`)
  return collected
}
