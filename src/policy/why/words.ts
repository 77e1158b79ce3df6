import type { InvalidContext } from './validity.ts'
import type { InvalidAccess, Why } from './why.ts'

/** An explanation in lines: the verdict first, then what it rests on, then what would change it. */
export const whyLines = (why: Why | InvalidAccess): readonly string[] => {
  const invalid = (why.invalid ?? []).map(invalidText)
  if (!('verdict' in why)) return invalid
  const lines = verdictLines(why)
  if (invalid.length === 0) return lines
  return [...invalid, `by types alone, ${lines[0] ?? ''}`, ...lines.slice(1)]
}

const invalidText = ({ context, faults, instead }: InvalidContext): string =>
  `${context} is not valid in this policy: ${faults.join('; ')}${instead === undefined ? '' : `. The kernel takes it for ${instead}`}`

const verdictLines = (why: Why): readonly string[] => {
  const number = why.number === undefined ? '' : ` 0x${why.number.toString(16)}`
  const access = `${why.source} → ${why.target}:${why.class} ${why.permission}${number}`
  return [
    `${access}: ${verdictText(why)}`,
    ...why.rules.map(rule => `  rule: ${rule}`),
    ...(why.rules.length > 0 ? why.narrowedBy : []).map(rule => `  narrowed to these numbers by: ${rule}`),
    ...why.switches.map(
      ({ rule, booleans }) =>
        `  with ${booleans.map(({ name, state }) => `${name}=${state ? 'on' : 'off'}`).join(' ')}: ${rule}`,
    ),
    // Where no rule allows it, what else might be in the way is beside the point.
    ...(why.verdict === 'missing' ? [] : why.constraints).map(
      ({ text, holds }) => `  ${holds === undefined ? 'depends on the contexts' : 'forbids it'}: ${text}`,
    ),
    ...(why.boundedBy === undefined ? [] : [`  bounded by ${why.boundedBy}, which lacks it`]),
    ...(why.verdict === 'allowed' ? [] : why.silencedBy.map(rule => `  not logged: ${rule}`)),
    ...(why.isPermissive && why.verdict !== 'allowed'
      ? [`  ${why.source} is permissive: it is logged, not enforced`]
      : []),
  ]
}

const verdictText = (why: Why): string => {
  const although = why.rules.length > 0 ? 'although a rule allows it' : 'whatever the booleans'
  switch (why.verdict) {
    case 'allowed':
      return 'allowed'
    case 'undecided':
      return 'a rule allows it; give whole contexts (-s, -t) to decide the constraints'
    case 'missing':
      return `denied, no rule: allow ${why.source} ${why.target === why.source ? 'self' : why.target}:${why.class} ${why.permission};`
    case 'boolean': {
      const [first] = why.switches
      const all = first?.booleans ?? []
      // Of several it wants NAME=VALUE.
      const sign = all.length > 1 ? '=' : ' '
      const flips = all.map(({ name, state }) => `${name}${sign}${state ? 'on' : 'off'}`)
      return `denied, but a boolean would allow it: setsebool -P ${flips.join(' ')}`
    }
    case 'constraint':
      return `denied by a constraint, ${although}`
    case 'role':
      return `denied, no role allow rule between the two roles, ${although}`
    case 'xperm':
      return `denied, extended permissions allow other numbers only, ${although}; what is missing: allowxperm ${why.source} ${why.target}:${why.class} ${why.permission} 0x${(why.number ?? 0).toString(16)};`
    case 'bounds':
      return `denied by typebounds, ${although}`
    default:
      return why.verdict satisfies never
  }
}
