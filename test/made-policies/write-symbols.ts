import type {
  Constraint,
  ConstraintNode,
  ObjectClass,
  PermissionNames,
  Policy,
} from '../../src/policy/policy.ts'
import type { Out } from './out.ts'

const noAlias = (): never => {
  throw new Error('an alias where the format has none')
}

const writePermissions = (out: Out, names: PermissionNames, common: PermissionNames): void =>
  names.forEach((name, bit) => {
    if (name === undefined || common[bit] === name) return
    out.u32(name.length, bit + 1)
    out.text(name)
  })

const countOwn = (names: PermissionNames, common: PermissionNames): number =>
  names.filter((name, bit) => name !== undefined && common[bit] !== name).length

/** The eight symbol tables. */
export const writeSymbols = (out: Out, policy: Policy): void => {
  out.table(
    policy.commons,
    ({ name, value, permissions }) => {
      out.u32(name.length, value, permissions.length, countOwn(permissions, []))
      out.text(name)
      writePermissions(out, permissions, [])
    },
    noAlias,
  )
  out.table(
    policy.classes,
    one => {
      const common = one.common?.permissions ?? []
      out.u32(one.name.length, one.common?.name.length ?? 0, one.value, one.permissions.length)
      out.u32(countOwn(one.permissions, common), one.constraints.length)
      out.text(`${one.name}${one.common?.name ?? ''}`)
      writePermissions(out, one.permissions, common)
      for (const constraint of one.constraints) writeConstraint(out, constraint)
      out.list(one.validateTransitions, constraint => writeConstraint(out, constraint))
      writeDefaults(out, one)
    },
    noAlias,
  )
  out.table(
    policy.roles,
    ({ name, value, bounds, dominates, types }) => {
      out.u32(name.length, value, bounds)
      out.text(name)
      out.bitmap(dominates, 1)
      out.bitmap(types, 1)
    },
    noAlias,
  )
  const type = (name: string, ...numbers: readonly number[]): void => {
    out.u32(name.length, ...numbers)
    out.text(name)
  }
  out.table(
    policy.types,
    ({ name, value, isAttribute, bounds }) => type(name, value, isAttribute ? 3 : 1, bounds),
    (name, value) => type(name, value, 0, 0),
  )
  out.table(
    policy.users,
    ({ name, value, bounds, roles, range, level }) => {
      out.u32(name.length, value, bounds)
      out.text(name)
      out.bitmap(roles, 1)
      out.range(range)
      out.level(level)
    },
    noAlias,
  )
  out.table(
    policy.booleans,
    ({ name, value, state }) => {
      out.u32(value, state ? 1 : 0)
      out.name(name)
    },
    noAlias,
  )
  const sensitivity = (name: string, value: number, isAlias: number): void => {
    out.u32(name.length, isAlias)
    out.text(name)
    out.level({
      sensitivity: value,
      categories: policy.sensitivities.byValue[value]?.categories ?? new Uint16Array(),
    })
  }
  out.table(
    policy.sensitivities,
    ({ name, value }) => sensitivity(name, value, 0),
    (name, value) => sensitivity(name, value, 1),
  )
  const category = (name: string, value: number, isAlias: number): void => {
    out.u32(name.length, value, isAlias)
    out.text(name)
  }
  out.table(
    policy.categories,
    ({ name, value }) => category(name, value, 0),
    (name, value) => category(name, value, 1),
  )
}

const sides = [undefined, 'source', 'target'] as const
const ranges = [
  undefined,
  'source low',
  'source high',
  'source low-high',
  'target low',
  'target high',
  'target low-high',
  'glblub',
] as const

const writeDefaults = (out: Out, { defaults: { user, role, range, type } }: ObjectClass): void => {
  if (out.version >= 27) out.u32(sides.indexOf(user), sides.indexOf(role), ranges.indexOf(range))
  if (out.version >= 28) out.u32(sides.indexOf(type))
}

const writeConstraint = (out: Out, { permissions, expression }: Constraint): void => {
  out.u32(permissions)
  out.list(expression, node => writeNode(out, node))
}

const compares = ['==', '!=', 'dom', 'domby', 'incomp'] as const
const pairs: Readonly<Record<string, number>> = {
  u1u2: 1,
  r1r2: 2,
  t1t2: 4,
  l1l2: 32,
  l1h2: 64,
  h1l2: 128,
  h1h2: 256,
  l1h1: 512,
  l2h2: 1024,
}

const writeNode = (out: Out, one: ConstraintNode): void => {
  if (one.node === 'pair')
    return out.u32(4, pairs[`${one.left}${one.right}`] ?? 0, compares.indexOf(one.compare) + 1)
  if (one.node !== 'names') return out.u32({ not: 1, and: 2, or: 3 }[one.node], 0, 0)
  const side = { 1: 0, 2: 8, 3: 16 }[one.side]
  out.u32(5, { user: 1, role: 2, type: 4 }[one.what] | side, compares.indexOf(one.compare) + 1)
  out.bitmap(one.values, 1)
  if (out.version < 29) return
  out.bitmap(one.written ?? one.values, 1)
  out.bitmap(new Uint16Array(), 1)
  out.u32(0)
}
