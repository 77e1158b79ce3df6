import { forTerminalLine } from '../../model/printable.ts'
import { countsOf } from '../../policy/info/counts.ts'
import { sections, type Section } from '../../policy/info/sections.ts'
import { statisticsText } from '../../policy/info/statistics.ts'
import type { Statement } from '../../policy/info/symbols.ts'
import type { Policy } from '../../policy/policy.ts'
import { unknownName } from '../../policy/search/unknown-name.ts'

/** The words of `sefleet policy info`, which are seinfo’s, as commander gives them. */
export interface InfoOptions {
  readonly all?: true
  readonly expand?: true
  readonly flat?: true
  readonly json?: true
  readonly [section: string]: true | string | undefined
}

/** What seinfo prints: the numbers when no section is asked for (or all), then the sections. */
export const infoText = (policy: Policy, path: string, options: InfoOptions): string => {
  const chosen = sections
    .filter(({ option }) => options.all ?? options[option])
    .map(one => ({ title: one.title, statements: statementsOf(policy, one, options[one.option]) }))
  const withCounts = chosen.length === 0 || options.all === true
  if (options.json) {
    const listed = chosen.map(({ title, statements }) => [title, statements.map(one => textOf(one, options))])
    const found = { ...(withCounts ? { counts: countsOf(policy) } : {}), ...Object.fromEntries(listed) }
    return `${JSON.stringify(found, undefined, 2)}\n`
  }
  const head = withCounts && !options.flat ? [statisticsText(policy, forTerminalLine(path))] : []
  const lines = chosen.flatMap(({ title, statements }) => [
    ...(options.flat ? [] : [`\n${title}: ${statements.length}`]),
    ...statements.map(one => `${options.flat ? '' : '   '}${textOf(one, options)}`),
  ])
  return `${[...head, ...lines].join('\n')}\n`
}

const textOf = ({ name, statement }: Statement, { expand }: InfoOptions): string =>
  expand ? statement : name

// Where seinfo prints "Types: 0" for a name that is not there, we say so: a mistyped name is no finding.
const statementsOf = (
  policy: Policy,
  section: Section,
  value: true | string | undefined,
): readonly Statement[] => {
  if (typeof value !== 'string') return section.statements(policy)
  const found = section.named(policy, value)
  if (found.length > 0) return found
  throw unknownName(
    `entry in ${section.title}`,
    value,
    section.statements(policy).map(({ name }) => name),
  )
}
