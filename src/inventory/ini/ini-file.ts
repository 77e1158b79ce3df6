import type { SefleetError } from '../../errors.ts'
import { didYouMean } from '../../model/nearest.ts'
import type { Place, YamlTree } from '../../model/yaml-tree.ts'
import type { Builder } from '../sources/builder.ts'
import { readHostPattern } from '../sources/host-pattern.ts'
import { splitAssignment } from './assignment.ts'
import { createPending } from './pending.ts'
import { mistake } from '../problem.ts'
import { pythonLines, type Line } from '../python/lines.ts'
import { PythonTypeError, pythonLiteral } from '../python/literal.ts'
import { shlexWords } from '../python/shlex.ts'
import { setVariable } from '../sources/set-variable.ts'
import { createTally } from '../sources/tally.ts'

const kinds = ['hosts', 'children', 'vars'] as const
type Kind = (typeof kinds)[number]
const isKind = (name: string): name is Kind => kinds.some(kind => kind === name)

/**
 * Reads Ansible's INI inventory format: `[GROUP]` with a host a line, `[GROUP:children]`, `[GROUP:vars]`; hosts before the
 * first section are ungrouped. Values are Python literals where they can be, else text. Stricter than Ansible where it
 * would take a mistake for an answer: a variable without a name, JSON taken for the host `{`.
 */
export const readIniFile = (builder: Builder, file: string, text: string): void => {
  if (text.startsWith('\ufeff')) {
    const sentence =
      'a byte order mark, which Ansible takes for a part of the first line: save the file without it'
    throw mistake(file, { line: 1, column: 1 }, sentence)
  }
  const tally = createTally(file)
  const pending = createPending(builder, file)
  let group = 'ungrouped'
  let kind: Kind = 'hosts'

  const readLine = (line: Line): void => {
    const section = sectionOf(file, line)
    if (!section) {
      readers[kind](line)
      return
    }
    ;({ group, kind } = section)
    if (!builder.isGroup(group)) tally.addGroup(placeIn(line))
    pending.openSection(group, kind, placeIn(line))
  }

  const readers: { readonly [K in Kind]: (line: Line) => void } = {
    hosts: line => readHosts(line),
    children: line => {
      const [, child] = /^([^:\]\s]+)[^\S\ufeff]*(?:#.*)?$/.exec(line.text) ?? []
      if (child === undefined)
        throw fail(line, `expected the name of a group, not '${line.text}'${aside(line.text)}`)
      pending.addChild(group, child, placeIn(line))
    },
    vars: line => {
      const found = splitAssignment(line.text)
      if (!found) throw fail(line, `expected name=value, not '${line.text}'`)
      const { name, value, offset } = found
      assign(group, name, placeIn(line), value, placeIn(line, offset))
    },
  }

  const readHosts = (line: Line): void => {
    const split = shlexWords(line.text)
    if (split.state === 'wrong') throw fail(line, split.why, split.column - 1)
    const [pattern, ...assignments] = split.words
    if (!pattern) return
    refuseOtherFormats(file, line, pattern.text)
    if (pattern.text === '') throw fail(line, 'the name of a host must not be empty')
    const hosts = readHostPattern(pattern.text)
    if (hosts.state === 'wrong') throw fail(line, hosts.why)
    tally.addHosts(hosts.names.length, placeIn(line))
    const { names, port } = hosts
    const value: YamlTree | undefined =
      port === undefined ? undefined : { kind: 'scalar', place: placeIn(line), value: BigInt(port) }
    for (const name of names) builder.addHost(name, group, value && { value, file })
    for (const [index, word] of assignments.entries()) {
      const found = /^([^=]*)=(.*)$/s.exec(word.text)
      const place = placeIn(line, word.column - 1)
      if (!found) throw mistake(file, place, noAssignment(word.text, assignments[index + 1]?.text))
      const [, variable = '', valueText = ''] = found
      for (const name of names) assign(name, variable, place, valueText, place)
    }
  }

  const assign = (owner: string, name: string, place: Place, value: string, valuePlace: Place): void => {
    if (name === '') throw mistake(file, place, `a name is missing before '=${value}'`)
    setVariable(builder, owner, { name, place }, { value: valueOf(value, valuePlace), file })
  }

  const valueOf = (value: string, place: Place): YamlTree => {
    try {
      return pythonLiteral(value, place) ?? { kind: 'scalar', place, value }
    } catch (cause) {
      if (!(cause instanceof PythonTypeError)) throw cause
      // The line of a host takes one pair of quotation marks off before Python sees the value.
      const hint = kind === 'hosts' ? `two pairs of quotation marks, as '"…"'` : 'quotation marks'
      const sentence = `Python, which reads this value, fails: ${cause.message}; put a text in ${hint}`
      throw mistake(file, place, sentence)
    }
  }

  const fail = (line: Line, sentence: string, offset = 0): SefleetError =>
    mistake(file, placeIn(line, offset), sentence)

  for (const line of pythonLines(text)) if (!/^[#;]/.test(line.text)) readLine(line)
  pending.finish()
}

const placeIn = ({ number, column }: Line, offset = 0): Place => ({ line: number, column: column + offset })

// A byte order mark is a blank to JavaScript and none to Python.
const sectionOf = (file: string, line: Line): { readonly group: string; readonly kind: Kind } | undefined => {
  const { text } = line
  const [, group, kind = 'hosts'] =
    /^\[([^:\]\s]+)(?::([\p{L}\p{N}_]+))?\][^\S\ufeff]*(?:#.*)?$/u.exec(text) ?? []
  if (group === undefined) {
    if (!text.startsWith('[') || !text.endsWith(']')) return undefined
    const sentence = `${text} is no section: write [GROUP], [GROUP:children] or [GROUP:vars], without blanks`
    throw mistake(file, placeIn(line), sentence)
  }
  if (isKind(kind)) return { group, kind }
  const sentence = `unknown kind of section '${kind}'${didYouMean(kind, kinds)}; a group has hosts, children and vars`
  throw mistake(file, placeIn(line, text.indexOf(':') + 1), sentence)
}

// Ansible tries one format after the other; we say what the file looks like and how it must be named.
const refuseOtherFormats = (file: string, line: Line, pattern: string): void => {
  const sentence = otherFormat(pattern)
  if (sentence !== undefined) throw mistake(file, placeIn(line), `'${pattern}' ${sentence}`)
}

const otherFormat = (pattern: string): string | undefined => {
  if (pattern.startsWith('{')) return 'looks like JSON, not like a host: name such a file *.json'
  if (pattern === '---' || pattern === '-') return 'looks like YAML, not like a host: name such a file *.yaml'
  // Ansible refuses even the address `::` here.
  if (!pattern.endsWith(':')) return undefined
  return "ends in ':' without a port; if this file is YAML, name it *.yaml"
}

const aside = (text: string): string =>
  /^\S+\s+[\w-]+=/.test(text) ? '; hosts and their variables belong below [GROUP]' : ''

const noAssignment = (word: string, next: string | undefined): string => {
  const expected = `expected name=value after the host, not '${word}'`
  if (word.startsWith(';')) return `${expected}; a comment after a host begins with '#'`
  if (word === '=' || next?.startsWith('=')) return `${expected}; write it without blanks around '='`
  return `${expected}; a line names one host, and a value with blanks is quoted`
}
