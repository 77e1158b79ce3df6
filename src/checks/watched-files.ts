import type { Knowledge } from '../model/check.ts'

/** The files whose edits are facts, with their digests. */
export const watchedFilesAsk = ({ watchedFiles }: Knowledge) =>
  ({ probe: 'files', params: { paths: watchedFiles, digest: true } }) as const

/** The file contexts that decide how the paths of containers are labelled. */
export const fileContextsAsk = ({ contextWords }: Knowledge) =>
  ({ probe: 'file-contexts', params: { words: contextWords } }) as const
