import type { NodeRecord } from '../model/record.ts'

/** The end of a run that was set beforehand. */
export interface Deadline {
  readonly signal: AbortSignal
  /** Calls what it cut short by its own name: nobody interrupted the run. */
  readonly judge: (record: NodeRecord) => NodeRecord
  /** The record of a node that had not had its turn. */
  readonly neverAsked: (base: Omit<NodeRecord, 'status' | 'frames'>) => NodeRecord
  readonly clear: () => void
}

export const deadlineOf = (seconds: number | undefined): Deadline => {
  const end = new AbortController()
  const timer = seconds === undefined ? undefined : setTimeout(() => end.abort(), seconds * 1000)
  const set = `the run’s deadline of ${durationWords(seconds ?? 0)}`
  return {
    signal: end.signal,
    judge: record => {
      const { error, node } = record
      if (!end.signal.aborted || error?.code !== 'interrupted') return record
      const doing = error.sentence.replace(`node ${node}: `, '').replace(/^interrupted /, '')
      return {
        ...record,
        error: { ...error, code: 'deadline', sentence: `node ${node}: ${set} passed ${doing}` },
      }
    },
    neverAsked: base => ({
      ...base,
      status: 'missing',
      error: {
        code: 'deadline',
        stage: 'collect',
        sentence: `node ${base.node}: ${set} passed before it had its turn`,
      },
      frames: [],
    }),
    clear: () => clearTimeout(timer),
  }
}

/** `30 min`, `1 h 30 min`, `90 s` */
const durationWords = (seconds: number): string => {
  if (seconds % 60 !== 0) return `${seconds} s`
  const [hours, minutes] = [Math.floor(seconds / 3600), (seconds % 3600) / 60]
  return [hours > 0 ? `${hours} h` : '', minutes > 0 ? `${minutes} min` : ''].filter(Boolean).join(' ')
}
