import { SefleetError } from '../../errors.ts'
import { parseContext } from '../../model/context.ts'
import type { ObjectClass, Policy } from '../../policy/policy.ts'
import { unknownName } from '../../policy/search/unknown-name.ts'
import { endOf, type End } from '../../policy/why/context-values.ts'
import { parseDenial, type DeniedAccess } from '../../policy/why/denial-line.ts'
import { invalidContext, type InvalidContext } from '../../policy/why/validity.ts'
import { explain, type InvalidAccess, type States, type Why } from '../../policy/why/why.ts'

/** The words of `sefleet policy why`. */
export interface WhyOptions {
  readonly source?: string
  readonly target?: string
  readonly class?: string
  readonly perms?: string
  readonly xperm?: number
  readonly denial?: string
  readonly boolean?: readonly string[]
}

/** Explains each permission that is asked for; that a context is none in this policy comes first. `booleans`: of the node, where it is one’s policy. */
export const whyAll = (
  policy: Policy,
  options: WhyOptions,
  booleans: ReadonlyMap<string, boolean> = new Map(),
): readonly (Why | InvalidAccess)[] => {
  const access = accessOf(options)
  const contexts = new Set([access.source, access.target, ...(access.raw ?? [])])
  const invalid = [...contexts].flatMap(context => invalidContext(policy, context) ?? [])
  const objectClass = policy.classes.byName.get(access.class)
  if (!objectClass) throw unknownName('class', access.class, policy.classes.byName.keys())
  const [source, target] = [access.source, access.target].map(context => endIn(policy, context, invalid))
  const states = statesOf(policy, options.boolean ?? [], booleans)
  return access.permissions.map(permission => {
    mustHave(objectClass, permission)
    if (!source || !target)
      return { source: access.source, target: access.target, class: access.class, permission, invalid }
    const why = explain(
      policy,
      { source, target, class: objectClass, permission, number: access.number },
      states,
    )
    return invalid.length === 0 ? why : { ...why, invalid }
  })
}

// What is known of a context that is none: its type. Undefined where not even that is.
const endIn = (policy: Policy, context: string, invalid: readonly InvalidContext[]): End | undefined => {
  if (!invalid.some(one => one.context === context)) return endOf(policy, context)
  const type = parseContext(context)?.type
  return type !== undefined && policy.types.byName.get(type)?.isAttribute === false
    ? endOf(policy, type)
    : undefined
}

const accessOf = ({ denial, source, target, class: objectClass, perms, xperm }: WhyOptions): DeniedAccess => {
  if (denial !== undefined) {
    const found = parseDenial(denial)
    if (!found)
      throw new SefleetError('usage', '--denial: not an AVC denial with scontext, tcontext and tclass')
    return found
  }
  if (source === undefined || target === undefined || objectClass === undefined || perms === undefined)
    throw new SefleetError('usage', 'either --denial, or all of -s, -t, -c and -p are needed')
  return {
    source,
    target,
    class: objectClass,
    permissions: perms.split(','),
    ...(xperm === undefined ? {} : { number: xperm }),
  }
}

const mustHave = ({ name, permissions }: ObjectClass, permission: string): void => {
  const known = permissions.filter(one => one !== undefined)
  if (!known.includes(permission)) throw unknownName(`permission of ${name}`, permission, known)
}

// The policy's own states, but for those of the node, and those given: name=on, name=off
const statesOf = (
  { booleans }: Policy,
  given: readonly string[],
  ofNode: ReadonlyMap<string, boolean>,
): States => {
  const states = new Map<number, boolean>()
  for (const [name, state] of ofNode) {
    const found = booleans.byName.get(name)
    if (found) states.set(found.value, state)
  }
  for (const one of given) {
    const match = /^([^=]+)=(on|off|true|false|1|0)$/.exec(one)
    if (!match) throw new SefleetError('usage', `--boolean ${one}: NAME=on or NAME=off is needed`)
    const [, name = '', state = ''] = match
    const found = booleans.byName.get(name)
    if (!found) throw unknownName('boolean', name, booleans.byName.keys())
    states.set(found.value, ['on', 'true', '1'].includes(state))
  }
  return value => states.get(value) ?? booleans.byValue[value]?.state ?? false
}
