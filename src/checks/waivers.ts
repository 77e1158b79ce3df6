import { z } from 'zod'
import { SefleetError } from '../errors.ts'
import type { Waiver } from '../model/waiver.ts'
import { readText } from './read-text.ts'
import { didYouMean, mapping, parseOrRefuse, refuseOther, refusing } from './profile-mistakes.ts'

const keys = ['check', 'nodes', 'reason', 'owner', 'until'] as const

/**
 * Reads a waiver file: a list `waivers` of check, nodes, reason, owner, until. `checks` are the ids there are, whether this run asks
 * them or not: one file may serve several profiles. A mistake is an error with file, line and column.
 */
export const loadWaivers = (file: string, checks: readonly string[]): readonly Waiver[] =>
  parseWaivers(readWaivers(file), file, checks)

/** The same of a text that is at hand. */
export const parseWaivers = (text: string, file: string, checks?: readonly string[]): readonly Waiver[] => {
  const yaml = parseOrRefuse(text, file, 'waivers-invalid')
  const at = refusing(yaml, file, 'waivers-invalid')
  const root = mapping(yaml.value, [], at)
  refuseOther(root, ['waivers'], [], at)
  const list = root['waivers']
  if (!Array.isArray(list)) throw at(['waivers'], 'a list of waivers is needed here')
  return list.map((entry: unknown, index): Waiver => {
    const path = ['waivers', index]
    const one = mapping(entry, path, at)
    refuseOther(one, keys, path, at)
    const wordOf = (key: (typeof keys)[number]): string => {
      const value = one[key]
      if (typeof value !== 'string' || value.trim() === '')
        throw at(key in one ? [...path, key] : path, `a waiver needs ${key}: a text`)
      return value
    }
    const check = wordOf('check')
    if (checks && !checks.includes(check))
      throw at([...path, 'check'], `there is no check '${check}'${didYouMean(check, checks)}`)
    const until = momentOf(wordOf('until'))
    if (until === undefined)
      throw at(
        [...path, 'until'],
        'a day as 2026-12-31 (it counts to its end, UTC) or a moment as 2026-12-31T18:00Z',
      )
    const { line, column } = yaml.place(path)
    return {
      check,
      nodes: wordOf('nodes')
        .split(/[\s,:]+/)
        .filter(Boolean),
      reason: wordOf('reason'),
      owner: wordOf('owner'),
      until,
      place: `${file}:${line}:${column}`,
    }
  })
}

/** The text of a waiver file. */
export const readWaivers = (file: string): string => {
  try {
    return readText(file, { shown: file, invalid: 'waivers-invalid' })
  } catch (cause) {
    if (cause instanceof SefleetError) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SefleetError('waivers-unreadable', `cannot read the waivers ${file}: ${why}`, { cause })
  }
}

// The end of the day, UTC: whoever writes a date means the whole day.
const momentOf = (text: string): number | undefined => {
  if (z.iso.date().safeParse(text).success) return Date.parse(`${text}T00:00:00Z`) + 86_400_000
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d)?Z$/.exec(text)
  const moment = match ? Date.parse(`${match[1]}T${match[2]}:00Z`) : Number.NaN
  return Number.isNaN(moment) ? undefined : moment
}
