import { z } from 'zod'

const place = z.string().regex(/^(?:\/[\w.-]+)+$/, { error: 'an absolute path of plain words is needed' })

// Behind the root.
const below = z.string().regex(/^\/[\w./-]+$/)

/** How a command line names a root: by an option, of a program or of whatever runs. */
const sayingSchema = z.strictObject({
  /** By the first word of the command line; absent: any. */
  programs: z
    .array(z.string().regex(/^[a-z][a-z0-9-]*$/))
    .min(1)
    .optional(),
  option: z.string().regex(/^[a-z][a-z-]*$/),
  /** The option names something below the root: where the root ends in it. */
  upTo: z
    .string()
    .regex(/^\/[\w./-]+$/)
    .optional(),
  /** The root lies below what the option names. */
  below: place.optional(),
})

/** How a configuration file names a root: `KEY = "/path"` (TOML), `"KEY": "/path"` (JSON), `KEY: /path` (YAML). */
const settingSchema = z.strictObject({
  files: z.array(place).min(1),
  key: z.string().regex(/^[a-z][a-z_-]*$/),
  /** The root lies below what the key names. */
  below: place.optional(),
})

/** Where a program keeps its files; data in `profiles/roots.yaml`. */
export const rootSchema = z.strictObject({
  /** The beginnings of what is kept there of images, and the folders of named volumes. */
  images: z.array(below).default([]),
  volumes: z.array(below).default([]),
  /** The place that the policy’s file contexts know. */
  like: place,
  said: z.array(sayingSchema).min(1),
  /** Where the program reads it, if no option says it. */
  set: z.array(settingSchema).default([]),
  /** Places that a policy package of their own knows: what is wrong there is for that package to mend. */
  own: z.array(place).default([]),
  /** Where it is looked for if no command line says it. */
  otherwise: z.array(place).default([]),
  /** Where it is looked for whatever is said. */
  also: z.array(place).default([]),
})
export type Root = z.infer<typeof rootSchema>

export const rootsFileSchema = z.strictObject({
  /** What is labelled anew where the policy for containers comes to a node that had none. */
  relabelled: z.array(place).min(1),
  /** Where layers of images are mounted or kept beside the roots. */
  layers: z.array(z.string().regex(/^(?:\/[\w.*-]+)+$/)).min(1),
  roots: z.record(z.string().regex(/^[a-z]+$/), rootSchema),
})

/** By the name that paths of a profile use: `{kubelet}/pods`. */
export type Roots = Readonly<Record<string, Root>>
