import type { ProbeName, ProbeParams, ProbeValues } from '../model/ask.ts'
import type { Answer, Probe } from '../model/probe.ts'
import { unreadable, type Reading } from '../model/reading.ts'
import type { Frame } from '../model/record.ts'
import { exitNotRoot, exitToolMissing } from './fragment.ts'

/** Reads one frame: the failures every probe shares first, then the probe's own parser. */
export const parseFrame = <Name extends ProbeName>(
  probe: Probe<Name>,
  params: ProbeParams[Name],
  frame: Frame,
): Reading<ProbeValues[Name]> => {
  const answer = toAnswer(frame)
  const said = firstLine(answer.stderr)
  if (answer.exit === exitToolMissing)
    return unreadable('tool-missing', said || 'a program it needs is missing')
  if (answer.exit === exitNotRoot) return unreadable('not-root', 'root is needed to read this')
  const late = isStopped(answer.exit)
    ? 'stopped by its time limit on the node'
    : frame.cut === 'time'
      ? 'the node did not finish this question in time'
      : undefined
  if (!answer.whole && answer.stdout === '')
    return late === undefined ? unreadable('nonsense', 'the answer is empty') : unreadable('timeout', late)
  const reading = probe.parse(answer, params)
  if (answer.whole) return reading
  if (reading.state === 'unreadable') return late === undefined ? reading : unreadable('timeout', late)
  // What was seen may fail a check; only the whole may pass it.
  const why =
    frame.cut === 'secret'
      ? 'a password of this run stood in the answer, and was taken out'
      : frame.cut === 'bytes'
        ? 'the answer was cut at its size limit'
        : (late ?? 'the answer is cut')
  return {
    ...reading,
    coverage: {
      complete: false,
      why,
      ...(reading.coverage?.since === undefined ? {} : { since: reading.coverage.since }),
    },
  }
}

// timeout's own status, and a KILL after its TERM.
const isStopped = (exit: number): boolean => exit === 124 || exit === 137

// The script ends every answer with "\n#end STATUS\n"; without it the answer is not whole.
const trailer = /\n#end (\d{1,3})\n?$/

const toAnswer = (frame: Frame): Answer => {
  const stdout = decode(frame.stdout, frame.encoding)
  const end = trailer.exec(stdout)
  const exit = end ? Number(end[1]) : (frame.exit ?? 0)
  if (end && frame.cut === undefined && !isStopped(exit))
    return { stdout: stdout.slice(0, end.index), stderr: frame.stderr, exit, whole: true }
  const body = end ? stdout.slice(0, end.index) : stdout
  // Half a line is no line.
  return { stdout: body.slice(0, body.lastIndexOf('\n') + 1), stderr: frame.stderr, exit, whole: false }
}

const decode = (text: string, encoding: Frame['encoding']): string =>
  encoding === 'base64' ? Buffer.from(text, 'base64').toString('latin1') : text

/** The first non-empty line, for a reason. */
export const firstLine = (text: string): string =>
  (text.split('\n').find(line => line.trim() !== '') ?? '').trim().slice(0, 200)

/** Non-empty lines. */
export const linesOf = (text: string): string[] => text.split('\n').filter(line => line.trim() !== '')

/** `key=value`, `key!absent` and `key!denied` lines, as the prelude's `show` prints them; the first of a key wins. */
export const fieldsOf = (text: string): ReadonlyMap<string, Field> => {
  const fields = new Map<string, Field>()
  for (const line of text.split('\n')) {
    const match = /^([\w.-]+)(?:=(.*)|!(absent|denied))$/s.exec(line)
    if (!match) continue
    const [, key = '', value, state] = match
    if (fields.has(key)) continue
    fields.set(
      key,
      value === undefined
        ? { state: state === 'denied' ? 'denied' : 'absent' }
        : { state: 'value', value: value.trim() },
    )
  }
  return fields
}
export type Field =
  { readonly state: 'value'; readonly value: string } | { readonly state: 'absent' | 'denied' }

/** The value of a field, or undefined when it is absent or denied. */
export const valueOf = (fields: ReadonlyMap<string, Field>, key: string): string | undefined => {
  const field = fields.get(key)
  return field?.state === 'value' ? field.value : undefined
}
