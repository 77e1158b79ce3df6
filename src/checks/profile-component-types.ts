import type { ComponentTypes } from '../model/container-policies.ts'
import { mapping, refuseOther, type Refuse } from './profile-mistakes.ts'
import { componentTypesSchema } from './schema-parts.ts'

/** Reads what a profile says that containers run as under a policy of its own; undefined where it says nothing. */
export const toComponentTypes = (value: unknown, at: Refuse): ComponentTypes | undefined => {
  if (value === undefined) return undefined
  const path = ['componentTypes']
  const types = mapping(value, path, at)
  refuseOther(types, ['privileged', 'confined'], path, at)
  const parsed = componentTypesSchema.safeParse(types)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw at([...path, ...(issue?.path.slice(0, 1) ?? [])], 'componentTypes: privileged and confined, each a type or a list of types')
}
