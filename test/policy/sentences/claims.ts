import { meaningOf, type Facts, type Ways } from './facts.ts'

/**
 * Turns a sentence of a difference back into questions, and holds the answers of both policies against it. Returns what is not
 * true; undefined for a sentence whose claims hold. A sentence of no known form is not true either.
 */
export const untrueOf = (sentence: string, before: Facts, after: Facts): string | undefined => {
  for (const [pattern, check] of forms) {
    const match = pattern.exec(sentence)
    if (match) return check(match.groups ?? {}, before, after)
  }
  return 'a form that nobody knows'
}

type Check = (
  said: Readonly<Record<string, string | undefined>>,
  before: Facts,
  after: Facts,
) => string | undefined

const condition = String.raw`\[ [^\]]+ \]:(?:True|False)`
const ways = String.raw`(?:always|not held|${condition}(?: or ${condition})*)`
const states = String.raw`(?<states>(?:, \w+ (?:is|was) (?:on|off)(?: and is (?:on|off))?(?: now)?)*)`
const together = String.raw`(?:;? by all rules together (?:held )?(?<allBefore>${ways}), now (?<allAfter>${ways})(?:, \w+ (?:is|was) (?:on|off)(?: and is (?:on|off))?(?: now)?)*)?`
const rule = String.raw`allow (?:(?<source>\S+) )?(?<target>\S+):(?<class>\S+) (?:\{ (?<many>[^}]+) \}|(?<one>\S+));`
const domains = String.raw`(?: \((?<domains>[^;()]+?)(?:, each on itself)?(?:; \S+ is \d+ types)?\))?`
const leads = String.raw`type_transition \S+ [^;]+;(?: (?<under>${condition}(?: or ${condition})*))?${states}`

const none: Ways = []

// The ways that a text names; a condition is looked up in the policy that wrote it.
const waysIn = (text: string | undefined, ...facts: readonly Facts[]): Ways => {
  if (text === undefined || text === 'always') return [null]
  if (text === 'not held') return none
  return text.split(' or ').map(one => {
    const table = facts.map(each => each.conditions[one]).find(found => found !== undefined)
    if (!table) throw new Error(`no condition ${one}`)
    return table
  })
}

const checkRule: Check = (said, before, after) => {
  const permissions = (said['many'] ?? said['one'] ?? '').split(' ')
  const [has, lacks] = said['change'] === 'removed' ? [before, after] : [after, before]
  const domainsSaid = (said['domains'] ?? said['source'] ?? '').replace(/ and \S+ more$/, '').split(', ')
  const places =
    said['target'] === 'self' ? domainsSaid.map(one => [one, one]) : [[said['source'], said['target']]]
  for (const [source, target] of places)
    for (const permission of permissions) {
      const key = `${source ?? ''} ${target ?? ''}:${said['class'] ?? ''}`
      const [here, there] = [has, lacks].map(facts => facts.direct[key]?.[permission] ?? none)
      if (said['change'] === undefined) {
        if (
          meaningOf(waysIn(said['before'], before, after)) !==
          meaningOf(before.direct[key]?.[permission] ?? none)
        )
          return `${permission} was held otherwise`
        if (
          meaningOf(waysIn(said['after'], before, after)) !==
          meaningOf(after.direct[key]?.[permission] ?? none)
        )
          return `${permission} is held otherwise`
      } else {
        const [way] = waysIn(said['under'], has, lacks)
        const isThere = leadsIn(here ?? none, [way ?? null])
        if (!isThere) return `no such rule with ${permission}`
        if ((there ?? none).length > 0) return `the other side has ${permission} too`
      }
    }
  return (
    statesUntrue(said['states'], before, after) ??
    domainsSaid
      .map(domain => domainUntrue(domain, permissions, said, before, after))
      .find(found => found !== undefined)
  )
}

