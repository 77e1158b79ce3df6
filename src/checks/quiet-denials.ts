import type { Ask, ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { Denial, Signature } from '../model/denial.ts'
import { isComplete } from '../model/reading.ts'
import { label } from './kinds/label.ts'

const denialsAsk = { probe: 'denials', params: {} } as const
const processesAsk = { probe: 'processes', params: {} } as const

const hour = 3600
/** What came again and again must be silent for a day, and for ten times its longest silence before. */
const rhythm = { seconds: 24 * hour, gaps: 10 }
/** What was recorded once has no rhythm to go by. */
const once = { seconds: 48 * hour }

/** What is asked of a node to see whether what was mislabelled is labelled right now. */
export const quietAsks = (knowledge: Knowledge): readonly Ask[] =>
  knowledge.signatures.flatMap(({ endsOnceLabelled }) =>
    endsOnceLabelled ? label.asks(paramsOf(endsOnceLabelled), knowledge) : [],
  )

/**
 * Why a denial is past although neither policy, mode nor boot came since: silent for much longer than its rhythm, in a log that is whole
 * until now, and what it touched certainly has its label. Silence alone ends nothing: what is refused may not have been tried again.
 */
export const endedQuietly = (
  denial: Denial,
  { endsOnceLabelled }: Pick<Signature, 'endsOnceLabelled'>,
  read: ReadAsk,
  knowledge: Knowledge,
): string | undefined => {
  const table = read(processesAsk)
  if (!endsOnceLabelled || table.state !== 'read' || !isComplete(read(denialsAsk))) return undefined
  const silent = table.value.at - denial.lastSeen
  const { count, longestGap } = denial
  const wanted =
    count === 1
      ? once.seconds
      : longestGap === undefined
        ? Infinity
        : Math.max(rhythm.seconds, rhythm.gaps * longestGap)
  if (silent < wanted || label.judge(paramsOf(endsOnceLabelled), read, knowledge).status !== 'pass')
    return undefined
  const day = new Date(denial.lastSeen * 1000).toISOString().slice(0, 10)
  return `silent since ${day}, and what it touched is labelled right now`
}

const paramsOf = (labels: NonNullable<Signature['endsOnceLabelled']>) => ({
  ...labels,
  absent: 'unknown' as const,
})
