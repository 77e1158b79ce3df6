import { askWords } from '../model/ask-words.ts'
import { askId, type Ask, type ProbeName, type ProbeValues, type ReadAsk } from '../model/ask.ts'
import { unreadable, type Reading } from '../model/reading.ts'
import type { Frame, NodeRecord } from '../model/record.ts'
import { parseAsk } from '../probes/index.ts'
import { whyNotRoot } from './root-notes.ts'
import { doubtedByClock, presentOf, withoutFuture } from './own-clock.ts'

/** Parsed answers kept at once; equal answers of a fleet are parsed once. */
const memoised = 2000

/** Gives each record its reader. Answers are parsed when first asked for, and equal ones only once. */
export const memoisedReader = (asks: readonly Ask[]): ((record: NodeRecord) => ReadAsk) => {
  const ids = new Map<Ask, string>(asks.map(ask => [ask, askId(ask)]))
  const memo = new Map<string, Reading<unknown>>()
  const parse = (ask: Ask, id: string, frame: Frame): Reading<unknown> => {
    // Everything a parser sees: ausearch's status 1 is "no match" or "could not open" by its stderr alone.
    const key = JSON.stringify([id, frame.sha256, frame.encoding, frame.cut, frame.exit, frame.stderr])
    const known = memo.get(key)
    if (known) return known
    const reading = parseAsk(ask, frame)
    if (memo.size >= memoised) memo.delete(memo.keys().next().value ?? '')
    memo.set(key, reading)
    return reading
  }
  return record => {
    const frames = new Map(record.frames.map(frame => [frame.ask, frame]))
    const own = new Map<string, Reading<unknown>>()
    const present = presentOf(record)
    return <Name extends ProbeName>(typed: Ask<Name>) => {
      const ask: Ask = typed as Ask // one of the union, whichever it is
      const id = ids.get(ask) ?? askId(ask)
      const frame = frames.get(id)
      const known = own.get(id)
      // parseAsk gives the ask's own kind of value
      if (known) return known as Reading<ProbeValues[Name]>
      const parsed = frame ? parse(ask, id, frame) : notAnswered(record, ask)
      const reading = doubtedByClock<Name>(
        typed.probe,
        withoutFuture<Name>(typed.probe, whyNotRoot(parsed as Reading<ProbeValues[Name]>, record), present),
        record,
      )
      own.set(id, reading)
      return reading
    }
  }
}

const notAnswered = (record: NodeRecord, ask: Ask): Reading<unknown> =>
  record.status === 'answered'
    ? unreadable(
        'not-asked',
        `this run did not ask for ${askWords(ask)}: it was collected for other profiles or by an older sefleet, a new audit asks for it`,
      )
    : unreadable('not-reached', `the node was lost before it answered on ${ask.probe}`)