// For each domain named, on at least one target, each permission is held otherwise; or just so by all rules together.
const domainUntrue = (
  domain: string,
  permissions: readonly string[],
  said: Readonly<Record<string, string | undefined>>,
  before: Facts,
  after: Facts,
): string | undefined => {
  const own = said['target'] === 'self' ? domain : (said['target'] ?? '')
  const targets = [own, ...(before.members[own] ?? []), ...(after.members[own] ?? [])]
  for (const permission of permissions) {
    const isSo = targets.some(target => {
      const key = `${domain} ${target}:${said['class'] ?? ''}`
      const [was, is] = [before, after].map(facts => meaningOf(facts.effective[key]?.[permission] ?? none))
      return said['allBefore'] === undefined
        ? was !== is
        : was === meaningOf(waysIn(said['allBefore'], before, after)) &&
            is === meaningOf(waysIn(said['allAfter'], before, after))
    })
    if (!isSo) return `${domain}: ${permission} is not so by all rules`
  }
  return undefined
}

const statesUntrue = (text: string | undefined, before: Facts, after: Facts): string | undefined => {
  for (const [, name = '', was, is] of (text ?? '').matchAll(
    /, (\w+) (?:was (on|off))?(?: and )?(?:is (on|off) now)?/g,
  )) {
    if (was !== undefined && before.booleans[name] !== (was === 'on')) return `${name} was not ${was}`
    if (is !== undefined && after.booleans[name] !== (is === 'on')) return `${name} is not ${is}`
  }
  return undefined
}

const leadsTo = (
  facts: Facts,
  said: Readonly<Record<string, string | undefined>>,
  to: string | undefined,
): Ways =>
  facts.transitions[
    `${said['source'] ?? ''} ${said['target'] ?? ''}:${said['class'] ?? 'process'} ${said['name'] ?? ''}`
  ]?.[to ?? ''] ?? none

const checkLost: Check = (said, before, after) => {
  const way = waysIn(said['under'], before, after)
  if (!leadsIn(leadsTo(before, said, said['was']), way)) return 'it did not'
  if (leadsIn(leadsTo(after, said, said['was']), way)) return 'it still does'
  return statesUntrue(said['states'], before, after)
}

const checkGained: Check = (said, before, after) => {
  const way = waysIn(said['under'], before, after)
  if (!leadsIn(leadsTo(after, said, said['is']), way)) return 'it does not'
  if (leadsIn(leadsTo(before, said, said['is']), way)) return 'it did before'
  return statesUntrue(said['states'], before, after)
}

const leadsIn = (found: Ways, wanted: Ways): boolean =>
  meaningOf(found) === meaningOf(wanted) ||
  wanted.every(way => found.some(one => meaningOf([one]) === meaningOf([way])))

const checkElsewhere: Check = (said, before, after) => {
  if (leadsTo(before, said, said['was']).length === 0) return 'it did not lead there'
  if (!leadsIn(leadsTo(after, said, said['is']), waysIn(said['under'], before, after))) return 'it does not'
  if (leadsTo(before, said, said['is']).length > 0 && said['under'] === undefined) return 'it did before'
  return statesUntrue(said['states'], before, after)
}

const checkOtherCondition: Check = (said, before, after) => {
  const [was, is] = [before, after].map(facts => meaningOf(leadsTo(facts, said, said['is'])))
  if (was === is) return 'nothing changed'
  if (was !== meaningOf(waysIn(said['before'], before, after))) return 'it was otherwise'
  if (is !== meaningOf(waysIn(said['after'], before, after))) return 'it is otherwise'
  return statesUntrue(said['states'], before, after)
}

