/** The types that checks name, wherever they stand in a profile. */
export const namedTypes = (profiles: unknown): ReadonlySet<string> => {
  const found = new Set<string>()
  const walk = (value: unknown, key: string): void => {
    if (typeof value === 'string' && typeKeys.has(key)) found.add(value)
    else if (Array.isArray(value)) for (const one of value) walk(one, key)
    else if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) walk(one, name)
  }
  walk(profiles, '')
  return found
}

const typeKeys = new Set(['source', 'target', 'type', 'to', 'types', 'usableBy', 'ofDefault', 'attribute'])
