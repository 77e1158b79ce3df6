import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { shippedTypes } from '../../src/checks/shipped.ts'
import { defaultProfiles } from '../../src/checks/default-profiles.ts'
import { loadKnowledge, loadProfiles } from '../../src/checks/load.ts'
import { plannedAsks } from '../../src/evaluate/evaluate.ts'
import { fleetPolicies } from '../../src/policy/fleet/fleet-policies.ts'
import { isPolicyAsk } from '../../src/probes/index.ts'

// `nine-policies.js FILE…` (without .loaded and .installed): what an audit asks of the policies of a fleet, in one process.
const files = process.argv.slice(2)
const paths = new Map(
  files.flatMap(file =>
    ['loaded', 'installed'].map(which => {
      const path = `${file}.${which}`
      return [createHash('sha256').update(readFileSync(path)).digest('hex'), path] as const
    }),
  ),
)
const find = (sha256: string): Promise<Buffer | undefined> => {
  const path = paths.get(sha256)
  return Promise.resolve(path === undefined ? undefined : readFileSync(path))
}
const knowledge = loadKnowledge()
const asks = plannedAsks(loadProfiles(defaultProfiles, knowledge), knowledge).filter(isPolicyAsk)
const fleet = fleetPolicies(find, asks, new Set(shippedTypes()))
const shas = [...paths.keys()]
const said: string[] = []
for (let at = 0; at < shas.length; at += 2) {
  const [loaded = '', installed = ''] = shas.slice(at, at + 2)
  said.push((await fleet.compare(loaded, installed)).state)
  await fleet.answers(loaded)
}
for (let at = 2; at < shas.length; at += 2)
  said.push((await fleet.compareWith(shas[0] ?? '', shas[at] ?? '', new Set())).state)
process.stdout.write(`${said.join(' ')}\n`)