const checkMembership: Check = (said, before, after) => {
  const { type = '', attribute = '', verb } = said
  const [has, lacks] = verb === 'left' ? [before, after] : [after, before]
  if (!has.members[attribute]?.includes(type)) return 'no member where it should be'
  if (lacks.members[attribute]?.includes(type)) return 'a member on both sides'
  const [own = '', others = ''] = splitMembership(said['rest'] ?? '')
  const moved = /\(running (\S+) enter(?:s|ed) (\S+?)(?:, and others)?\)/.exec(own)
  if (moved) {
    const at = { source: type, target: moved[1], class: 'process' }
    if (leadsTo(has, at, moved[2]).length === 0) return 'no such transition'
    if (leadsTo(lacks, at, moved[2]).length > 0) return 'the transition is on both sides'
  }
  for (const [text, isOwn] of [
    [own, true],
    [others, false],
  ] as const) {
    const among = /among them (.*)$/.exec(text)?.[1]?.split(' and ') ?? []
    for (const one of among) {
      const match = /^(?:(\S+) )?(\S+) on (\S+):(\S+)$/.exec(one)
      if (!match) return `among them: ${one}`
      const [, source = type, permission = '', target = '', objectClass = ''] = match
      if (isOwn === (match[1] !== undefined)) return `told from the wrong side: ${one}`
      if (!isOwn && target !== type) return `not on it: ${one}`
      const key = `${source} ${target}:${objectClass}`
      if (meaningOf(has.effective[key]?.[permission] ?? none) !== 'always') return `it has not: ${one}`
      if (meaningOf(lacks.effective[key]?.[permission] ?? none) !== 'never')
        return `it has on both sides: ${one}`
    }
    const number = Number(/(\d[\d,]*) permissions? on \d+ pairs?/.exec(text)?.[1]?.replace(',', '') ?? 0)
    const most = Object.entries(has.effective)
      .filter(([key]) => (isOwn ? key.startsWith(`${type} `) : key.includes(` ${type}:`)))
      .flatMap(([key, given]) =>
        Object.entries(given).filter(
          ([permission, how]) =>
            meaningOf(how) === 'always' && meaningOf(lacks.effective[key]?.[permission] ?? none) === 'never',
        ),
      ).length
    if (number > most) return `${number} permissions, but at most ${most}`
  }
  return undefined
}

// `it gained …; others gained … on it, …`
const splitMembership = (rest: string): readonly string[] => {
  const own = rest.startsWith('it ') ? (rest.split('; ')[0] ?? '') : ''
  return [own, rest.slice(own.length)]
}

const checkCreation: Check = (said, before, after) => {
  const name = said['name'] ?? ''
  const listed = (said['who'] ?? '').replace(/ and \d+ more$/, '')
  const attribute = /^(\S+) \((\d+) types?\)$/.exec(listed)
  const facts = said['was'] === undefined ? after : before
  const sources = attribute ? (facts.members[attribute[1] ?? ''] ?? []) : listed.split(', ')
  if (attribute && sources.length !== Number(attribute[2])) return 'the attribute has other members'
  for (const source of sources) {
    const at = { source, target: said['target'], class: said['class'], name }
    if (said['was'] !== undefined && leadsTo(before, at, said['was']).length === 0)
      return `${source}: it was not so`
    if (said['is'] !== undefined && leadsTo(after, at, said['is']).length === 0)
      return `${source}: it is not so`
    if (said['was'] === undefined && anywhere(before, at)) return `${source}: there was one already`
    if (said['is'] === undefined && anywhere(after, at)) return `${source}: there still is one`
  }
  return undefined
}

const anywhere = (facts: Facts, at: Readonly<Record<string, string | undefined>>): boolean =>
  facts.transitions[
    `${at['source'] ?? ''} ${at['target'] ?? ''}:${at['class'] ?? ''} ${at['name'] ?? ''}`
  ] !== undefined

