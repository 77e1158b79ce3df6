import type { Denial, PresentVerdict } from '../../model/denial.ts'
import type { Policy } from '../policy.ts'
import { endOf } from '../why/context-values.ts'
import { explain } from '../why/why.ts'

/**
 * What a policy says now of accesses that were denied once: what is still denied, what a boolean would allow, and what is allowed
 * meanwhile. Absent where it does not know the names.
 */
export const presentVerdict = (
  policy: Policy,
  {
    source,
    target,
    class: className,
    permissions,
  }: Pick<Denial, 'source' | 'target' | 'class' | 'permissions'>,
): PresentVerdict | undefined => {
  const objectClass = policy.classes.byName.get(className)
  const known = [source, target].every(name => policy.types.byName.get(name)?.isAttribute === false)
  if (!objectClass || !known || !permissions.every(name => objectClass.permissions.includes(name)))
    return undefined
  const [from, to] = [endOf(policy, source), endOf(policy, target)]
  const states = (boolean: number): boolean => policy.booleans.byValue[boolean]?.state ?? false
  const denied: string[] = []
  const booleans = new Set<string>()
  for (const permission of permissions) {
    const why = explain(policy, { source: from, target: to, class: objectClass, permission }, states)
    if (why.verdict === 'allowed' || why.verdict === 'undecided') continue
    denied.push(permission)
    if (why.verdict === 'boolean')
      for (const { name, state } of why.switches[0]?.booleans ?? [])
        booleans.add(`${name}=${state ? 'on' : 'off'}`)
    else booleans.add('')
  }
  // A boolean helps only where it helps all that is denied.
  return {
    denied,
    ...(denied.length > 0 && !booleans.has('') ? { booleans: [...booleans] } : {}),
  }
}
