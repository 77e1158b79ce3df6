import type { FileContexts } from '../../model/facts.ts'
import type { FacetItems } from '../../model/facet.ts'

/** What type each pattern of paths gets; of two lines on one pattern the later counts, as for libselinux. */
export const fileContextItems = ({ rules }: FileContexts): FacetItems =>
  rules.map(({ pattern, type }) => [pattern, { value: type }])

/** The files themselves, by the beginning of their digest, as other files. */
export const contextFileItems = ({ files }: FileContexts): FacetItems =>
  files.map(({ path, sha256, changedAt }) => [
    path,
    { value: sha256.slice(0, 12), ...(changedAt === undefined ? {} : { since: changedAt }) },
  ])