const forms: readonly (readonly [RegExp, Check])[] = [
  [
    new RegExp(
      `^(?<change>removed|added): ${rule}(?: (?<under>${condition}))?${states}${domains}${together}$`,
    ),
    checkRule,
  ],
  [
    new RegExp(`^${rule} held (?<before>${ways}), now (?<after>${ways})${states}${domains}${together}$`),
    checkRule,
  ],
  [
    new RegExp(
      `^(?<source>\\S+), running a file of type (?<target>\\S+), no longer enters (?<was>\\S+): gone is ${leads}$`,
    ),
    checkLost,
  ],
  [
    new RegExp(
      `^(?<source>\\S+), running a file of type (?<target>\\S+), now enters (?<is>\\S+): new is ${leads}$`,
    ),
    checkGained,
  ],
  [
    new RegExp(
      `^(?<source>\\S+), running a file of type (?<target>\\S+), enters (?<is>\\S+), not (?<was>\\S+): now ${leads}(?:, was .*)?$`,
    ),
    checkElsewhere,
  ],
  [
    new RegExp(
      `^(?<source>\\S+), running a file of type (?<target>\\S+), enters (?<is>\\S+): held (?<before>${ways}), now (?<after>${ways})${states}$`,
    ),
    checkOtherCondition,
  ],
  [/^(?<type>\S+) (?<verb>left|joined) (?<attribute>\S+): (?<rest>.*)$/, checkMembership],
  [
    /^what (?<who>.+?) creates? in (?<target>\S+) \((?<class>\w+)(?: named "(?<name>[^"]*)"| with one of \d+ names, such as "(?<example>[^"]*)")?\) (?:no longer becomes (?<was>\S+?)(?:: gone is .*)?|now becomes (?<is>\S+?)(?:: new is .*)?)$/,
    (said, before, after) => checkCreation({ ...said, name: said['name'] ?? said['example'] }, before, after),
  ],
  [
    /^what (?<who>.+?) creates? in (?<target>\S+) \((?<class>\w+)(?: named "(?<name>[^"]*)"| with one of \d+ names, such as "(?<example>[^"]*)")?\) becomes (?<is>[^ ,]+), not (?<was>[^ :]+)(?:: now .*)?$/,
    (said, before, after) => checkCreation({ ...said, name: said['name'] ?? said['example'] }, before, after),
  ],
  [
    /^boolean (?<name>\S+) is (?<state>on|off) now: .*$/,
    ({ name = '', state }, before, after) =>
      after.booleans[name] === (state === 'on') && before.booleans[name] !== after.booleans[name]
        ? undefined
        : 'it is not',
  ],
  [
    /^(?<name>\S+) (?<verb>became permissive|is permissive no longer): .*$/,
    ({ name = '', verb }, before, after) =>
      after.permissive.includes(name) === (verb === 'became permissive') &&
      before.permissive.includes(name) !== after.permissive.includes(name)
        ? undefined
        : 'it is not',
  ],
  [
    /^(?<change>added|removed): role (?<name>\S+) with (?<count>\d+) types?$/,
    ({ change, name = '', count }, before, after) => {
      const [has, lacks] = change === 'added' ? [after, before] : [before, after]
      return has.roles[name]?.length === Number(count) && lacks.roles[name] === undefined
        ? undefined
        : 'it is not'
    },
  ],
  [
    /^role (?<name>\S+) has the types (?:(?<lost>\S+(?:, \S+)*) no longer)?(?:, )?(?:(?<gained>\S+(?:, \S+)*) now)?$/,
    ({ name = '', lost, gained }, before, after) => {
      const has = (facts: Facts, type: string): boolean => facts.roles[name]?.includes(type) ?? false
      const isSo =
        (lost ?? '').split(', ').every(type => type === '' || (has(before, type) && !has(after, type))) &&
        (gained ?? '').split(', ').every(type => type === '' || (!has(before, type) && has(after, type)))
      return isSo ? undefined : 'it has not'
    },
  ],
  [
    /^(?<change>added|removed): range_transition (?<key>\S+ \S+:\S+) (?<range>.*);$/,
    ({ change, key = '', range }, before, after) => {
      const [has, lacks] = change === 'added' ? [after, before] : [before, after]
      return has.ranges[key] === range && lacks.ranges[key] === undefined ? undefined : 'it is not'
    },
  ],
  [
    /^changed: range_transition (?<key>\S+ \S+:\S+) was (?<was>.*), is (?<is>.*) now$/,
    ({ key = '', was, is }, before, after) =>
      before.ranges[key] === was && after.ranges[key] === is ? undefined : 'it is not',
  ],
]
