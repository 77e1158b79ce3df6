import { z } from 'zod'

const versionSchema = z.string().regex(/^\d+\.\d+\.\d+$/)

/** One known kind of process; data in `profiles/components.yaml`; the first match wins. */
export const componentSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: z.string(),
  /** Siblings: components of one family are expected together. */
  family: z.string(),
  /** RE2 pattern searched in the full argv joined by spaces. */
  argv: z.string(),
  /** Whether the process must live in a kubepods cgroup (true), must not (false), or either (absent). */
  pod: z.boolean().optional(),
  /** Must not live in a container that is none of a pod. */
  container: z.literal(false).optional(),
  /** Privileged containers run as spc_t, the others as container_t; `varies`: either, by version. */
  privileged: z.union([z.boolean(), z.literal('varies')]).optional(),
  /** One of it runs on every node its family lives on (a DaemonSet): its absence is noticed by name. */
  everyNode: z.boolean().optional(),
  /** Comes and goes (jobs, probes): its absence says nothing. */
  transient: z.boolean().optional(),
  /** Family version range the row holds for, `since` inclusive, `until` exclusive. */
  since: versionSchema.optional(),
  until: versionSchema.optional(),
  /** What starts it: the units of systemd by the program’s name. */
  units: z.record(z.string(), z.array(z.string().regex(/^[\w.-]+\.service$/)).min(1)).optional(),
  /** How much of argv is kept by the collector: the words that are read, or the program's name alone. */
  keep: z.enum(['argv', 'name']).default('argv'),
})
export type Component = z.infer<typeof componentSchema>

/** A family of components, with the traces on disk that show it belongs on a node although nothing runs. */
export const familySchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  /** Paths whose existence says the family has lived here. */
  traces: z.array(z.string()).default([]),
  /** RE2 pattern whose group is the family's version, in any command line of its own. */
  version: z.string().optional(),
  /** RE2 pattern of its images in command lines, whose groups are their name and version. */
  images: z.string().optional(),
})
export type Family = z.infer<typeof familySchema>

export const componentsFileSchema = z.strictObject({
  /** RE2 patterns of the words of an argv that are stored beside the program's name. */
  words: z.array(z.string()),
  families: z.array(familySchema),
  components: z.array(componentSchema),
})
export type Components = z.infer<typeof componentsFileSchema>
