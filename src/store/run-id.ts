/** A run's id by its start, `20261123T021400Z`; the second run of the same second gets `-2`, and so on. */
export const runId = (startedAt: number, attempt: number): string => {
  const stamp = new Date(startedAt)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '')
  return attempt === 1 ? stamp : `${stamp}-${attempt}`
}

/** For sorting: oldest first, `-2` before `-10`. */
export const byRunId = (a: string, b: string): number => {
  const [[stampA = '', countA = '1'], [stampB = '', countB = '1']] = [a.split('-'), b.split('-')]
  return stampA === stampB ? Number(countA) - Number(countB) : stampA < stampB ? -1 : 1
}

export const isRunId = (name: string): boolean => /^\d{8}T\d{6}Z(?:-\d+)?$/.test(name)
