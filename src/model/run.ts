import { z } from 'zod'
import { firstMoment, lastMoment } from './ranges.ts'

export const runFormat = 1

const milliseconds = z
  .number()
  .min(firstMoment * 1000)
  .max(lastMoment * 1000)
const name = z.string().min(1).max(4096)

/** `run.json`: what a run was; written at its start as `running`, and again at its end. */
export const runInfoSchema = z.object({
  format: z.literal(runFormat),
  /** `20261123T021400Z`, with a suffix when two runs start in one second. */
  id: z.string().regex(/^\d{8}T\d{6}Z(?:-\d{1,9})?$/, 'it is not the id of a run'),
  /** A run folder that still says `running` was killed: readers treat it as interrupted. */
  state: z.enum(['running', 'finished', 'interrupted']),
  tool: z.string(),
  /** Controller's clock, epoch milliseconds. */
  startedAt: milliseconds,
  endedAt: milliseconds.optional(),
  /** The selected nodes' names, in inventory order: a run of none shows nothing, and is none. */
  nodes: z
    .array(name)
    .min(1, 'it has no node')
    .refine(nodes => new Set(nodes).size === nodes.length, 'it names a node twice'),
  /** Profile names with the sha256 of their text, which is in the run as `profiles/NAME.yaml`. */
  profiles: z.array(
    z.object({
      name,
      sha256: z.string(),
      /** The operator's own: its text in the run is what it is judged by; of the shipped ones it is today's. */
      own: z.literal(true).optional(),
    }),
  ),
  /** The waivers given with it: the file as it was named, its text is in the run. */
  waivers: z.object({ file: z.string(), sha256: z.string() }).optional(),
  /** sha256 of the script body every node was given. */
  script: z.string(),
  /** What limited the selection (`--limit`); absent where the whole inventory was asked. */
  limit: z.string().optional(),
  /** The process that writes it, with a mark that no other process has ever had: tells a live run from a killed one. */
  writer: z.object({ pid: z.number().int().positive(), mark: z.string() }).optional(),
})
export type RunInfo = z.infer<typeof runInfoSchema>
