import { z } from 'zod'

const typeNames = z.array(z.string()).min(1)

/** What a policy of containers is known by, and whose policies are others; data in `profiles/container-policies.yaml`. */
export const containerPoliciesSchema = z.strictObject({
  /** Questions whose names every policy that the package extends knows. */
  asks: z
    .array(
      z.discriminatedUnion('probe', [
        z.strictObject({
          probe: z.literal('allow'),
          params: z.strictObject({
            source: z.string(),
            target: z.string(),
            class: z.string(),
            permissions: z.array(z.string()),
          }),
        }),
        z.strictObject({
          probe: z.literal('transition'),
          params: z.strictObject({ source: z.string(), class: z.string() }),
        }),
      ]),
    )
    .min(1),
  /** SELINUXTYPE= of the policies that it extends. */
  extended: z.array(z.string()),
  /** ID= of systems whose policy of such a name is another. */
  notOn: z.array(z.string()),
  /** Images with a policy of their own, to which no package manager adds. */
  images: z.array(z.strictObject({ os: z.array(z.string()), policies: z.array(z.string()) })),
  /** Types of containers that their runtime labels. */
  confined: typeNames,
  /** Types of processes that nobody labels. */
  unconfined: typeNames,
  /** Types that processes are shown as whose own type is gone from the loaded policy. */
  unmapped: typeNames,
  /** How types of containers are called, wherever one is asked for. */
  types: typeNames,
  package: z.string(),
})
export type ContainerPolicies = z.infer<typeof containerPoliciesSchema>

/** A profile’s word for the types of a policy that has others: what its privileged and its confined containers run as. */
export interface ComponentTypes {
  readonly privileged: readonly string[]
  readonly confined: readonly string[]
}
