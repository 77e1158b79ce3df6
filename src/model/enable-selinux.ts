import { z } from 'zod'

/** What it takes on a system to run SELinux again. */
export const enableSelinuxSchema = z.strictObject({
  enableSelinux: z.array(
    z.strictObject({
      os: z.array(z.string()).optional(),
      ostree: z.literal(true).optional(),
      /** Such a system runs SELinux unless somebody switched it off. */
      standard: z.literal(true).optional(),
      do: z.string(),
    }),
  ),
})
export type EnableSelinux = z.infer<typeof enableSelinuxSchema>['enableSelinux'][number]
