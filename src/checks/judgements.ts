import type { Finding, Judgement } from '../model/outcome.ts'
import { limits } from '../model/limits.ts'
import type { Reading } from '../model/reading.ts'

// A reason may quote what a node said: bounded, as findings are.
export const pass = (reason: string): Judgement => ({ status: 'pass', reason: cut(reason, longest) })
export const unknown = (reason: string, next?: string): Judgement => ({
  status: 'unknown',
  reason: cut(reason, longest),
  ...(next === undefined ? {} : { next }),
})
export const notApplicable = (reason: string): Judgement => ({
  status: 'not-applicable',
  reason: cut(reason, longest),
})
export const fail = (...findings: readonly Finding[]): Judgement => ({ status: 'fail', findings })

/** A finding with its evidence bounded: at most a handful of lines, none endless. */
export const finding = (key: string, message: string, evidence: readonly string[] = []): Finding => ({
  key,
  message: cut(message, longest),
  evidence: evidence.slice(0, limits.evidenceLines).map(line => cut(line, limits.evidenceLineCharacters)),
})

const longest = 1000

const cut = (text: string, characters: number): string =>
  text.length <= characters ? text : `${text.slice(0, characters - 1)}…`

/** An unreadable reading makes its check unknown, with the reason in words. */
export const unknownBecause = (
  what: string,
  reading: Extract<Reading<unknown>, { state: 'unreadable' }>,
): Judgement => unknown(`${what}: ${reading.detail}`)

/** Passes only on the whole truth: a partial reading that shows nothing wrong is unknown. */
export const passIfComplete = (reading: Reading<unknown>, reason: string): Judgement =>
  reading.state === 'read' && reading.coverage?.complete === false
    ? unknown(reading.coverage.why, reading.coverage.next)
    : pass(reason)

/** The same for not-applicable. */
export const notApplicableIfComplete = (reading: Reading<unknown>, reason: string): Judgement =>
  reading.state === 'read' && reading.coverage?.complete === false
    ? unknown(reading.coverage.why, reading.coverage.next)
    : notApplicable(reason)
