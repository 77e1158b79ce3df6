import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { keepFor } from '../../src/checks/keep.ts'
import { defaultProfiles } from '../../src/checks/default-profiles.ts'
import { loadKnowledge, loadProfiles } from '../../src/checks/load.ts'
import type { Ask, ProbeName } from '../../src/model/ask.ts'
import type { Frame } from '../../src/model/record.ts'
import { parseYaml } from '../../src/model/yaml.ts'
import { probes, redactorOf } from '../../src/probes/index.ts'

/** One answer of a probe and what its parser must make of it; data in test/fixtures/probes/PROBE/CASE.yaml. */
const fixtureSchema = z.strictObject({
  /** Where the answer comes from: a tool's recording, an issue, the article. */
  source: z.string(),
  /** Not recorded: written for this test. */
  invented: z.literal(true).optional(),
  params: z.record(z.string(), z.unknown()).default({}),
  /** Before the collector's redaction. */
  raw: z.string().optional(),
  stdout: z.string().optional(),
  stderr: z.string().default(''),
  exit: z.number().default(0),
  cut: z.enum(['bytes', 'time']).optional(),
  /** False: without the script's last line. */
  whole: z.boolean().default(true),
  reading: z.unknown().optional(),
})
export interface Fixture extends z.infer<typeof fixtureSchema> {
  readonly probe: ProbeName
  readonly name: string
  readonly file: string
  readonly ask: Ask
  readonly frame: Frame
}

const folder = 'test/fixtures/probes'

export const probeNames = Object.keys(probes) as readonly ProbeName[] // the table's own keys

export const knowledge = loadKnowledge()
export const keep = keepFor(loadProfiles(defaultProfiles, knowledge), knowledge)

/** Every fixture of a probe. */
export const fixturesOf = (probe: ProbeName): readonly Fixture[] =>
  readdirSync(join(folder, probe))
    .toSorted()
    .map(entry => {
      const file = join(folder, probe, entry)
      const fixture = fixtureSchema.parse(parseYaml(readFileSync(file, 'utf8')).value)
      const ask = { probe, params: fixture.params } as Ask // the fixture's own parameters
      return {
        ...fixture,
        probe,
        name: basename(entry, '.yaml'),
        file,
        ask,
        frame: frameOf(ask, fixture),
      }
    })

/** A frame as the collector stores it: the script's last line put on, what must not be stored taken out. */
export const frameOf = (
  ask: Ask,
  answer: Partial<Pick<Fixture, 'raw' | 'stdout' | 'stderr' | 'exit' | 'cut' | 'whole'>>,
): Frame => {
  const { raw, stdout = raw ?? '', stderr = '', exit = 0, cut, whole = true } = answer
  const sent = whole ? `${stdout}\n#end ${exit}\n` : stdout
  const kept = raw === undefined ? sent : (redactorOf(ask, keep)?.(sent) ?? sent)
  return {
    ask: 'test',
    exit,
    ms: 1,
    stdout: kept,
    stderr,
    ...(cut ? { cut } : {}),
    sha256: 'test',
  }
}
