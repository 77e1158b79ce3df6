import { z } from 'zod'

/**
 * What is done with the host key of a node. `strict`: it must be known. `accept-new`: one of a node of which none is known yet is
 * remembered, and must be the same from then on. `off`: whoever answers is taken for the node.
 */
export const hostKeyPolicies = ['strict', 'accept-new', 'off'] as const
export type HostKeyPolicy = (typeof hostKeyPolicies)[number]

/** A host key that was not known when it was shown, and let in all the same: of a node, or of a host on the way to it. */
export const hostKeyNoteSchema = z.object({
  /** `learnt`: remembered in `file`. `unverified`: nobody looked whether it is the right one. */
  state: z.enum(['learnt', 'unverified']),
  /** The name it is known by: `10.0.0.17`, `[10.0.0.17]:2222`. */
  host: z.string(),
  /** `ssh-ed25519 key SHA256:…` */
  key: z.string(),
  file: z.string().optional(),
  /** Another key is known for this host: it may be somebody else, who gets no password. */
  isOther: z.literal(true).optional(),
})
export type HostKeyNote = z.infer<typeof hostKeyNoteSchema>
