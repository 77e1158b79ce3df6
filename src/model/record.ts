import { z } from 'zod'
import { hostKeyNoteSchema } from './host-keys.ts'

/** The version of the node record; changes only with a major release. */
export const recordFormat = 1

/** One ask's raw answer, redacted. `stdout` and `stderr` are text, or base64 when `encoding` says so. */
export const frameSchema = z.object({
  ask: z.string(),
  /** Exit status of the fragment; absent when it never ended within our sight. */
  exit: z.number().int().optional(),
  /** Milliseconds between the arrival of the frame's begin and its end, on the controller's clock. */
  ms: z.number().nonnegative(),
  stdout: z.string(),
  stderr: z.string(),
  encoding: z.literal('base64').optional(),
  /** Why the answer is not whole: its byte limit, a time limit or lost link, or a password of ours that stood in it. */
  cut: z.enum(['bytes', 'time', 'secret']).optional(),
  /** Of the stored stdout; equal answers of a fleet are parsed once. */
  sha256: z.string(),
})
export type Frame = z.infer<typeof frameSchema>

export const stages = ['connect', 'login', 'exec', 'collect', 'evaluate'] as const
export const nodeErrorSchema = z.object({
  code: z.string(),
  stage: z.enum(stages),
  /** Of `jump-failed`: what happened to the host on the way. */
  of: z.string().optional(),
  sentence: z.string(),
})
/** Why a node is missing or partial. */
export type NodeError = z.infer<typeof nodeErrorSchema>

/** What one node told in one run: the unit that is appended to the store and judged again later. */
export const nodeRecordSchema = z.object({
  format: z.literal(recordFormat),
  node: z.string(),
  groups: z.array(z.string()),
  leafGroups: z.array(z.string()),
  peers: z.string().optional(),
  /** Where it was reached, `address:port`, or `this machine`; for messages. */
  address: z.string(),
  /** Controller's clock, epoch milliseconds. */
  askedAt: z.number(),
  /** The node's clock when the script began: epoch seconds, and `+hhmm`. */
  clock: z.object({ epoch: z.number(), zone: z.string() }).optional(),
  /** sha256 of the script body. */
  script: z.string(),
  /** sha256 of the script with the policy questions; present where the node's own tools were asked. */
  policyScript: z.string().optional(),
  euid: z.number().int().optional(),
  /** Why the script ran as the login user although root was wanted. */
  notRoot: z.object({ code: z.string(), sentence: z.string() }).optional(),
  status: z.enum(['answered', 'partial', 'missing']),
  error: nodeErrorSchema.optional(),
  /** Policies that it has and that could not be fetched from it, or are of a kind that cannot be read. */
  notPulled: z.array(z.object({ sha256: z.string(), problem: z.string() })).optional(),
  /** Host keys that were let in without being known. */
  hostKeys: z.array(hostKeyNoteSchema).optional(),
  frames: z.array(frameSchema),
})
/** Why root was not given. */
export type NotRoot = NonNullable<z.infer<typeof nodeRecordSchema>['notRoot']>
export type NodeRecord = z.infer<typeof nodeRecordSchema>
export type NodeStatus = NodeRecord['status']
