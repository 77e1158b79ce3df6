import type { Profile } from '../model/check.ts'

/** The types and attributes that profiles name: the domains whose policy the operator cares about. */
export const namedTypes = (profiles: readonly Profile[]): ReadonlySet<string> => {
  const found = new Set<string>()
  const walk = (value: unknown, key: string): void => {
    if (typeof value === 'string' && typeKeys.has(key)) found.add(value)
    else if (Array.isArray(value)) for (const one of value) walk(one, key)
    else if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) walk(one, name)
  }
  for (const profile of profiles) walk(profile.checks, '')
  return found
}

const typeKeys = new Set(['source', 'target', 'type', 'to', 'types', 'attribute'])
