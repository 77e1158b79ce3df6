import { byCodePoint, nameIn } from '../names.ts'
import type { Named, Policy, Table } from '../policy.ts'
import { capabilityStatements } from './capabilities.ts'
import { constrainStatements, validateStatements } from './constraints.ts'
import {
  endPortStatements,
  fsUseStatements,
  genfsStatements,
  initialSidStatements,
  interfaceStatements,
  nodeStatements,
  partitionKeyStatements,
  portStatements,
} from './contexts.ts'
import { symbols } from './counts.ts'
import {
  attributeStatements,
  boolStatements,
  categoryStatements,
  classStatements,
  commonStatements,
  permissiveStatements,
  roleStatements,
  sensitivityStatements,
  typeStatements,
  userStatements,
  type Statement,
} from './symbols.ts'

/** One part of what seinfo prints: its option, its title, and the statements in the order of their short form. */
export interface Section {
  readonly option: string
  readonly short?: string
  readonly title: string
  /** What the option’s value names, in seinfo’s words; without it the option takes none. */
  readonly value?: string
  readonly statements: (policy: Policy) => readonly Statement[]
  /** The statements that a value names. */
  readonly named: (policy: Policy, value: string) => readonly Statement[]
}

// A statement that has no shorter form is its own name.
const whole = (statement: string): Statement => ({ name: statement, statement })

const section = (
  option: string,
  title: string,
  statements: (policy: Policy) => readonly (Statement | string)[],
  { short, value, fits = (one, name) => one.name === name, byValue }: Details = {},
): Section => {
  const all = (policy: Policy): readonly Statement[] => {
    const found = statements(policy).map(one => (typeof one === 'string' ? whole(one) : one))
    return byValue ? found : found.toSorted((left, right) => byCodePoint(left.name, right.name))
  }
  return {
    option,
    title,
    ...(short === undefined ? {} : { short }),
    ...(value === undefined ? {} : { value }),
    statements: all,
    named: (policy, name) => all(policy).filter(one => fits(one, name, policy)),
  }
}

interface Details {
  readonly short?: string
  readonly value?: string
  readonly fits?: (one: Statement, value: string, policy: Policy) => boolean
  /** Categories and sensitivities have an order of their own, their values’. */
  readonly byValue?: true
}

const word =
  (index: number) =>
  ({ statement }: Statement, name: string): boolean =>
    statement.split(/[ ;]+/)[index] === name

const orAlias =
  (table: (policy: Policy) => Table<Named>) =>
  ({ name }: Statement, value: string, policy: Policy): boolean =>
    table(policy).byName.get(value)?.name === name

// A port, or a range that lies within the statement’s.
const hasPorts = ({ statement }: Statement, value: string): boolean => {
  const [low, high = low] = value.split('-').map(Number)
  const [from, to = from] = (statement.split(' ')[2] ?? '').split('-').map(Number)
  return (from ?? 0) <= (low ?? -1) && (high ?? Infinity) <= (to ?? 0)
}

/** All sections, in seinfo’s order. */
export const sections: readonly Section[] = [
  section('bool', 'Booleans', boolStatements, { short: 'b', value: 'bool' }),
  section('category', 'Categories', categoryStatements, {
    value: 'cat',
    fits: orAlias(policy => policy.categories),
    byValue: true,
  }),
  section('class', 'Classes', classStatements, { short: 'c', value: 'class' }),
  section('common', 'Commons', commonStatements, { value: 'common' }),
  section('constrain', 'Constraints', constrainStatements, { value: 'class', fits: word(1) }),
  section('default', 'Default rules', policy => defaultStatements(policy), { value: 'class', fits: word(1) }),
  section('fs_use', 'Fs_use', fsUseStatements, { value: 'fs', fits: word(1) }),
  section('genfscon', 'Genfscon', genfsStatements, { value: 'fs', fits: word(1) }),
  section('ibendportcon', 'Ibendportcon', endPortStatements, { value: 'name', fits: word(1) }),
  section('ibpkeycon', 'Ibpkeycon', partitionKeyStatements),
  section('initialsid', 'Initial SIDs', initialSidStatements, { value: 'name' }),
  section('netifcon', 'Netifcon', interfaceStatements, { value: 'device', fits: word(1) }),
  section('nodecon', 'Nodecon', nodeStatements),
  section('permissive', 'Permissive Types', permissiveStatements, {
    value: 'type',
    fits: orAlias(policy => policy.types),
  }),
  section('polcap', 'Polcap', capabilityStatements, { value: 'name' }),
  section('portcon', 'Portcon', portStatements, { value: 'port', fits: hasPorts }),
  section('role', 'Roles', roleStatements, { short: 'r', value: 'role' }),
  section('sensitivity', 'Sensitivities', sensitivityStatements, {
    value: 'sens',
    fits: orAlias(policy => policy.sensitivities),
    byValue: true,
  }),
  section('typebounds', 'Typebounds', policy => boundStatements(policy), { value: 'type', fits: word(2) }),
  section('type', 'Types', typeStatements, {
    short: 't',
    value: 'type',
    fits: orAlias(policy => policy.types),
  }),
  section('attribute', 'Type Attributes', attributeStatements, { short: 'a', value: 'attr' }),
  section('user', 'Users', userStatements, { short: 'u', value: 'user' }),
  section('validatetrans', 'Validatetrans', validateStatements, { value: 'class', fits: word(1) }),
]

const defaultStatements = (policy: Policy): string[] =>
  symbols(policy.classes).flatMap(({ name, defaults }) =>
    Object.entries(defaults).flatMap(([what, from]) =>
      from === undefined ? [] : [`default_${what} ${name} ${from};`],
    ),
  )

const boundStatements = (policy: Policy): string[] =>
  symbols(policy.types)
    .filter(one => one.bounds > 0)
    .map(one => `typebounds ${nameIn(policy.types, one.bounds)} ${one.name};`)
